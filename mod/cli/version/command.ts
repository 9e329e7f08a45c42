/** What `container-hooks version` is called and takes. */
import { buildCommand } from "@stricli/core";
import { json } from "../kit/flags.ts";

/** Tells which file is running. */
export const version = buildCommand({
  docs: { brief: "Form, version and size of the running file" },
  parameters: {
    flags: {
      json,
      sha256: { kind: "boolean", brief: "Also its checksum, which --json always has", default: false },
    },
  },
  loader: async () => (await import("./version.ts")).version,
});
