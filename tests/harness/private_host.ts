/**
 * This machine with changes of its own: a mount namespace in which /usr, /etc, /var and /run are the machine's,
 * and whatever is written there goes elsewhere.
 */
import { type Ran, run, type RunOptions } from "./run.ts";

/** What is written to goes to a layer of its own. */
const LAYERED = ["/usr", "/etc", "/var"];

/** Where the layers are, inside the namespace. */
const LAYERS = "/mnt";

/** Where engines keep images and containers: what the machine's have there is theirs, and podman makes it at a call. */
const ENGINES_DATA = ["/var/lib/docker", "/var/lib/containerd", "/var/lib/containers", "/var/lib/cni"];

/** What an administrator of the machine may have installed and configured, and this host has not. */
const ABSENT = [
  "/usr/bin/container-hooks",
  "/usr/bin/container-hooks-ctk",
  "/usr/bin/container-hooks-runtime",
  "/usr/libexec/container-hooks",
  "/usr/share/bash-completion/completions/container-hooks",
  "/usr/share/bash-completion/completions/container-hooks-ctk",
  "/usr/share/fish/vendor_completions.d/container-hooks.fish",
  "/usr/share/man/man8/container-hooks.8",
  "/usr/share/zsh/site-functions/_container-hooks",
  "/usr/share/zsh/vendor-completions/_container-hooks",
  "/etc/container-hooks",
  "/etc/containerd",
  "/etc/containers/containers.conf",
  "/etc/containers/containers.conf.d",
  "/etc/crio",
  "/etc/docker",
  "/var/lib/container-hooks",
];

/** A machine of one's own, on which container-hooks is not installed and no engine is configured. */
export interface PrivateHost extends AsyncDisposable {
  /** Where its files are seen from outside. */
  root: string;
  /** Words in front of a command line that is to run there. */
  enter: string[];
  /** Runs a program there, to its end. */
  run(argv: string[], options?: RunOptions): Promise<Ran>;
  /** Runs it; it has to succeed. @throws with what it wrote to stderr */
  mustRun(argv: string[], options?: RunOptions): Promise<Ran>;
  /** Writes a file, with the folders above it. */
  write(path: string, text: string): Promise<void>;
  /** The text of a file; undefined where it is not there. */
  read(path: string): Promise<string | undefined>;
  /**
   * What is not as it was at the beginning, in content, kind, owner or mode: files, links and folders, but for
   * logs and what engines keep.
   */
  changes(): Promise<string[]>;
}

/** What a private host has beside what the machine has. */
export interface PrivateHostSettings {
  /** Folders with an usr, etc or var; what these hold is there from the beginning, over what the machine has. */
  over?: string[];
  /** It is as a privileged container: with namespaces, processes, a host name, a network and a root folder of its own. */
  contained?: boolean;
}

/**
 * The namespace lives as long as this process, which ends with its standard input. Its arguments are the folders
 * that come over the machine's. A device with the numbers 0 and 0 hides what a lower layer has by its name.
 */
const HOLD = `
mount --make-rprivate / && mount -t tmpfs tmpfs ${LAYERS} && cd ${LAYERS} || exit
over=
for folder in "$@"; do over=$over$folder:; done
for folder in ${ENGINES_DATA.join(" ")}; do mkdir -p places$folder || exit; done
for path in ${ABSENT.join(" ")}; do
  [ ! -e "$path" ] && [ ! -L "$path" ] || { mkdir -p "places\${path%/*}" && mknod "places$path" c 0 0; } || exit
done
for folder in ${LAYERED.join(" ")}; do
  mkdir -p places$folder upper$folder work$folder machine$folder lower$folder || exit
  mount --bind $folder machine$folder || exit
  layers=
  for layer in $(IFS=:; echo $over) ${LAYERS}/places ${LAYERS}/machine; do
    [ ! -d $layer$folder ] || layers=$layers:$layer$folder
  done
  mount -t overlay overlay lower$folder -o ro,lowerdir=\${layers#:} || exit
  mount -t overlay overlay $folder \
    -o lowerdir=\${layers#:},upperdir=${LAYERS}/upper$folder,workdir=${LAYERS}/work$folder || exit
done
for folder in ${ENGINES_DATA.join(" ")}; do mount -t tmpfs -o mode=755 tmpfs $folder || exit; done
mount -t tmpfs -o mode=755 tmpfs /run && mount -t tmpfs tmpfs /dev/shm || exit
`;

