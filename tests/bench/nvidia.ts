/**
 * The same beside what others use for it: `docker run` by nvidia's wrapper and by us, `crictl create` and `start` on
 * today's containerd.
 *
 * The programs are real ones, of a folder with an `install` that unpacks them: CONTAINER_HOOKS_TOOLCHAIN, or
 * ../shared/toolchain/engines beside the checkout.
 */
import { dockerClient, IMAGE } from "../harness/engines.ts";
import { type Form, PROJECT } from "../harness/forms.ts";
import { type HostEngines, startHostEngines } from "../harness/host_engines.ts";
import type { PrivateHost } from "../harness/private_host.ts";
import { mustRun } from "../harness/run.ts";
import { type WorkFolder, workFolder } from "../harness/work_folder.ts";
import type { Entry } from "./inside/race.ts";
import type { Row } from "./measure.ts";
import { rowOf, THREE_PLUGINS, type WarmHost, warmHost } from "./warm_host.ts";

const ROUNDS = 25;

/** Where they go on a host. */
const PROGRAMS: Record<string, string> = {
  dockerd: "usr/sbin",
  runc: "usr/sbin",
  containerd: "usr/bin",
  "containerd-shim-runc-v2": "usr/bin",
  ctr: "usr/bin",
  crictl: "usr/bin",
  "nvidia-container-runtime": "usr/bin",
};

/** The folder with those programs. */
function toolchain(): string {
  return Deno.env.get("CONTAINER_HOOKS_TOOLCHAIN") ?? `${PROJECT}/../shared/toolchain/engines`;
}

/** Why nothing can be measured here; undefined where it can. */
export function whyNoToolchain(): string | undefined {
  const path = `${toolchain()}/install`;
  try {
    Deno.statSync(path);
    return undefined;
  } catch {
    return `${path} is not there; CONTAINER_HOOKS_TOOLCHAIN names another folder`;
  }
}

/** Rows of `docker run`, and of `crictl create` and `start`. */
export async function measureNvidia(forms: Form[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const form of forms) {
    using work = workFolder();
    await using engines = await startHostEngines(work, await unpack(work));
    await using host = await warmHost(form, work, engines.host);
    await configureEngines(engines);
    await host.configure(THREE_PLUGINS);
    rows.push(...await byDocker(host, form), ...await byCri(host, form));
  }
  return rows;
}

async function unpack(work: WorkFolder): Promise<string> {
  const folder = work.folder("programs");
  for (const [name, place] of Object.entries(PROGRAMS)) {
    const into = work.folder(`programs/${place}`);
    await mustRun(["sh", `${toolchain()}/install`, into, name]);
  }
  return folder;
}

async function configureEngines({ host, restartContainerd }: HostEngines): Promise<void> {
  const daemon = JSON.parse(await host.read("/etc/docker/daemon.json") ?? "{}");
  const runtimes = { nvidia: { path: "/usr/bin/nvidia-container-runtime" } };
  await host.write("/etc/docker/daemon.json", JSON.stringify({ ...daemon, runtimes }));
  // It says with its status that nothing but a restart reaches containerd.
  await host.run(["/usr/bin/container-hooks", "runtime", "configure", "--all"]);
  await restartContainerd();
}

async function byDocker(host: WarmHost, form: Form): Promise<Row[]> {
  const entry = (name: string, runtime: string): Entry => ({
    name,
    calls: [[dockerClient(), "run", "--rm", "--network=none", "--runtime", runtime, IMAGE, "true"]],
  });
  const contestants = [
    entry("bare", "runc"),
    entry("nvidia", "nvidia"),
    entry("ours", "container-hooks"),
  ];
  const times = await host.race({ rounds: ROUNDS, contestants });
  return [
    rowOf(times, { what: "docker run", form: "nvidia-container-runtime" }, "bare", "nvidia"),
    rowOf(times, { what: "docker run, 3 plugins", form: `warm, ${form.name}` }),
  ];
}

const CONFIGS = "/run/bench-cri";

async function byCri({ served: { host }, race }: WarmHost, form: Form): Promise<Row[]> {
  await host.write(
    "/etc/crictl.yaml",
    ["runtime", "image"].map((of) => `${of}-endpoint: unix:///run/containerd/containerd.sock\n`).join("") +
      "timeout: 60\n",
  );
  const handlers = { bare: "", ours: "container-hooks" };
  const contestants: Entry[] = [];
  for (const [name, handler] of Object.entries(handlers)) {
    contestants.push(await inPod(host, name, handler));
  }
  const times = await race({ rounds: ROUNDS, contestants });
  await host.run(["crictl", "rmp", "--all", "--force"]);
  return [rowOf(times, { what: "crictl create and start, 3 plugins", form: `warm, ${form.name}` })];
}

/** On the host's network, so that no network plugin is needed. */
const LINUX = { security_context: { namespace_options: { network: 2 } } };

async function inPod(host: PrivateHost, name: string, handler: string): Promise<Entry> {
  const sandbox = {
    metadata: { name, uid: crypto.randomUUID(), namespace: "bench", attempt: 0 },
    log_directory: CONFIGS,
    linux: LINUX,
  };
  const container = {
    metadata: { name },
    image: { image: IMAGE },
    command: ["sleep", "3600"],
    log_path: `${name}.log`,
    linux: LINUX,
  };
  const [pod, made] = [`${CONFIGS}/${name}-pod.json`, `${CONFIGS}/${name}.json`];
  await host.write(pod, JSON.stringify(sandbox));
  await host.write(made, JSON.stringify(container));
  const { stdout } = await host.mustRun(["crictl", "runp", ...handler ? ["--runtime", handler] : [], pod]);
  const script = 'id=$(crictl create "$0" "$1" "$2") && crictl start "$id" >/dev/null';
  return {
    name,
    calls: [["sh", "-c", script, stdout.trim(), made, pod]],
    after: [["crictl", "rm", "--all", "--force"]],
  };
}
