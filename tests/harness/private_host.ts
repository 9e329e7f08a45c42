/**
 * This machine with changes of its own: a mount namespace in which /usr, /etc, /var and /run are the machine's,
 * and whatever is written there goes elsewhere.
 */
import { type Ran, run, type RunOptions } from "./run.ts";

/** What is written to goes to a layer of its own. */
const LAYERED = ["/usr", "/etc", "/var"];

/** Where the layers are, inside the namespace. */
const LAYERS = "/mnt";

/** A machine of one's own, on which container-hooks is not installed. */
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
   * logs and what is in one of the empty folders.
   */
  changes(): Promise<string[]>;
}

/** What a private host has beside what the machine has. */
export interface PrivateHostSettings {
  /** Folders with an usr, etc or var; what these hold is there from the beginning, over what the machine has. */
  over?: string[];
  /** Folders of /var that are empty at the beginning, each a file system of its own. */
  empty?: string[];
}

/**
 * The namespace lives as long as this process, which ends with its standard input. Its arguments are the folders
 * that come over the machine's, and behind a "--" those that are to be empty.
 */
const HOLD = `
mount --make-rprivate / && mount -t tmpfs tmpfs ${LAYERS} && cd ${LAYERS} || exit
over=
while [ "$1" != -- ]; do over=$over$1:; shift; done
shift
for folder in "$@"; do mkdir -p "places$folder" || exit; done
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
for folder in "$@"; do mount -t tmpfs -o mode=755 tmpfs "$folder" || exit; done
mount -t tmpfs -o mode=755 tmpfs /run && mount -t tmpfs tmpfs /dev/shm || exit
rm -rf /usr/bin/container-hooks* /usr/libexec/container-hooks /etc/container-hooks /var/lib/container-hooks
echo ready
exec cat
`;

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
export async function privateHost({ over = [], empty = [] }: PrivateHostSettings = {}): Promise<PrivateHost> {
  const holder = new Deno.Command("unshare", {
    args: ["--mount", "sh", "-c", HOLD, "sh", ...over, "--", ...empty],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = holder.stdout.getReader();
  const { value } = await reader.read();
  if (new TextDecoder().decode(value) !== "ready\n") throw new Error("no private host could be made");
  const enter = ["nsenter", `--target=${holder.pid}`, "--mount", "--wd=/"];
  const host = {
    root: `/proc/${holder.pid}/root`,
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
