/** `container-hooks launcher`: the script that engines call as their OCI runtime. */
import { VERSION } from "../../core/version.ts";
import { readConfig } from "../../config/config.ts";
import { failure } from "../../errors.ts";
import { checkProgram } from "../../host/files.ts";
import { findRuntime } from "../../wrapper/find_runtime.ts";
import { hookText } from "../../wrapper/hook_text.ts";
import { launcherText } from "../../wrapper/launcher_text.ts";
import type { Context } from "../kit/context.ts";

/** Flags of the command. */
interface Flags {
  hook: boolean;
  runtime?: string;
  program?: string;
}

/** Prints it; both paths are checked first, since every container will go through them. */
export async function launcher(this: Context, flags: Flags): Promise<void> {
  const { host } = this;
  const program = flags.program ?? this.program.file;
  if (!program.startsWith("/")) throw failure("usage", { why: "--program takes an absolute path" });
  checkProgram(host, program, "program");
  if (flags.hook) return host.stdout(hookText({ program, version: VERSION }));
  const candidates = flags.runtime === undefined ? (await readConfig(host)).runtimes : [flags.runtime];
  host.stdout(launcherText({ program, runtime: findRuntime(host, candidates, program), version: VERSION }));
}
