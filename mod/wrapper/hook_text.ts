/**
 * The text of the script that config.json names as a hook: POSIX sh (dash, ash of busybox, bash), which lies beside
 * the program. Its lines stand in hook.sh.
 *
 * Where the service runs, a hook costs the start of a shell and not that of a JavaScript runtime.
 */
import { SYSTEM_PATH } from "../core/oci.ts";
import { failure } from "../errors.ts";
import { askServiceText, fill } from "./fill_script.ts";
import { HANDLERS_FOLDER, HOOK } from "./launcher_contract.ts";
import { shellQuote } from "./launcher_sentences.ts";
import SCRIPT from "./hook.sh" with { type: "text" };

/** What the script is made for. */
export interface HookScriptSettings {
  /** Absolute path of the program of the same version, which it becomes where no service can be asked. */
  program: string;
  /** Version of the program that writes it. */
  version: string;
}

/**
 * Writes the script.
 *
 * @example
 * ```ts
 * import { hookText } from "./hook_text.ts";
 * hookText({ program: "/usr/bin/container-hooks", version: "1.0.0" }).startsWith("#!/bin/sh\n"); // true
 * ```
 */
export function hookText({ program, version }: HookScriptSettings): string {
  const missing = failure("hook-program", { program });
  return fill(SCRIPT, {
    VERSION: version,
    PROGRAM: shellQuote(program),
    PATH: SYSTEM_PATH,
    HANDLERS: HANDLERS_FOLDER,
    HOOK,
    PROGRAM_MISSING: shellQuote(`container-hooks: ${missing.message}`),
    ASK_SERVICE: askServiceText().trimEnd(),
  });
}
