/**
 * Private engines: each with its own folders and socket, so that a test never touches containers, images or
 * a configuration that somebody else has on this machine.
 */
import { makeRootfs } from "./bundle.ts";
import { mustRun, type Ran, run, type RunOptions, SYSTEM_PATH, which } from "./run.ts";
import { until } from "./until.ts";
import type { WorkFolder } from "./work_folder.ts";

/** An engine that runs containers of {@linkcode IMAGE}. */
export interface Engine extends AsyncDisposable {
  name: "docker" | "containerd" | "podman";
  /** Calls the engine's own client. */
  client(args: string[], options?: RunOptions): Promise<Ran>;
  /** Runs a container to its end, on the OCI runtime of that name or path. */
  runContainer(container: { id: string; runtime: string; args: string[] }): Promise<Ran>;
}

/** The image that every engine here has: busybox. */
export const IMAGE = "docker.io/library/hooks-test:1";

/** A dockerd whose runtimes, beside runc, are named in `runtimes`. */
export async function startDocker(
  work: WorkFolder,
  settings: { runtimes: Record<string, string>; env: Record<string, string>; inside?: string[] },
): Promise<Engine> {
  const socket = `unix://${work.path}/docker.sock`;
  const runtimes = Object.entries(settings.runtimes).flatMap((
    [name, path],
  ) => ["--add-runtime", `${name}=${path}`]);
  const daemon = new Daemon(work, "dockerd", settings.env, [
    ...["--config-file", work.file("daemon.json", "{}")],
    ...["--host", socket, "--pidfile", `${work.path}/docker.pid`],
    ...["--data-root", work.folder("docker"), "--exec-root", work.folder("docker-run")],
    ...["--bridge=none", "--iptables=false", "--ip6tables=false", "--log-level=warn"],
    ...["--storage-driver", await storageDriver(work), ...runtimes],
  ], settings.inside);
  const client = (args: string[], options: RunOptions = {}) =>
    run([dockerClient(), "--host", socket, ...args], {
      ...options,
      env: { DOCKER_CONFIG: `${work.path}/docker-client`, HOME: work.path, ...options.env },
    });
  await daemon.ready(() => client(["version"]));
  await mustSucceed(client(["import", await imageArchive(work), IMAGE]));
  return {
    name: "docker",
    client,
    runContainer: ({ id, runtime, args }) =>
      client(["run", "--rm", "--name", id, "--network=none", "--runtime", runtime, IMAGE, ...args]),
    [Symbol.asyncDispose]: () => daemon.stop(),
  };
}

/** A containerd, driven by ctr; `runtime` of a container is the path of its OCI runtime. */
export async function startContainerd(work: WorkFolder, env: Record<string, string>): Promise<Engine> {
  const socket = `${work.path}/containerd.sock`;
  const config = work.file(
    "containerd.toml",
    `version = 2
disabled_plugins = ["io.containerd.grpc.v1.cri"]
root = "${work.folder("containerd")}"
state = "${work.folder("containerd-run")}"
[grpc]
address = "${socket}"
`,
  );
  const daemon = new Daemon(work, "containerd", env, ["--config", config, "--log-level", "warn"]);
  const client = (args: string[], options?: RunOptions) =>
    run(["ctr", "--address", socket, ...args], options);
  await daemon.ready(() => client(["version"]));
  await mustSucceed(client(["images", "import", await ociArchive(work)]));
  return {
    name: "containerd",
    client,
    runContainer: ({ id, runtime, args }) =>
      client([
        ...["run", "--rm", "--snapshotter", "native", "--runtime", "io.containerd.runc.v2"],
        ...["--runc-binary", runtime, IMAGE, id, ...args],
      ]),
    [Symbol.asyncDispose]: () => daemon.stop(),
  };
}

/**
 * A podman with storage of its own. conmon hands none of our variables to the runtime, so a container's
 * `runtime` is one of the paths in `runtimes`, each a script that sets them.
 *
 * @param settings.user uid as which podman runs rootless; nobody need have it. Without ranges of subordinate
 * ids it is the only one in the container.
 */
