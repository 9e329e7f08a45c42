/** The built files that are under test. */
import { isAbsolute, resolve } from "pathe";

/** One built file: compiled, portable, or whatever else it calls itself. */
export interface Form {
  name: string;
  /** Absolute. */
  path: string;
  /** Called by engines through the launcher instead of by itself. */
  launcher?: true;
}

/** Every way in which an engine calls us: each built file by itself, and the first of them by the launcher. */
export function waysOfCalling(): Form[] {
  const files = builtFiles();
  return [...files, { ...files[0]!, name: "launcher", launcher: true }];
}

/** The project's own folder. */
export const PROJECT = resolve(import.meta.dirname ?? ".", "../..");

let files: Form[] | undefined;

/**
 * What CONTAINER_HOOKS_UNDER_TEST lists ("compiled=/path,portable=/path"), or else dist/container-hooks; copied
 * to where every user may call it. A clone may lie in a home that its owner alone may enter.
 *
 * @throws where a file is missing: a suite without its subject must not pass
 */
export function builtFiles(): Form[] {
  return files ??= withCopies(listedFiles());
}

/** Has one copy serve all the test files that this process starts. */
export function shareBuiltFiles(): void {
  Deno.env.set(UNDER_TEST, builtFiles().map(({ name, path }) => `${name}=${path}`).join(","));
}

const UNDER_TEST = "CONTAINER_HOOKS_UNDER_TEST";
const COPIES = "hooks-test-built.";

function withCopies(listed: Form[]): Form[] {
  if (listed.every(({ path }) => path.includes(`/${COPIES}`))) return listed;
  const folder = temporaryFolder(COPIES);
  return listed.map((form) => {
    const path = `${folder}/${form.name}`;
    Deno.copyFileSync(form.path, path);
    Deno.chmodSync(path, 0o755);
    return { ...form, path };
  });
}

function listedFiles(): Form[] {
  const listed = Deno.env.get(UNDER_TEST);
  return listed ? listed.split(",").map(parseForm) : [defaultForm()];
}

function parseForm(entry: string): Form {
  const [name, path] = entry.trim().split("=");
  if (!name || !path || !isAbsolute(path)) {
    throw new Error(
      `CONTAINER_HOOKS_UNDER_TEST has ${JSON.stringify(entry)}, and it takes NAME=/absolute/path`,
    );
  }
  Deno.statSync(path);
  return { name, path };
}

function defaultForm(): Form {
  const path = `${PROJECT}/dist/container-hooks`;
  const asked = new Deno.Command(path, {
    args: ["version", "--json"],
    clearEnv: true,
    env: { CONTAINER_HOOKS_PORTABLE_DIR: portableFolder() },
    stdin: "null",
  });
  const { form } = JSON.parse(new TextDecoder().decode(asked.outputSync().stdout));
  return { name: form, path };
}

let ownPortableFolder: string | undefined;

/**
 * Where the portable form unpacks itself during the tests: what CONTAINER_HOOKS_PORTABLE_DIR says, or a folder
 * of this test file's own. Never the one that an installed program on this machine uses.
 */
export function portableFolder(): string {
  const shared = Deno.env.get("CONTAINER_HOOKS_PORTABLE_DIR");
  if (shared) return shared;
  return ownPortableFolder ??= temporaryFolder("hooks-test-portable.");
}

/** Everybody may enter it, and it goes with this process. What root executes must not lie in /tmp. */
function temporaryFolder(prefix: string): string {
  const made = Deno.makeTempDirSync({ dir: Deno.uid() === 0 ? "/var/lib" : undefined, prefix });
  Deno.chmodSync(made, 0o755);
  addEventListener("unload", () => Deno.removeSync(made, { recursive: true }));
  return made;
}
