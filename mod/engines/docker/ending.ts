/** How a container of docker's ended: `State` of DATA-ROOT/containers/ID/config.v2.json, there until it is removed. */
import type { Host } from "../../host/host.ts";
import { type EngineEnding, timeOf } from "../ending.ts";
import type { EngineCall } from "../identity.ts";
import { field, textField } from "../records.ts";
import { dockerRecord } from "./identity.ts";

/** Reads it; undefined where docker has no record of the container. */
export function dockerEnding(host: Host, call: EngineCall): EngineEnding | undefined {
  const state = field(dockerRecord(host, call, []), "State");
  if (state === undefined) return undefined;
  const started = timeOf(textField(state, "StartedAt"));
  const ended = timeOf(textField(state, "FinishedAt"));
  const error = textField(state, "Error") ??
    (field(state, "OOMKilled") === true ? "it was killed, because memory ran out" : undefined);
  const exitCode = field(state, "ExitCode");
  if (field(state, "Running") === true) {
    return { state: field(state, "Paused") === true ? "paused" : "running", started };
  }
  const code = typeof exitCode === "number" ? { exitCode } : {};
  // docker gives a start that failed an exit code of its own (125 to 128) and leaves the times of the start before.
  if (textField(state, "Error") !== undefined) return { state: "failed", error, ...code };
  if (started === undefined) return { state: "created" };
  return { state: "stopped", started, ended, ...code, ...(error === undefined ? {} : { error }) };
}