export async function startPodman(
  work: WorkFolder,
  settings: {
    runtimes: Record<string, string>;
    env: Record<string, string>;
    user?: number;
    inside?: string[];
  },
): Promise<Engine> {
  const exports = Object.entries(settings.env).map(([name, value]) => `export ${name}='${value}'\n`).join("");
  const tables = Object.entries(settings.runtimes).map(([name, path]) => {
    const script = work.program(`podman-runtimes/${name}`, `#!/bin/sh\n${exports}exec ${path} "$@"\n`);
    return `${name} = ["${script}"]`;
  });
  const names = JSON.stringify([...Object.keys(settings.runtimes), "runc", "crun"]);
  const containersConf = work.file(
    "containers.conf",
    `[engine]
runtime_supports_json = ${names}
cgroup_manager = "cgroupfs"
events_logger = "none"
[engine.runtimes]
${tables.join("\n")}
`,
  );
  const { user = 0 } = settings;
  const [home, root, runroot] = ["podman-home", "podman", "podman-run"].map((name) => {
    const folder = work.folder(name);
    Deno.chownSync(folder, user, user);
    return folder;
  });
  const asUser = user === 0 ? [] : ["setpriv", `--reuid=${user}`, `--regid=${user}`, "--clear-groups"];
  const storage = ["--root", root!, "--runroot", runroot!, "--storage-driver", "vfs"];
  const client = (args: string[], options: RunOptions = {}) =>
    run([...settings.inside ?? [], ...crunMayRun(), ...asUser, "podman", ...storage, ...args], {
      cwd: home,
      ...options,
      env: { CONTAINERS_CONF: containersConf, HOME: home!, XDG_RUNTIME_DIR: home!, ...options.env },
    });
  await mustSucceed(client(["import", await imageArchive(work), IMAGE]));
  return {
    name: "podman",
    client,
    runContainer: ({ id, runtime, args }) =>
      client([
        ...["--runtime", runtime, "run", "--rm", "--name", id, "--network=none"],
        ...["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4096:4096", IMAGE, ...args],
      ]),
    async [Symbol.asyncDispose]() {
      // Ends the process that holds the user's namespace open.
      if (user !== 0) await mustSucceed(client(["system", "migrate"]));
      await processesEnded(work.path);
    },
  };
}

/**
 * Words in front of a command line that starts crun: crun before 1.9 refuses a machine that has both cgroup
 * layouts, so it gets a mount namespace without the second one.
 */
export function crunMayRun(): string[] {
  const second = "/sys/fs/cgroup/unified";
  const mounted = Deno.readTextFileSync("/proc/self/mountinfo").includes(` ${second} `);
  return mounted ? ["unshare", "-m", "sh", "-c", `umount -l ${second}; exec "$@"`, "sh"] : [];
}

/** Waits for conmon, which writes into podman's folders for a moment after its container has ended. */
async function processesEnded(folder: string): Promise<void> {
  await until(`no process of ${folder} runs any more`, () => {
    return !Array.from(Deno.readDirSync("/proc")).some(({ name }) => commandLine(name).includes(folder));
  });
}

/** "" for what is no process, or none any more. */
function commandLine(pid: string): string {
  try {
    return /^\d+$/.test(pid) ? Deno.readTextFileSync(`/proc/${pid}/cmdline`) : "";
  } catch {
    return "";
  }
}

/** A background process of a test, ended with it. */
export class Daemon {
  readonly #child: Deno.ChildProcess;
  readonly #log: string;
  #ended: Deno.CommandStatus | undefined;

