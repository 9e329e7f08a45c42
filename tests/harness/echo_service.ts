/** A service that answers with what it was asked, for the tests: FOLDER [MILLISECONDS each answer takes]. */
import { denoHost } from "../../mod/host/deno_host.ts";
import { pause } from "../../mod/host/timer.ts";
import { startService } from "../../mod/serve/service.ts";

const [base = "", takes = "0"] = Deno.args;
const service = startService(denoHost, base, "/the program", async ({ args, cwd, about }) => {
  console.log("asked");
  await pause(Number(takes));
  const told = `${about} ${cwd} ${args.join(" ")}`;
  return `edited ${new TextEncoder().encode(told).length} ${told}`;
});
Deno.addSignalListener("SIGTERM", async () => {
  await service.stop("it ends");
  Deno.exit(0);
});
console.log("ready");
