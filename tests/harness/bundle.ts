/** Plain OCI bundles made of busybox, with the config.json that `runc spec` writes. */
import type { Spec } from "../../mod/core/oci.ts";
import { mustRun, which } from "./run.ts";
import type { WorkFolder } from "./work_folder.ts";

/** What a bundle's container runs and has beside the default. */
export interface BundleSettings {
  /** Name of its folder in the work folder. Default: "bundle". */
  name?: string;
  /** Command of the container. Default: `true`. */
  args?: string[];
  /** Variables beside the default's. */
  env?: string[];
  /** Any other change to the specification. */
  edit?: (spec: Spec) => void;
  /** Gives config.json its text; for what no serialiser writes. */
  text?: (spec: Spec) => string;
}

/** A folder that a runtime can start a container from. */
export interface Bundle {
  path: string;
  /** Path of config.json. */
  config: string;
  /** Text of config.json as it is now. */
  text(): string;
  spec(): Spec;
}

/** Applets of busybox that containers of the tests use. */
const APPLETS = [
  "sh",
  "true",
  "false",
  "echo",
  "cat",
  "env",
  "ls",
  "sleep",
  "kill",
  "head",
  "id",
  "touch",
  "wc",
];

/**
 * Makes a root file system out of the host's busybox, once for each work folder.
 *
 * @returns its path
 */
export async function makeRootfs(work: WorkFolder): Promise<string> {
  const root = `${work.path}/rootfs`;
  if (await exists(root)) return root;
  const busybox = which("busybox");
  if (busybox === undefined) throw new Error("busybox is not installed");
  for (const folder of ["bin", "proc", "sys", "dev", "tmp", "etc", "run"]) work.folder(`rootfs/${folder}`);
  await Deno.copyFile(busybox, `${root}/bin/busybox`);
  await Promise.all(APPLETS.map((applet) => Deno.symlink("busybox", `${root}/bin/${applet}`)));
  return root;
}

/** Makes a bundle; bundles of one work folder share one read-only root file system. */
export async function makeBundle(work: WorkFolder, settings: BundleSettings = {}): Promise<Bundle> {
  const root = await makeRootfs(work);
  const path = work.folder(settings.name ?? "bundle");
  const spec = await defaultSpec();
  spec.root = { path: root, readonly: true };
  Object.assign(spec.process!, { terminal: false, args: settings.args ?? ["true"] });
  spec.process!.env!.push(...(settings.env ?? []));
  settings.edit?.(spec);
  const config = work.file(
    `${settings.name ?? "bundle"}/config.json`,
    settings.text?.(spec) ?? `${JSON.stringify(spec, null, "\t")}\n`,
  );
  return {
    path,
    config,
    text: () => Deno.readTextFileSync(config),
    spec: () => JSON.parse(Deno.readTextFileSync(config)),
  };
}

let specText: string | undefined;

async function defaultSpec(): Promise<Spec> {
  if (specText === undefined) {
    const folder = await Deno.makeTempDir();
    await mustRun(["runc", "spec", "--bundle", folder]);
    specText = await Deno.readTextFile(`${folder}/config.json`);
    await Deno.remove(folder, { recursive: true });
  }
  return JSON.parse(specText);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
