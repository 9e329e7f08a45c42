/** A private host on which container-hooks is installed and its service runs. */
import type { Form } from "./forms.ts";
import { type PrivateHost, privateHost } from "./private_host.ts";
import type { Ran } from "./run.ts";
import { until } from "./until.ts";
import type { ServiceStatus } from "../../mod/serve/status.ts";

const PLUGINS = "/etc/container-hooks/plugins";

/** Such a host. */
export interface ServedHost extends AsyncDisposable {
  host: PrivateHost;
  /** Puts a plugin in place: the body of its `plan`, and what else its manifest has. */
  plugin(name: string, plan: string, rest?: string): Promise<void>;
  /** Starts the service; resolves once launchers find it. */
  start(): Promise<Deno.ChildProcess>;
  /** The same; resolves once it plans for them. */
  serve(): Promise<Deno.ChildProcess>;
  /** Creates and runs a container of the bundle by the launcher. */
  create(id: string, bundle: string, options?: string[]): Promise<Ran>;
  status(): Promise<Partial<ServiceStatus> & { runs: boolean; handlers: ServiceStatus | null }>;
  /** What the service has counted since it plans, or since it became its successor. */
  counted(): Promise<{ warm: number; refused: number; cold: number }>;
}

/**
 * Installs `form` there; no service is started yet.
 *
 * @param given Whose it is ends it; by default one is made, which ends with what is returned.
 */
export async function servedHost(form: Form, given?: PrivateHost): Promise<ServedHost> {
  const host = given ?? await privateHost();
  await host.mustRun([form.path, "install"]);
  const services: Deno.ChildProcess[] = [];
  const announced = () => {
    try {
      return Deno.readTextFileSync(`${host.root}/run/container-hooks/service/now`);
    } catch {
      return undefined;
    }
  };
  let before: Partial<ServiceStatus> = {};
  const served: ServedHost = {
    host,
    plugin: (name, plan, rest = "") =>
      host.write(
        `${PLUGINS}/${name}.ts`,
        `import { definePlugin, hook, setEnv } from "container-hooks/plugin";
export default definePlugin({ api: 1, name: "${name}", version: "1.0.0", brief: "for a test", ${rest}
  plan(container, { host, options, log }) { ${plan} },
});
`,
      ),
    async start() {
      const [program, ...args] = [...host.enter, "/usr/bin/container-hooks", "serve"];
      const before = announced();
      const service = new Deno.Command(program!, { args, clearEnv: true, stdin: "null", stdout: "null" })
        .spawn();
      services.push(service);
      await until("the service is found", () => {
        const now = announced();
        return now !== undefined && now !== before;
      });
      return service;
    },
    async serve() {
      const service = await served.start();
      // What has changed a moment ago may change once more unseen: until then it sends everybody away.
      await until("the service plans", async () => {
        await served.create("nobody", "/nonexistent");
        return ((await freshStatus(served)).refused ?? 0) > 0;
      });
      before = await freshStatus(served);
      return service;
    },
    create: (id, bundle, options = []) =>
      host.run(["/usr/bin/container-hooks-runtime", ...options, "run", "--bundle", bundle, id]),
    async status() {
      return JSON.parse(
        (await host.mustRun(["/usr/bin/container-hooks", "serve", "--status", "--json"])).stdout,
      );
    },
    async counted() {
      const now = await freshStatus(served);
      // A successor counts from the beginning.
      const since = now.since === before.since ? before : {};
      return {
        warm: (now.warm ?? 0) - (since.warm ?? 0),
        refused: (now.refused ?? 0) - (since.refused ?? 0),
        cold: sum(now.cold) - sum(since.cold),
      };
    },
    async [Symbol.asyncDispose]() {
      for (const service of services) {
        try {
          service.kill("SIGKILL");
        } catch {
          // It has ended.
        }
        await service.status;
      }
      if (!given) await host[Symbol.asyncDispose]();
    },
  };
  return served;
}

/** One that was written after this call. */
async function freshStatus({ status, host }: ServedHost) {
  const stamp = async () =>
    (await host.mustRun(["stat", "-c", "%Y.%i", "/run/container-hooks/service/status"])).stdout;
  const before = await stamp();
  return await until("the service writes its status", async () => await stamp() !== before && await status());
}

function sum(counts: Record<string, number> = {}): number {
  return Object.values(counts).reduce((all, count) => all + count, 0);
}
