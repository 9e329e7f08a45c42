/** podman: nothing of it goes on running, so it reads its files each time, and `podman info` tells what it made of them. */
import { podmanConfiguration } from "../engines/config/podman.ts";
import { failure } from "../errors.ts";
import type { EngineControl, Site } from "./engine_control.ts";
import { ask } from "./programs.ts";
import { unasked } from "./unasked.ts";

/** Name of the runtime that podman would use. */
const RUNTIME = "{{.Host.OCIRuntime.Name}}";

/** podman's program. */
export const podmanControl: EngineControl = {
  configuration: podmanConfiguration,
  program: "podman",
  fileOptions: [],
  restarts: ["none"],
  unit: "podman.service",
  serves: "containers",
  waysAround: { runtimes: [], others: [] },
  async check(host, { program }, files) {
    if (program === undefined) return;
    for (const { file, staged } of files) {
      if (staged === undefined) continue;
      const { ok, complaint } = await ask(host, program, ["info"], { CONTAINERS_CONF: staged });
      if (!ok) throw failure("engine-refuses", { engine: "podman", file, said: complaint });
    }
  },
  async ask(host, site, name) {
    const { program } = site;
    if (program === undefined) return { ...unasked(site), how: "podman is not installed" };
    const chosen = await ask(
      host,
      program,
      ["--runtime", name, "info", "--format", RUNTIME],
      variables(site),
    );
    if (!chosen.ok) return { loaded: false, isDefault: false, how: `podman says: ${chosen.complaint}` };
    const usual = await ask(host, program, ["info", "--format", RUNTIME], variables(site));
    const how = `podman --runtime ${name} info finds it`;
    return { loaded: true, isDefault: usual.ok && usual.stdout.trim() === name, how };
  },
};

/** A file at another place is one that podman has to be told of. */
function variables({ file }: Site): Record<string, string> {
  return /\/etc\/containers\/containers\.conf(\.d\/[^/]+)?$/.test(file) ? {} : { CONTAINERS_CONF: file };
}
