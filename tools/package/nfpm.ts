/** Packages for Debian's and Red Hat's families, made by nfpm. */
import { dirname, join } from "node:path";
import { onPath } from "./on_path.ts";
import { BuildFailure } from "../build/failure.ts";
import { run } from "../build/run.ts";
import { CARRIED, DEB, RPM, type Scripts } from "./scripts.ts";

/** The newest nfpm that the Go module proxy gives with all of its dependencies. */
const NFPM = "github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.43.4";

/** The kinds of packages that are made. */
export const PACKAGERS = ["deb", "rpm"] as const;
export type Packager = typeof PACKAGERS[number];

/** What a package is made of. */
export interface PackageSource {
  version: string;
  /** Go's name of the machine, as nfpm takes it: "amd64", "arm64". */
  arch: string;
  /** The one file. */
  program: string;
  /** Files for /usr/share/doc/container-hooks, by their names there. */
  documents: Readonly<Record<string, string>>;
  /** Seconds since 1970, for every file in it, so that two packages of one commit are equal. */
  time: number;
  /** A PGP key with its secret part, in a file. */
  key?: string;
}

/** Where people look for what a package brings to read. */
const DOCUMENTS = "/usr/share/doc/container-hooks";
/** First use compiles it. */
const LIMIT = 600;

/**
 * Makes one package in `folder` and gets its file's name.
 *
 * @throws {BuildFailure} where nfpm cannot be had, or does not make it
 */
export async function makePackage(
  packager: Packager,
  source: PackageSource,
  folder: string,
): Promise<string> {
  const scratch = await Deno.makeTempDir({ prefix: "container-hooks-package." });
  try {
    const config = join(scratch, "nfpm.json");
    await Deno.writeTextFile(config, JSON.stringify(await configOf(packager, source, scratch)));
    const [program, ...first] = nfpm();
    const words = [...first, "package", "--config", config, "--packager", packager, "--target", folder];
    const env = { SOURCE_DATE_EPOCH: String(source.time) };
    const ran = await run(program, words, { limit: LIMIT, env });
    const file = ran.stdout.match(/created package: (.*)/)?.[1];
    if (ran.success && file !== undefined) return file;
    throw new BuildFailure(`nfpm did not make the ${packager}: ${(ran.stderr || ran.stdout).trim()}`);
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

function nfpm(): [string, ...string[]] {
  const own = onPath("nfpm");
  if (own !== undefined) return [own];
  const go = onPath("go");
  if (go !== undefined) return [go, "run", NFPM];
  throw new BuildFailure(
    "packages are made by nfpm, and neither nfpm nor go is on the PATH; install one of them",
  );
}

async function configOf(packager: Packager, source: PackageSource, scratch: string): Promise<unknown> {
  const signature = source.key === undefined ? {} : { signature: { key_file: source.key } };
  return {
    name: "container-hooks",
    version: source.version,
    arch: source.arch,
    platform: "linux",
    section: "admin",
    license: "Apache-2.0",
    maintainer: "The container-hooks maintainers <maintainers@container-hooks.invalid>",
    description:
      "OCI runtime that lets TypeScript plugins decide each container's hooks, mounts and devices\n" +
      "Called by docker, containerd, podman or CRI-O, it wraps runc or crun.",
    mtime: new Date(source.time * 1000).toISOString(),
    // `install` needs one of them; docker's own containerd.io provides runc.
    depends: [packager === "deb" ? "runc | crun" : "(runc or crun)"],
    contents: [
      // rpm removes no folder that is not listed.
      ...packager === "rpm" ? [dirname(CARRIED), DOCUMENTS].map((dst) => ({ dst, type: "dir" })) : [],
      { src: source.program, dst: CARRIED, file_info: { mode: 0o755 } },
      ...Object.entries(source.documents).map(([name, src]) => ({
        src,
        dst: `${DOCUMENTS}/${name}`,
        ...(packager === "rpm" ? { type: "doc" } : {}),
        file_info: { mode: 0o644 },
      })),
    ],
    scripts: await writeScripts(packager === "deb" ? DEB : RPM, scratch),
    [packager]: signature,
  };
}

async function writeScripts(scripts: Scripts, scratch: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const [name, text] of Object.entries(scripts)) {
    files[name] = join(scratch, name);
    await Deno.writeTextFile(files[name], text);
  }
  return files;
}
