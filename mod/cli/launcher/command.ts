/** What `container-hooks launcher` is called and takes. */
import { buildCommand } from "@stricli/core";

/** Prints the script. */
export const launcher = buildCommand({
  docs: {
    brief: "Print the script that engines call as their OCI runtime",
    fullDescription:
      "It starts the runtime at once for every call but create, run and restore. Write it to a file " +
      "that root alone can write, such as /usr/bin/container-hooks-runtime, and make it executable.",
  },
  parameters: {
    flags: {
      hook: {
        kind: "boolean",
        brief: "Print the script that hooks call instead, to be written beside the program",
        default: false,
      },
      runtime: {
        kind: "parsed",
        parse: String,
        brief: "The runtime behind it, a path or a name. Default: as configured",
        placeholder: "RUNTIME",
        optional: true,
      },
      program: {
        kind: "parsed",
        parse: String,
        brief: "Path of container-hooks itself. Default: the running file",
        placeholder: "FILE",
        optional: true,
      },
    },
  },
  loader: async () => (await import("./launcher.ts")).launcher,
});
