/** Which files hold tests, and which of them may run side by side. */
import { relative } from "pathe";

/** Tests of parts of the program: they have nothing of the machine in common. */
const PARTS = ["tests/unit", "tests/fuzz", "plugins", "examples"];

/** Tests of the built file, on the machine's runtimes and engines. */
const WHOLE = ["tests/faults", "tests/spec"];

/** What a run of the tests consists of; paths from the project's folder. */
export interface TestFiles {
  /** All at once, in one process. */
  parts: string[];
  /** One by one, each in a process of its own. */
  whole: WholeFile[];
}

/** A file with tests of the built file. */
export interface WholeFile {
  path: string;
  /** Whether it starts engines, or looks at what runs on the machine: of these, one runs at a time. */
  usesEngines: boolean;
}

/**
 * The files with tests.
 *
 * @param project absolute
 * @param wanted files or folders from the project's folder; none for all
 */
export function findTestFiles(project: string, wanted: readonly string[]): TestFiles {
  const isWanted = (path: string) =>
    wanted.length === 0 ||
    wanted.some((one) => path === one || path.startsWith(`${one.replace(/\/$/, "")}/`));
  const find = (folders: string[]) =>
    folders.flatMap((folder) => testsBelow(`${project}/${folder}`))
      .map((path) => relative(project, path)).filter(isWanted).sort();
  return {
    parts: find(PARTS),
    whole: find(WHOLE).map((path) => ({
      path,
      usesEngines: usesEngines(Deno.readTextFileSync(`${project}/${path}`)),
    })),
  };
}

/**
 * Harnesses that start something which a test in another process could see or be kept from starting. A private host is
 * none of them: its folders are its own.
 */
const SHARED = /"\.\.\/harness\/(?:cri|engines|host_engines|lxcfs|lxcfs_scene|network|nic)\.ts"/;

/** Needs that are programs of which the machine has one, and `doctor`, which looks at all of it. */
const ENGINES = /"(?:docker|containerd|podman|lxcfs|doctor)"/;

/** Whether a file's tests have to have the machine's engines for themselves. */
export function usesEngines(source: string): boolean {
  return SHARED.test(source) || ENGINES.test(source);
}

function testsBelow(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder)).flatMap(({ name, isDirectory }) => {
    if (isDirectory) return testsBelow(`${folder}/${name}`);
    return name.endsWith("_test.ts") ? [`${folder}/${name}`] : [];
  });
}

/**
 * Runs each file once, several at a time, but never two that use engines.
 *
 * @param atOnce how many at the most
 */
export async function runSideBySide(
  files: readonly WholeFile[],
  atOnce: number,
  run: (file: WholeFile) => Promise<void>,
): Promise<void> {
  const onEngines = files.filter(({ usesEngines }) => usesEngines);
  const others = files.filter(({ usesEngines }) => !usesEngines);
  let enginesAreFree = true;
  const work = async () => {
    for (;;) {
      const taken = enginesAreFree ? onEngines.shift() : undefined;
      const file = taken ?? others.shift();
      // Where files are left that use engines, whoever runs one of them now goes on with the next.
      if (!file) return;
      if (taken) enginesAreFree = false;
      await run(file);
      if (taken) enginesAreFree = true;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}
