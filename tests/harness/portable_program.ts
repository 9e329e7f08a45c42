/**
 * A small program in the portable form, which tells how it was started; quick to make and to unpack, because
 * its Deno is a script that runs the real one.
 */
import { resolve } from "pathe";
import { type Bundle, bundle, type Entries } from "../../tools/build/bundle.ts";
import { cLibraryOf } from "../../tools/build/glibc.ts";
import { portable } from "../../tools/build/portable.ts";
import { PROJECT } from "./forms.ts";
import type { WorkFolder } from "./work_folder.ts";

/** What the program prints when it is started with any words but those of {@linkcode PROGRAM}. */
export interface Told {
  start: {
    form: string;
    file: string;
    calledAs: string;
    args: string[];
    inherited?: { softNofile?: number | "unlimited"; sigpipeIgnored?: boolean; umask?: number };
  };
  env: Record<string, string>;
  cwd: string;
  umask: number;
  pid: number;
}

const PROGRAM = `
import { shared } from "./shared.ts";
import { invocation } from ${JSON.stringify(resolve(PROJECT, "mod/host/invocation.ts"))};
const start = invocation();
const [word, value] = start.args;
// Not at the top level: what is imported later waits for its end.
void run();
async function run() {
if (word === "version") {
  console.log(JSON.stringify({ form: start.form, deno: Deno.version.deno }));
} else if (word === "import") {
  console.log((await import("file://" + value)).default);
} else if (word === "exit") {
  Deno.exit(Number(value));
} else if (word === "lazily") {
  console.log(shared + (await import("./lazy.ts")).text);
} else if (word === "isolate") {
  const worker = new Worker(import.meta.url.replace(/main\\.([jt]s)$/, "isolate.$1"), { type: "module" });
  worker.onmessage = ({ data }) => {
    console.log(data);
    worker.terminate();
  };
} else if (word === "echo") {
  await Deno.stdin.readable.pipeTo(Deno.stdout.writable);
} else {
  const told = { start, env: Deno.env.toObject(), cwd: Deno.cwd(), umask: Deno.umask(), pid: Deno.pid };
  console.log(JSON.stringify(told));
}
}
`;

/** Writes the program's modules; gives back their places. */
export function programEntries(folder: WorkFolder): Entries {
  // Both of them import it, so that the bundler makes a chunk of it.
  folder.file("program/shared.ts", "export const shared: string = 'shared, ';\n");
  folder.file(
    "program/lazy.ts",
    `import { shared } from "./shared.ts";\nexport const text: string = shared + "it's a module of its own";\n`,
  );
  return {
    main: folder.file("program/main.ts", PROGRAM),
    isolate: folder.file(
      "program/isolate.ts",
      'import { shared } from "./shared.ts";\npostMessage(`${shared}from the isolate`);\n',
    ),
  };
}

/** Bundles the program once, for as many files as a test wants. */
export function bundleProgram(folder: WorkFolder): Promise<Bundle> {
  return bundle(programEntries(folder), `${folder.path}/bundle`, PROJECT);
}

/** A portable file of the program. */
export interface PortableProgram {
  path: string;
  /** Name of the folder that it unpacks into. */
  checksum: string;
}

/** How the file is to be. */
export interface PortableOptions {
  /** The file's name. Default: container-hooks. */
  name?: string;
  /** Shell lines that its Deno runs before the real one; $1 is "eval" while unpacking and "run" later. */
  before?: string;
  /** Bytes that do not compress, behind the script that is its Deno. */
  padding?: number;
}

/** Writes a portable file of the program. */
export async function writePortableProgram(
  folder: WorkFolder,
  modules: Bundle,
  options: PortableOptions = {},
): Promise<PortableProgram> {
  const deno = folder.program("deno", `#!/bin/sh\n${options.before ?? ""}\nexec '${Deno.execPath()}' "$@"\n`);
  for (let left = options.padding ?? 0; left > 0; left -= 65536) {
    Deno.writeFileSync(deno, crypto.getRandomValues(new Uint8Array(Math.min(left, 65536))), { append: true });
  }
  const path = `${folder.path}/${options.name ?? "container-hooks"}`;
  const parts = await portable(
    { path: deno, version: "0.0.0" },
    modules,
    "0.0.0",
    await cLibraryOf(Deno.execPath()),
  );
  Deno.writeFileSync(path, new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer()));
  Deno.chmodSync(path, 0o755);
  const header = new TextDecoder().decode(parts[0]);
  return { path, checksum: /^container_hooks_sha=([0-9a-f]{64})$/m.exec(header)?.[1] ?? "" };
}