/** Says that it is made, and keeps it until standard input ends. */
const KEEP = "echo ready; exec cat";

/** Makes a root folder of its own, in which the machine's cannot be reached. */
const ENTER_ROOT = `
cd ${LAYERS} && mkdir root root-upper root-work && hostname inside && ip link set lo up || exit
mount -t overlay overlay root -o lowerdir=/,upperdir=${LAYERS}/root-upper,workdir=${LAYERS}/root-work || exit
for folder in ${
  LAYERED.join(" ")
} /dev /sys /run ${LAYERS}; do mount --rbind $folder root$folder || exit; done
mount -t proc proc root/proc && cd root && pivot_root . . && umount -l . && cd / || exit
`;

/** Namespaces that a container of an engine has. */
const CONTAINED = ["--pid", "--fork", "--uts", "--net", "--ipc"];

/**
 * A folder that something was changed in is in the layer too, and is no change of its own; nor is a file that has
 * its own content again.
 */
const CHANGES = `cd ${LAYERS}/upper && find . -mindepth 2 ! -path './var/log/*' | while read -r path; do
  was=${LAYERS}/lower/$path
  if [ "$(stat -c '%F %u %g %a' "$path")" = "$(stat -c '%F %u %g %a' "$was" 2>&1)" ]; then
    [ ! -d "$path" ] || continue
    if [ -h "$path" ]; then [ "$(readlink "$path")" != "$(readlink "$was")" ] || continue
    elif cmp -s "$path" "$was"; then continue
    fi
  fi
  echo "\${path#.}"
done`;

/** Makes one. @throws where this kernel lets nobody mount */
export async function privateHost(
  { over = [], contained = false }: PrivateHostSettings = {},
): Promise<PrivateHost> {
  const script = `${HOLD}${contained ? ENTER_ROOT : ""}${KEEP}`;
  const holder = new Deno.Command("unshare", {
    args: ["--mount", ...contained ? CONTAINED : [], "sh", "-c", script, "sh", ...over],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = holder.stdout.getReader();
  const { value } = await reader.read();
  if (new TextDecoder().decode(value) !== "ready\n") throw new Error("no private host could be made");
  const pid = contained ? childOf(holder.pid) : holder.pid;
  const enter = contained
    ? ["nsenter", `--target=${pid}`, "--mount", "--pid", "--uts", "--net", "--ipc", "--root", "--wd"]
    : ["nsenter", `--target=${pid}`, "--mount", "--wd=/"];
  const host = {
    root: `/proc/${pid}/root`,
    enter,
    run: (argv: string[], options?: RunOptions) => run([...enter, ...argv], options),
    async mustRun(argv: string[], options?: RunOptions) {
      const ran = await host.run(argv, options);
      if (ran.status !== 0) {
        throw new Error(`${argv.join(" ")} ended with ${ran.status}: ${ran.stderr.trim()}`);
      }
      return ran;
    },
    async write(path: string, text: string) {
      await host.mustRun(["sh", "-c", 'mkdir -p "${0%/*}" && cat >"$0"', path], { stdin: text });
    },
    async read(path: string) {
      const { status, stdout } = await host.run(["cat", path]);
      return status === 0 ? stdout : undefined;
    },
    async changes() {
      const { stdout } = await host.mustRun(["sh", "-c", CHANGES]);
      return stdout.split("\n").filter((line) => line !== "").sort();
    },
    async [Symbol.asyncDispose]() {
      await holder.stdin.close();
      reader.releaseLock();
      await holder.stdout.cancel();
      await holder.status;
    },
  };
  return host;
}

/** The one process that another has started. */
function childOf(pid: number): number {
  return Number(Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`).trim());
}
