/** `container-hooks lxcfs`: what its commands are called and take. What they do is loaded when one runs. */
import { buildCommand, buildRouteMap } from "@stricli/core";
import { container, json } from "../../mod/cli/kit/flags.ts";
import type { Context } from "../../mod/cli/kit/context.ts";
import { parseDuration } from "../../mod/cli/kit/duration.ts";

/** The routes below `lxcfs`. */
export const lxcfs = buildRouteMap<"status" | "remount" | "watch", Context>({
  docs: { brief: "Containers that see their own /proc by lxcfs: look at them, heal them" },
  routes: {
    status: buildCommand({
      docs: {
        brief: "Whether lxcfs runs, and which containers hold files of one that is gone, or lost theirs",
        fullDescription:
          "Reading a stale file fails: Transport endpoint is not connected. Where one is missing, the container " +
          "reads the host's.",
      },
      parameters: { flags: { json } },
      loader: async () => (await import("./commands/status.ts")).status,
    }),
    remount: buildCommand({
      docs: {
        brief: "Give running containers the files of the lxcfs that runs now",
        fullDescription:
          "Only files that are stale or missing are put there. No program of the container is run. Needs Linux 5.2.",
      },
      parameters: {
        flags: { json, all: { kind: "boolean", brief: "Every container", default: false } },
        positional: container,
      },
      loader: async () => (await import("./commands/remount.ts")).remount,
    }),
    watch: buildCommand({
      docs: { brief: "Do the same by itself, as a service, whenever lxcfs was restarted" },
      parameters: {
        flags: {
          json,
          every: {
            kind: "parsed",
            parse: parseDuration,
            brief: "Between two looks",
            placeholder: "DURATION",
            default: "2s",
          },
          unit: { kind: "boolean", brief: "Print a systemd unit for it and end", default: false },
        },
      },
      loader: async () => (await import("./commands/watch.ts")).watch,
    }),
  },
});
