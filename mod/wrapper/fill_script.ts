/** Filling in the templates of our scripts. */
import { COLD, SERVICE_VERSION } from "./launcher_contract.ts";
import ASK_SERVICE from "./ask_service.sh" with { type: "text" };

/** The lines by which the launcher, and the script of a hook, ask the service: a shell function. */
export function askServiceText(): string {
  return fill(ASK_SERVICE, { COLD, SERVICE_VERSION: String(SERVICE_VERSION) });
}

/**
 * Puts values in the places of a template that stand between two @, and leaves out its lines that begin with ##. A
 * line that is a place and nothing else goes with it where there is nothing to fill in.
 */
export function fill(template: string, values: Record<string, string>): string {
  return template.replace(/^##.*\n/gm, "").replace(
    /^ *@([A-Z_]+)@\n|@([A-Z_]+)@/gm,
    (_, line: string | undefined, word: string) => {
      if (line === undefined) return values[word]!;
      return values[line] === "" ? "" : `${values[line]}\n`;
    },
  );
}
