/**
 * Calls that come through us more than once, because other wrappers of OCI runtimes stand between:
 * container-hooks, nvidia-container-runtime, container-hooks, runc.
 *
 * A variable goes with such a call. It counts, so that a chain that leads back to its beginning ends, and names
 * the journal entry of what was planned, so that the second of ours does not plan the container once more. A
 * runtime that starts containers itself is not given it: its environment stays the engine's own.
 */
import { failure } from "../errors.ts";
import type { Host } from "../host/host.ts";

/** The variable: "COUNT:TOKEN", or "COUNT:" where nothing was planned. */
export const CHAIN_VARIABLE = "CONTAINER_HOOKS_CHAIN";

/** Times that one call may come through us; a single digit, which the launcher counts with. */
export const MOST_PASSES = 8;

/** How a call came to us. */
export interface Chain {
  /** Times that it came through us before. */
  passed: number;
  /** The journal's token of what was planned for it. */
  token?: string;
}

/** What the variable says; what somebody else put there counts for nothing. */
export function readChain(host: Host): Chain {
  const [, passed, token] = /^(\d):([0-9a-f]{32})?$/.exec(host.env(CHAIN_VARIABLE) ?? "") ?? [];
  return { passed: Number(passed ?? 0), token };
}

/** @throws {Failure} runtime-loop where the call has come through us too often to end with `runtime` */
export function refuseLoop({ passed }: Chain, runtime: string): void {
  if (passed >= MOST_PASSES && mayLeadBack(runtime)) throw failure("runtime-loop", { runtime });
}

/** Gets the variable's value for what this call becomes. */
export function nextChain({ passed, token }: Chain): string {
  return `${passed + 1}:${token ?? ""}`;
}

/**
 * Whether a program may be a wrapper that leads back to us, by its base name: runc, crun and their variants
 * start containers themselves.
 */
export function mayLeadBack(runtime: string): boolean {
  return !/^((docker-)?runc|crun(-[a-z]+)?|krun)$/.test(runtime.slice(runtime.lastIndexOf("/") + 1));
}
