/**
 * A folder that root alone can write, all the way up: programs that hooks name are refused anywhere else, and
 * /tmp is writable by everybody.
 */
import { dirname } from "pathe";

/** A private folder of one test; removed, with whatever is still mounted in it, when it is disposed. */
export interface WorkFolder extends Disposable {
  path: string;
  /** Writes a file of root's; gives back its path. */
  file(name: string, text: string, mode?: number): string;
  /** Writes an executable file of root's; gives back its path. */
  program(name: string, text: string): string;
  /** Makes a folder; gives back its path. */
  folder(name: string, mode?: number): string;
}

const PARENT = "/var/lib";

/** Makes a folder such as /var/lib/hooks-test.1a2b3c; short, because podman takes no path above 50 characters. */
export function workFolder(): WorkFolder {
  const path = Deno.makeTempDirSync({ dir: PARENT, prefix: "hooks-test." });
  Deno.chmodSync(path, 0o755);
  return {
    path,
    file: (name, text, mode = 0o644) => write(`${path}/${name}`, text, mode),
    program: (name, text) => write(`${path}/${name}`, text, 0o755),
    folder(name, mode = 0o755) {
      Deno.mkdirSync(`${path}/${name}`, { recursive: true });
      Deno.chmodSync(`${path}/${name}`, mode);
      return `${path}/${name}`;
    },
    [Symbol.dispose]: () => removeFolder(path),
  };
}

function write(path: string, text: string, mode: number): string {
  Deno.mkdirSync(dirname(path), { recursive: true });
  Deno.writeTextFileSync(path, text);
  Deno.chmodSync(path, mode);
  return path;
}

/** Removing through a mount would empty what is mounted, so mounts go first. */
function removeFolder(path: string): void {
  for (const mounted of mountsUnder(path)) {
    new Deno.Command("umount", { args: ["-l", mounted], stderr: "null" }).outputSync();
  }
  const left = mountsUnder(path);
  if (left.length > 0) throw new Error(`${left.join(", ")} could not be unmounted, so ${path} was left`);
  Deno.removeSync(path, { recursive: true });
}

/** Deepest first. */
function mountsUnder(path: string): string[] {
  return Deno.readTextFileSync("/proc/self/mountinfo").split("\n")
    .map((line) => line.split(" ")[4] ?? "")
    .filter((point) => point.startsWith(`${path}/`))
    .reverse();
}
