/** What `container-hooks bypass` is called and takes. */
import { buildCommand, buildRouteMap } from "@stricli/core";
import { parseDuration } from "../kit/duration.ts";
import { json } from "../kit/flags.ts";

/** Switches it. */
export const bypass = buildRouteMap({
  docs: { brief: "Let containers start without us, whatever is broken" },
  routes: {
    on: buildCommand({
      docs: { brief: "Switch the bypass on" },
      parameters: {
        flags: {
          json,
          for: {
            kind: "parsed",
            parse: parseDuration,
            brief: "Until then, such as 30m or 2h",
            placeholder: "DURATION",
            optional: true,
          },
        },
      },
      loader: async () => (await import("./bypass.ts")).on,
    }),
    off: buildCommand({
      docs: { brief: "Switch the bypass off" },
      parameters: { flags: { json } },
      loader: async () => (await import("./bypass.ts")).off,
    }),
    status: buildCommand({
      docs: { brief: "Whether the bypass is on, and until when" },
      parameters: { flags: { json } },
      loader: async () => (await import("./bypass.ts")).status,
    }),
  },
});
