/**
 * Removing a container that was created and may not start. The runtime runs its poststop hooks then, which put away
 * what was done at createRuntime; engines do not always remove it themselves, and each try would leave a process.
 */
import { failure, oneLine } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { runtimeEnvironment } from "./runtime_environment.ts";

/** Milliseconds; its poststop hooks have their own limits, and run within it. */
const TIMEOUT = 60_000;

/**
 * Removes it.
 *
 * @param runtime Absolute path.
 * @param globals The options that stood in front of `start`.
 * @throws {Failure} container-stays
 */
export async function removeCreated(
  host: Host,
  runtime: string,
  globals: readonly string[],
  id: string,
): Promise<void> {
  const args = [...globals, "delete", "--force", id];
  const { status, stderr, timedOut } = await host.run({
    path: runtime,
    args,
    env: runtimeEnvironment(host),
    timeout: TIMEOUT,
  });
  if (status === 0) return;
  const said = new TextDecoder().decode(stderr);
  const why = timedOut
    ? `did not end within ${TIMEOUT / 1000} s`
    : oneLine(said) || `ended with status ${status}`;
  throw failure("container-stays", { command: [runtime, ...args].join(" "), why });
}
