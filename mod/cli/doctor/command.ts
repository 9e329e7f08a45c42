/** What `container-hooks doctor` is called and takes. */
import { buildCommand } from "@stricli/core";
import { json } from "../kit/flags.ts";

/** Looks at everything that can be wrong. */
export const doctor = buildCommand({
  docs: {
    brief: "Everything that can be wrong on this host, each with the command that mends it",
    fullDescription:
      "Ends with 0 where all is well, 1 where there are warnings, 2 where something does not work.",
  },
  parameters: {
    flags: {
      json,
      run: { kind: "boolean", brief: "Also start a test container", default: false },
    },
  },
  loader: async () => (await import("./doctor.ts")).doctor,
});
