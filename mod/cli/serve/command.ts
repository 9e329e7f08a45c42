/** What `container-hooks serve` is called and takes. */
import { buildCommand } from "@stricli/core";
import { json } from "../kit/flags.ts";

/** Runs the service, or tells about the one that runs. */
export const serve = buildCommand({
  docs: {
    brief: "Plan for launchers in one process that stays, so that a create costs milliseconds",
    fullDescription:
      "Plans for launchers in one process that stays, so that a create costs two milliseconds and " +
      "not sixty. The host's init starts it; launchers do their work themselves where it does not run.",
  },
  parameters: {
    flags: {
      json,
      handlers: {
        kind: "boolean",
        brief: "Call handlers at the stages of containers; the service that plans starts it",
        default: false,
        hidden: true,
      },
      status: { kind: "boolean", brief: "Tell about the service that runs", default: false },
    },
  },
  loader: async () => (await import("./serve.ts")).serve,
});
