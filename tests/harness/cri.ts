/**
 * Kubernetes' way to containerd: a private one with its CRI service, and a small client on its socket, as
 * kubelet and crictl are. Pods are on the host's network, so that no network plugin is needed.
 */
import {
  type Client,
  credentials,
  loadPackageDefinition,
  type ServiceClientConstructor,
  type ServiceError,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import type { Spec } from "../../mod/core/oci.ts";
import { Daemon, IMAGE, ociArchive } from "./engines.ts";
import { mustRun, type Ran, run } from "./run.ts";
import { until } from "./until.ts";
import type { WorkFolder } from "./work_folder.ts";

/** What a container came to, as far as the client of the CRI learns it. */
export type CriRan = Pick<Ran, "status" | "stdout" | "stderr">;

/** A connection to the CRI service of a containerd. */
export interface CriConnection {
  /** Starts a pod; `handler` is the name of its runtime, the default one without. @throws the service's own error */
  runPod(name: string, handler?: string): Promise<Pod>;
  /** Gives the service the images that {@linkcode podImages} made. @param ctr containerd's client */
  importImages(images: PodImages, ctr: string[]): Promise<void>;
  close(): void;
}

/** Archives, by the name of the image. */
export type PodImages = Record<string, string>;

/** A containerd with its CRI service. */
export interface Cri extends Pick<CriConnection, "runPod">, AsyncDisposable {
  /** The specification of a running container: as containerd made it, and as its bundle has it now. */
  specs(id: string): Promise<{ made: Spec; bundled: Spec }>;
}

/** A pod; stopped and removed when it is disposed. */
export interface Pod extends AsyncDisposable {
  /** Id of its sandbox. */
  id: string;
  /** Runs a container of {@linkcode IMAGE} to its end; the service's error text is in `stderr`. */
  runContainer(container: { id: string; args: string[] }): Promise<CriRan>;
}

/** Where containerd writes what the containers of pods say, and where that is seen from here. */
interface PodPlaces {
  logs: string;
  root?: string;
}

/** In which CRI has its containers. */
const NAMESPACE = "k8s.io";

/** Stands for the pause image: it sleeps. */
export const SANDBOX_IMAGE = "docker.io/library/hooks-test-pause:1";

/** A containerd whose pods run on the OCI runtime `runtime`, which is given `env`. */
export async function startCri(
  work: WorkFolder,
  { runtime, env }: { runtime: string; env: Record<string, string> },
): Promise<Cri> {
  const socket = `${work.path}/containerd.sock`;
  const state = work.folder("containerd-run");
  const config = work.file("containerd.toml", containerdConfig({ work, socket, state, runtime }));
  const daemon = new Daemon(work, "containerd", env, ["--config", config, "--log-level", "warn"]);
  const ctr = ["ctr", "--address", socket];
  await daemon.ready(() => run([...ctr, "version"]));
  const connection = connectCri({ socket, logs: work.folder("pod-logs") });
  await connection.importImages(await podImages(work), ctr);
  return {
    runPod: connection.runPod,
    specs: async (id) => ({
      made:
        JSON.parse((await mustRun([...ctr, "--namespace", NAMESPACE, "containers", "info", id])).stdout).Spec,
      bundled: JSON.parse(
        Deno.readTextFileSync(`${state}/io.containerd.runtime.v2.task/${NAMESPACE}/${id}/config.json`),
      ),
    }),
    async [Symbol.asyncDispose]() {
      connection.close();
      await daemon.stop();
    },
  };
}

/**
 * Connects to a containerd that runs.
 *
 * @param at.socket Its socket.
 * @param at.logs Folder in which it writes what containers say.
 * @param at.root Where its files are seen from here, if not at the same paths.
 */
export function connectCri({ socket, logs, root = "" }: PodPlaces & { socket: string }): CriConnection {
  const client = new CriClient(`${root}${socket}`);
  return {
    runPod: (name, handler = "") => startPod(client, { name, handler, logs, root }),
    async importImages(images, ctr) {
      for (const [image, archive] of Object.entries(images)) {
        const words = [...ctr, "--namespace", NAMESPACE, "images", "import", "--snapshotter", "native"];
        const { status } = await run([...words, archive]);
        // That of containerd 2 has the daemon unpack, which knows of no such snapshotter.
        if (status !== 0) await mustRun([...words, "--local", archive]);
        await until(`containerd has ${image}`, async () => {
          return (await client.call("ImageStatus", { image: { image } })).image !== null;
        });
      }
    },
    close: () => client.close(),
  };
}

/** Makes the images that pods need, their own and that of {@linkcode IMAGE}. */
export async function podImages(work: WorkFolder): Promise<PodImages> {
  return {
    [IMAGE]: await ociArchive(work),
    [SANDBOX_IMAGE]: await ociArchive(work, SANDBOX_IMAGE, ["sleep", "3600"]),
  };
}

/** Without what a container in which the tests may run cannot do: AppArmor, a lower OOM score, a network. */
function containerdConfig(
  { work, socket, state, runtime }: { work: WorkFolder; socket: string; state: string; runtime: string },
): string {
  return `version = 2
root = "${work.folder("containerd")}"
state = "${state}"
[grpc]
address = "${socket}"
[plugins."io.containerd.internal.v1.opt"]
path = "${work.folder("containerd-opt")}"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "${SANDBOX_IMAGE}"
disable_apparmor = true
restrict_oom_score_adj = true
stream_server_port = "0"
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "${work.folder("cni-bin")}"
conf_dir = "${work.folder("cni-conf")}"
[plugins."io.containerd.grpc.v1.cri".containerd]
snapshotter = "native"
default_runtime_name = "ours"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.ours]
runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.ours.options]
BinaryName = "${runtime}"
SystemdCgroup = false
`;
}

async function startPod(client: CriClient, pod: PodPlaces & { name: string; handler: string }): Promise<Pod> {
  const linux = { security_context: { namespace_options: { network: "NODE" } } };
  const sandboxConfig = {
    metadata: { name: pod.name, uid: crypto.randomUUID(), namespace: "hooks-test" },
    log_directory: pod.logs,
    linux,
  };
  const { pod_sandbox_id: id } = await client.call("RunPodSandbox", {
    config: sandboxConfig,
    runtime_handler: pod.handler,
  });
  const create = (name: string, command: string[]) =>
    client.call("CreateContainer", {
      pod_sandbox_id: id,
      sandbox_config: sandboxConfig,
      config: { metadata: { name }, image: { image: IMAGE }, command, log_path: `${name}.log`, linux },
    });
  return {
    id,
    runContainer: async ({ id: name, args }) => {
      try {
        const { container_id } = await create(name, args);
        const status = await toItsEnd(client, container_id);
        return { status, stdout: said(`${pod.root ?? ""}${pod.logs}/${name}.log`), stderr: "" };
      } catch (error) {
        return { status: 1, stdout: "", stderr: (error as ServiceError).details };
      }
    },
    async [Symbol.asyncDispose]() {
      await client.call("StopPodSandbox", { pod_sandbox_id: id });
      await client.call("RemovePodSandbox", { pod_sandbox_id: id });
    },
  };
}

/** Starts a container, waits until it has ended, and removes it. @returns its exit status */
async function toItsEnd(client: CriClient, container_id: string): Promise<number> {
  await client.call("StartContainer", { container_id });
  const { exit_code } = await until("the container has exited", async () => {
    const { status } = await client.call("ContainerStatus", { container_id });
    return status.state === "CONTAINER_EXITED" && status;
  });
  await client.call("RemoveContainer", { container_id });
  return exit_code;
}

/** What a container wrote to standard output; each line of a CRI log is "<time> <stream> <tag> <text>". */
function said(log: string): string {
  return Deno.readTextFileSync(log).split("\n")
    .map((line) => /^\S+ stdout \S (.*)$/.exec(line)?.[1])
    .filter((text) => text !== undefined)
    .map((text) => `${text}\n`)
    .join("");
}

// deno-lint-ignore no-explicit-any -- the fields are those of cri.proto, which TypeScript cannot see
type Message = any;

const definition = loadPackageDefinition(
  loadSync(`${import.meta.dirname}/cri.proto`, { keepCase: true, enums: String, defaults: true }),
) as unknown as { runtime: { v1: Record<"RuntimeService" | "ImageService", ServiceClientConstructor> } };

/** Calls the methods of both services of cri.proto by name. */
class CriClient {
  readonly #services: Client[];

  constructor(socket: string) {
    const { RuntimeService, ImageService } = definition.runtime.v1;
    // Without the authority, the whole socket's path would be sent as the host's name, which containerd refuses.
    const options = { "grpc.default_authority": "localhost" };
    this.#services = [RuntimeService, ImageService].map((Service) =>
      new Service(`unix://${socket}`, credentials.createInsecure(), options)
    );
  }

  /** @throws a ServiceError with the service's text in `details` */
  call(method: string, request: Message): Promise<Message> {
    const service = this.#services.find((one) => method in one) as Message;
    return new Promise((resolve, reject) => {
      service[method](request, (error: ServiceError | null, response: Message) => {
        if (error) reject(error);
        else resolve(response);
      });
    });
  }

  close(): void {
    for (const service of this.#services) service.close();
  }
}
