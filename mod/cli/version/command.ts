/** What `container-hooks version` is called and takes. */
import { buildCommand } from "@stricli/core";
import { json } from "../kit/flags.ts";

/** Tells which file is running. */
export const version = buildCommand({
  docs: { brief: "Form, version, size and checksum of the running file" },
  parameters: { flags: { json } },
  loader: async () => (await import("./version.ts")).version,
});
