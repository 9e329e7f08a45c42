/** What the runtime needs of the environment where we call it ourselves. */
import { SYSTEM_PATH } from "../core/oci.ts";
import type { Host } from "../host/host.ts";

/** Gets the variables that tell a user's runtime where it keeps its containers, and where systemd listens. */
export function runtimeEnvironment(host: Host): Record<string, string> {
  const names = ["XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"];
  const values = names.flatMap((name) => {
    const value = host.env(name);
    return value === undefined ? [] : [[name, value]];
  });
  return { PATH: SYSTEM_PATH, ...Object.fromEntries(values) };
}
