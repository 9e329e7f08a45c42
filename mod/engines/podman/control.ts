/** podman: nothing of it goes on running, so it reads its files each time, and `podman info` tells what it made of them. */
import { podmanConfiguration } from "./config.ts";
import { failure } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import type { EngineControl, Site } from "../setup/engine_control.ts";
import { podmanContainers } from "./containers.ts";
import { unknownContainers } from "../setup/containers.ts";
import { ask } from "../setup/programs.ts";
import { noAnswer } from "../setup/no_answer.ts";

/** Name of the runtime that podman would use. */
const RUNTIME = "{{.Host.OCIRuntime.Name}}";

/** podman's program. */
export const podmanControl: EngineControl = {
  configuration: podmanConfiguration,
  program: "podman",
  fileOptions: [],
  restarts: ["none"],
  serves: "containers",
  waysAround: { runtimes: [], others: [] },
  async check(host, site, files) {
    const { program } = site;
    if (program === undefined) return;
    for (const { file, staged } of files) {
      if (staged === undefined) continue;
      const { ok, complaint } = await ask(host, program, ["info"], { CONTAINERS_CONF: staged });
      if (ok) continue;
      const now = await ask(host, program, ["info"], variables(host, site));
      if (!now.ok) throw failure("engine-broken", { engine: "podman", said: now.complaint });
      throw failure("engine-refuses", { engine: "podman", file, said: complaint });
    }
  },
  async ask(host, site, name) {
    const { program } = site;
    if (program === undefined) return { ...noAnswer(site), how: "podman is not installed" };
    const chosen = await ask(
      host,
      program,
      ["--runtime", name, "info", "--format", RUNTIME],
      variables(host, site),
    );
    if (!chosen.ok) return { loaded: false, isDefault: false, how: `podman says: ${chosen.complaint}` };
    const usual = await ask(host, program, ["info", "--format", RUNTIME], variables(host, site));
    const how = `podman --runtime ${name} info finds it`;
    return { loaded: true, isDefault: usual.ok && usual.stdout.trim() === name, how };
  },
  async containersBy(host, site, name) {
    const { program } = site;
    if (program === undefined) return unknownContainers("podman is not installed");
    return await podmanContainers(host, program, variables(host, site), name);
  },
};

/** A file at another place than those that podman looks at by itself is one that it has to be told of. */
function variables(host: Host, { file }: Site): Record<string, string> {
  if (/\/etc\/containers\/containers\.conf(\.d\/[^/]+)?$/.test(file)) return {};
  const own = host.uid() === 0 ? undefined : `${host.env("HOME")}/.config/containers/containers.conf`;
  return own !== undefined && [own, `${own}.d`].includes(file.replace(/(\.d)\/[^/]+$/, "$1"))
    ? {}
    : { CONTAINERS_CONF: file };
}
