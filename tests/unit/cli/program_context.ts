/** What commands are given that have to know the program: a host of a test, and plugins that are part of it. */
import { definePlugin } from "../../../mod/api/plugin.ts";
import type { ProgramContext } from "../../../mod/cli/program_context.ts";
import type { BuiltIns } from "../../../mod/plugin/built_in.ts";
import hooksJson from "../../../plugins/hooks-json/plugin.ts";
import { PLUGIN_CHECKS } from "../../../plugins/doctor.ts";
import type { MemoryHost } from "../memory_host.ts";
import { programWith } from "../program.ts";

const audit = definePlugin({
  api: 1,
  name: "audit",
  version: "1.0.0",
  brief: "A test's",
  options: { names: { type: "strings", brief: "whose" }, text: { type: "string", brief: "what" } },
  plan() {},
});

const BUILTIN: BuiltIns = {
  audit: { load: () => Promise.resolve({ default: audit }) },
  "hooks-json": {
    load: () => Promise.resolve({ default: hooksJson }),
    unasked: true,
    olderOptions: ({ hooksPath, hooksPathNamed }) => ({ path: hooksPath, required: hooksPathNamed }),
  },
};

/** The context of a command that runs on `host`. */
export function inContext(host: MemoryHost): ProgramContext {
  const program = programWith({ builtin: BUILTIN });
  return { host, program, checks: PLUGIN_CHECKS } as unknown as ProgramContext;
}
