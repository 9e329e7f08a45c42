/** A private host whose first process is a real systemd, which starts next to nothing of the machine's. */
import type { PrivateHost } from "./private_host.ts";
import { type Ran, run } from "./run.ts";
import { until } from "./until.ts";

/** Where distributions have it. */
const PROGRAMS = ["/usr/lib/systemd/systemd", "/lib/systemd/systemd"];

/** Such a host. */
export interface SystemdHost extends AsyncDisposable {
  /** Runs a program in its namespaces, to its end. */
  run(argv: string[]): Promise<Ran>;
  /** Runs it; it has to succeed. @throws with what it wrote to stderr */
  mustRun(argv: string[]): Promise<Ran>;
}

/** Gets systemd's own program; undefined where this machine has none. */
export function systemdProgram(): string | undefined {
  return PROGRAMS.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

/** Gets where control groups of version 2 are mounted, which systemd needs; undefined where they are not. */
export function cgroupMount(): string | undefined {
  const mounts = Deno.readTextFileSync("/proc/self/mountinfo").split("\n").map((line) => line.split(" "));
  return mounts.find((words) => words[words.indexOf("-") + 1] === "cgroup2")?.[4];
}

/** What is started with a machine, and sets its kernel up: that is no other kernel's, and has its own systemd. */
const NOT_STARTED = "rm -rf /usr/lib/systemd/system/*.wants /etc/systemd/system/*.wants";

/** It gets control groups of its own before it sees any. */
const START = `
echo $$ >"$1/cgroup.procs" || exit
exec unshare --mount --pid --fork --kill-child --uts --ipc --cgroup sh -c '
  mount -t proc proc /proc && umount -l -R /sys/fs/cgroup
  mount -t cgroup2 cgroup2 /sys/fs/cgroup || exit
  exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin "$0" --system --unit=multi-user.target' "$2"
`;

/** Starts it. */
export async function startSystemd(host: PrivateHost): Promise<SystemdHost> {
  await host.mustRun(["sh", "-c", NOT_STARTED]);
  const group = `${cgroupMount()}/container-hooks-${crypto.randomUUID()}`;
  Deno.mkdirSync(group);
  const [program, ...enter] = host.enter;
  const starter = new Deno.Command(program!, {
    args: [...enter, "sh", "-c", START, "sh", group, systemdProgram()!],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const end = async () => {
    starter.kill("SIGKILL");
    await starter.status;
    await until("the control groups are empty", () => removeGroups(group));
  };
  try {
    const pid = await until("systemd is started", () => childOf(starter.pid));
    const words = ["nsenter", `--target=${pid}`, "--mount", "--pid", "--uts", "--ipc", "--cgroup", "--wd=/"];
    const systemd: SystemdHost = {
      run: (argv) => run([...words, ...argv]),
      async mustRun(argv) {
        const ran = await systemd.run(argv);
        if (ran.status !== 0) {
          throw new Error(`${argv.join(" ")} ended with ${ran.status}: ${ran.stderr.trim()}`);
        }
        return ran;
      },
      [Symbol.asyncDispose]: end,
    };
    await until("systemd is up", async () => {
      const { stdout } = await systemd.run(["systemctl", "is-system-running"]);
      return ["running", "degraded"].includes(stdout.trim());
    });
    return systemd;
  } catch (error) {
    await end();
    throw error;
  }
}

function childOf(pid: number): number | undefined {
  const children = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`).trim();
  return children === "" ? undefined : Number(children.split(" ")[0]);
}

/** A group can be removed once no process is in it or below it. */
function removeGroups(group: string): boolean {
  for (const { name, isDirectory } of Deno.readDirSync(group)) {
    if (isDirectory) removeGroups(`${group}/${name}`);
  }
  Deno.removeSync(group);
  return true;
}
