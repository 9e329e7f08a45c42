/** A service that stands in for the one that calls handlers: FOLDER PROGRAM; what it does the token of the entry says. */
import { denoHost } from "../../mod/host/deno_host.ts";
import { startService } from "../../mod/serve/service.ts";

/** Tokens of entries, for which it sends away, answers, and dies once it has begun. */
export const COLD = "c".repeat(32), ANSWERED = "a".repeat(32), LOST = "d".repeat(32);

if (import.meta.main) {
  const [base = "", program = ""] = Deno.args;
  startService(
    denoHost,
    base,
    program,
    async (asked) => {
      const entry = asked.args.at(-1)!;
      if (entry.includes(COLD)) return "cold it is told to";
      asked.begin();
      if (entry.includes(LOST)) Deno.kill(Deno.pid, "SIGKILL");
      const state = await asked.input!.read(16 * 1024 * 1024, 5000);
      return { lines: [`says ${state!.length} bytes about ${asked.about}`, "says  'two' \\n", "ended 3"] };
    },
    undefined,
    { once: true },
  );
  console.log("ready");
}
