/** dist/container-hooks for whoever needs it: made where it is missing or older than what it is made of. */
import { PROJECT } from "../tests/harness/forms.ts";

/** What the built file is made of, from the project's folder. */
const SOURCES = [
  "main.ts",
  "isolate.ts",
  "doors",
  "deno.json",
  "deno.lock",
  "mod",
  "plugins",
  "tools/build.ts",
  "tools/build",
];

/**
 * Builds where that is due.
 *
 * @returns the path of the built file
 * @throws where building failed; the build has said why
 */
export async function ensureBuilt(): Promise<string> {
  const built = `${PROJECT}/dist/container-hooks`;
  const made = modified(built);
  if (made !== undefined && SOURCES.every((source) => newest(`${PROJECT}/${source}`) <= made)) return built;
  const build = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", `${PROJECT}/tools/build.ts`],
    cwd: PROJECT,
    stdin: "null",
  });
  if (!(await build.spawn().status).success) throw new Error("the build failed");
  return built;
}

/** Milliseconds since 1970 of the last change in a file or a tree; 0 where nothing is there. */
function newest(path: string): number {
  const own = modified(path) ?? 0;
  if (own === 0 || !Deno.statSync(path).isDirectory) return own;
  return Math.max(own, ...Array.from(Deno.readDirSync(path), (entry) => newest(`${path}/${entry.name}`)));
}

function modified(path: string): number | undefined {
  try {
    return Deno.statSync(path).mtime?.getTime();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
