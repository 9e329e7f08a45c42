/**
 * docker, containerd and podman of a private host, at their usual places: what an administrator has configured,
 * and the daemons.
 */
import { connectCri, type CriRan, type PodImages, podImages, SANDBOX_IMAGE } from "./cri.ts";
import { Daemon, dockerClient, IMAGE } from "./engines.ts";
import { type PrivateHost, privateHost } from "./private_host.ts";
import type { WorkFolder } from "./work_folder.ts";

/** The engines of one private host. */
export interface HostEngines extends AsyncDisposable {
  host: PrivateHost;
  /** Runs a container of {@linkcode IMAGE} to its end, by the runtime that the engine takes by itself. */
  runContainer: Record<EngineName, (id: string, args: string[]) => Promise<CriRan>>;
  /** Ends containerd and starts it again, as `systemctl restart containerd` does. */
  restartContainerd(): Promise<void>;
  stop(): Promise<void>;
}

/** Engines by the name that `container-hooks runtime` knows. */
export type EngineName = "docker" | "containerd" | "podman";

/** What else the engines write by themselves: docker below 23 a key, podman a lock. */
export const ENGINES_OWN = ["/etc/docker/key.json", "/etc/cni", "/etc/cni/net.d", "/etc/cni/net.d/cni.lock"];

const CONTAINERD_SOCKET = "/run/containerd/containerd.sock";
const POD_LOGS = "/run/pod-logs";

/**
 * What is configured: that no network is made, and what a container in which the tests may run cannot do.
 * containerd's is the file of Debian's package with such lines in it.
 */
const CONFIGURED = {
  "etc/docker/daemon.json": `{
  "bridge": "none",
  "iptables": false,
  "ip6tables": false
}
`,
  "etc/containerd/config.toml": `version = 2

[plugins]
  [plugins."io.containerd.grpc.v1.cri"]
    # a sandbox has no AppArmor
    disable_apparmor = true
    restrict_oom_score_adj = true
    sandbox_image = "${SANDBOX_IMAGE}"
    stream_server_port = "0"
    [plugins."io.containerd.grpc.v1.cri".cni]
      bin_dir = "/usr/lib/cni"
      conf_dir = "/etc/cni/net.d"
    [plugins."io.containerd.grpc.v1.cri".containerd]
      snapshotter = "native"
  [plugins."io.containerd.internal.v1.opt"]
    path = "/var/lib/containerd/opt"
`,
  "etc/containers/containers.conf": `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[engine]
cgroup_manager = "cgroupfs"
runtime = "runc"
events_logger = "none"
`,
};

/**
 * Starts the daemons on a host of their own.
 *
 * @param programs Folder with an usr of engines that take the place of the machine's.
 */
export async function startHostEngines(work: WorkFolder, programs?: string): Promise<HostEngines> {
  for (const [path, text] of Object.entries(CONFIGURED)) work.file(`configured/${path}`, text);
  // Files are made before the host: what changes below its layers is undefined.
  const images = await podImages(work);
  const over = [`${work.path}/configured`, ...programs === undefined ? [] : [programs]];
  const host = await privateHost({ over });
  const daemons = new HostDaemons(host, work);
  try {
    await daemons.start();
    await giveImages(host, images);
  } catch (error) {
    await daemons.stop();
    await host[Symbol.asyncDispose]();
    throw error;
  }
  return {
    host,
    runContainer: {
      docker: (id, args) => host.run([dockerClient(), ...quickRun(id), ...args]),
      podman: (id, args) => host.run(["podman", ...quickRun(id), ...args], { env: { HOME: "/run" } }),
      containerd: (id, args) => runInPod(host, id, args),
    },
    restartContainerd: () => daemons.restartContainerd(),
    stop: () => daemons.stop(),
    async [Symbol.asyncDispose]() {
      await daemons.stop();
      await host[Symbol.asyncDispose]();
    },
  };
}

function quickRun(id: string): string[] {
  return ["run", "--rm", "--name", id, "--network=none", IMAGE];
}

/** containerd, and the dockerd that uses it. */
class HostDaemons {
  #containerd: Daemon | undefined;
  #docker: Daemon | undefined;

  constructor(private readonly host: PrivateHost, private readonly work: WorkFolder) {}

  async start(): Promise<void> {
    await this.#startContainerd();
    const args = ["--containerd", CONTAINERD_SOCKET, "--log-level=warn"];
    this.#docker = new Daemon(this.work, "dockerd", {}, args, this.host.enter);
    await this.#docker.ready(() => this.host.run([dockerClient(), "version"]));
  }

  async restartContainerd(): Promise<void> {
    await this.#containerd?.stop();
    await this.#startContainerd();
    await this.#docker?.ready(() => this.host.run([dockerClient(), "version"]));
  }

  async stop(): Promise<void> {
    await this.#docker?.stop();
    await this.#containerd?.stop();
  }

  async #startContainerd(): Promise<void> {
    this.#containerd = new Daemon(this.work, "containerd", {}, ["--log-level", "warn"], this.host.enter);
    await this.#containerd.ready(() => this.host.run(["ctr", "version"]));
  }
}

async function giveImages(host: PrivateHost, images: PodImages): Promise<void> {
  await host.mustRun([dockerClient(), "load", "--input", images[IMAGE]!]);
  await host.mustRun(["podman", "load", "--input", images[IMAGE]!], { env: { HOME: "/run" } });
  const cri = connectCri({ socket: CONTAINERD_SOCKET, logs: POD_LOGS, root: host.root });
  try {
    await cri.importImages(images, [...host.enter, "ctr"]);
  } finally {
    cri.close();
  }
}

async function runInPod(host: PrivateHost, id: string, args: string[]): Promise<CriRan> {
  const cri = connectCri({ socket: CONTAINERD_SOCKET, logs: POD_LOGS, root: host.root });
  try {
    await using pod = await cri.runPod(id);
    return await pod.runContainer({ id, args });
  } finally {
    cri.close();
  }
}
