import { type Container, definePlugin, problem } from "container-hooks/plugin";

/** What is carried from plan to poststop, and stored where it could not be shipped. */
interface Log {
  id: string;
  name: string;
  path: string;
}

/** Earlier logs that a container's end tries again. */
const MOST_AGAIN = 10;

/** Has a program ship each container's log when it has ended. */
export default definePlugin({
  api: 1,
  name: "log-shipping",
  version: "1.0.0",
  brief: "Ships the log of each container at its end, and again where that failed",
  options: {
    program: {
      type: "string",
      default: "/usr/libexec/ship-log",
      pattern: "^/",
      brief: "called with ID NAME PATH",
    },
    docker: { type: "string", default: "/var/lib/docker", pattern: "^/", brief: "docker's data-root" },
    pods: { type: "string", default: "/var/log/pods", pattern: "^/", brief: "where kubelet has logs" },
  },
  needs: { run: [{ option: "program" }] },
  plan(container, { options }) {
    const path = logPath(container, options);
    if (path === undefined) return { stages: [], note: `engine ${container.engine} keeps no log of it` };
    return { carry: { id: container.id, name: container.names[0] ?? container.id, path } };
  },
  on: {
    async poststop(_state, { carry, host, options, store, log }) {
      const ship = async ({ id, name, path }: Log) => {
        const { status, stderr } = await host.run(options.program, [id, name, path], { timeout: 8000 });
        if (status !== 0) {
          throw problem(`${options.program} ended with ${status}: ${stderr}`, "see its own messages");
        }
      };
      const own = carry as unknown as Log;
      // Stored before it is tried: what is killed in the middle is tried again.
      store(own.id, { ...own });
      await ship(own);
      store(own.id, undefined);
      for (const id of host.storedNames().filter((name) => name !== own.id).slice(0, MOST_AGAIN)) {
        await ship(host.stored(id) as unknown as Log);
        store(id, undefined);
        log.info(`shipped the log of ${id}, which had failed`);
      }
    },
  },
});

/** What a pod's and a container's name may be: neither leads to another folder. */
const NAME = /^[a-z0-9][a-z0-9.-]*$/;

/** Where the engine writes what the container says; undefined where it is not known. */
function logPath(
  { id, engine, bundle, annotations, role }: Container,
  { docker, pods }: { docker: string; pods: string },
): string | undefined {
  if (role !== "workload" || !/^[0-9a-f]{64}$/.test(id)) return undefined;
  if (engine === "docker") return `${docker}/containers/${id}/${id}-json.log`;
  if (engine === "podman") return `${bundle}/ctr.log`;
  const keys = {
    "containerd": ["sandbox-namespace", "sandbox-name", "sandbox-uid", "container-name"].map((key) =>
      `io.kubernetes.cri.${key}`
    ),
    "cri-o": ["pod.namespace", "pod.name", "pod.uid", "container.name"].map((key) => `io.kubernetes.${key}`),
  }[engine as string] ?? [];
  const [namespace, pod, uid, name] = keys.map((key) => annotations[key]);
  if (![namespace, pod, uid, name].every((part) => part !== undefined && NAME.test(part))) return undefined;
  return `${pods}/${namespace}_${pod}_${uid}/${name}`;
}