  /** @param inside words in front of the command line, which become the program, such as nsenter's */
  constructor(
    work: WorkFolder,
    readonly program: string,
    env: Record<string, string>,
    args: string[],
    inside: string[] = [],
  ) {
    this.#log = `${work.path}/${program}.log`;
    this.#child = new Deno.Command("/bin/sh", {
      args: ["-c", 'exec "$@" >"$0" 2>&1', this.#log, ...inside, program, ...args],
      clearEnv: true,
      env: { PATH: SYSTEM_PATH, HOME: work.path, ...env },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    this.#child.status.then((status) => this.#ended = status);
  }

  /** Waits until `probe` succeeds. @throws with the end of the log where the daemon ends or takes a minute */
  async ready(probe: () => Promise<Ran>): Promise<void> {
    for (let attempt = 0; attempt < 300 && this.#ended === undefined; attempt++) {
      if ((await probe()).status === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const said = (await Deno.readTextFile(this.#log)).split("\n").slice(-10).join("\n");
    await this.stop();
    throw new Error(`${this.program} did not start:\n${said}`);
  }

  async stop(): Promise<void> {
    if (this.#ended === undefined) this.#child.kill("SIGTERM");
    await this.#child.status;
  }
}

/** Another client that comes first on PATH may speak a newer protocol than this dockerd. */
export function dockerClient(): string {
  const besideDaemon = "/usr/bin/docker";
  return which("dockerd")?.startsWith("/usr/sbin/") && isFile(besideDaemon) ? besideDaemon : "docker";
}

/** overlay2 where the kernel lays one over this folder, otherwise the slow copying driver. */
async function storageDriver(work: WorkFolder): Promise<"overlay2" | "vfs"> {
  const [lower, upper, inner, merged] = ["lower", "upper", "inner", "merged"].map((name) =>
    work.folder(`overlay-probe/${name}`)
  );
  const options = `lowerdir=${lower},upperdir=${upper},workdir=${inner}`;
  const mounted = await run(["mount", "-t", "overlay", "overlay", "-o", options, merged!]);
  if (mounted.status !== 0) return "vfs";
  await mustRun(["umount", merged!]);
  return "overlay2";
}

async function imageArchive(work: WorkFolder): Promise<string> {
  const archive = `${work.path}/image.tar`;
  if (!isFile(archive)) await mustRun(["tar", "-C", await makeRootfs(work), "-cf", archive, "."]);
  return archive;
}

/** Gives docker or podman the image once more, with labels. */
export async function imageWithLabels(
  work: WorkFolder,
  { client }: Pick<Engine, "client">,
  name: string,
  labels: Record<string, string>,
): Promise<void> {
  const changes = Object.entries(labels).flatMap(([key, value]) => ["--change", `LABEL ${key}=${value}`]);
  await mustSucceed(client(["import", ...changes, await imageArchive(work), name]));
}

/**
 * The same image as `docker save` would write it, for ctr, which cannot import a bare root file system.
 *
 * @param name what the image is called
 * @param command what its containers run where nothing else is said
 */
export async function ociArchive(work: WorkFolder, name = IMAGE, command = ["true"]): Promise<string> {
  const layer = await imageArchive(work);
  const folder = work.folder("oci-archive");
  const digest = (await mustRun(["sha256sum", layer])).stdout.split(" ")[0]!;
  const config = {
    architecture: Deno.build.arch === "aarch64" ? "arm64" : "amd64",
    os: "linux",
    config: { Env: [`PATH=${SYSTEM_PATH}`], Cmd: command },
    rootfs: { type: "layers", diff_ids: [`sha256:${digest}`] },
  };
  await Deno.copyFile(layer, `${folder}/layer.tar`);
  await Deno.writeTextFile(`${folder}/config.json`, JSON.stringify(config));
  await Deno.writeTextFile(
    `${folder}/manifest.json`,
    JSON.stringify([{ Config: "config.json", RepoTags: [name], Layers: ["layer.tar"] }]),
  );
  const archive = `${work.path}/${name.replaceAll(/[/:]/g, "-")}.tar`;
  await mustRun(["tar", "-C", folder, "-cf", archive, "manifest.json", "config.json", "layer.tar"]);
  return archive;
}

async function mustSucceed(ran: Promise<Ran>): Promise<void> {
  const { status, stderr } = await ran;
  if (status !== 0) throw new Error(`the engine's client ended with ${status}: ${stderr}`);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
