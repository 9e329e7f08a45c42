/** The bundle that `plugin try` is about: a container's, a folder's, or a config.json's. */
import { folderOf } from "../../core/path.ts";
import { idOfBundle } from "../../engines/bundle_path.ts";
import { identify } from "../../engines/identify.ts";
import { valueOf } from "../../core/facts.ts";
import { failure } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { readConfigFile } from "../../plan/config_file.ts";
import { type RunningBundle, runningBundles } from "./running_bundles.ts";
import { absolutePath } from "./subject.ts";

/** How it is named; one of them. */
export interface BundleFlags {
  container?: string;
  bundle?: string;
  config?: string;
}

/** A config.json, and whose it is. */
export interface FoundBundle extends RunningBundle {
  configFile: string;
}

/** Ids that are told where a word may mean several. */
const MOST_TOLD = 5;

const WORDS = "`plugin try` takes one of --container, --bundle and --config";

/** Finds it. @param words What is said where not one is named. @throws {Failure} usage, not-found, container-ambiguous, bundle-missing, file-missing */
export async function findBundle(host: Host, flags: BundleFlags, words = WORDS): Promise<FoundBundle> {
  const { container, bundle, config } = flags;
  if ([container, bundle, config].filter((word) => word !== undefined).length !== 1) {
    throw failure("usage", { why: words });
  }
  if (container !== undefined) return await ofContainer(host, container);
  const named = absolutePath(host, (bundle ?? config)!);
  const path = host.realPath(named);
  if (bundle !== undefined) {
    if (path === undefined) throw failure("bundle-missing", { path: named, why: "does not exist" });
    return { id: idOfBundle(path), bundle: path, configFile: `${path}/config.json` };
  }
  if (path === undefined) throw failure("file-missing", { what: "config.json", path: named });
  const folder = folderOf(path);
  return { id: idOfBundle(folder), bundle: folder, configFile: path };
}

async function ofContainer(host: Host, word: string): Promise<FoundBundle> {
  const all = runningBundles(host);
  const exact = all.filter(({ id }) => id === word);
  const begun = all.filter(({ id }) => word !== "" && id.startsWith(word));
  const found = exact.length > 0 ? exact : begun.length > 0 ? begun : await named(host, all, word);
  const [first, second] = found;
  if (!first) {
    throw failure("not-found", {
      what: `no container ${JSON.stringify(word)} runs here`,
      remedy:
        "start it, or name its bundle with --bundle or its config.json with --config; as root, all are seen",
    });
  }
  if (second) {
    throw failure("container-ambiguous", {
      wanted: word,
      ids: found.slice(0, MOST_TOLD).map(({ id }) => id),
    });
  }
  return { ...first, configFile: `${first.bundle}/config.json` };
}

/** Those that their engines know by this name. */
async function named(host: Host, all: readonly RunningBundle[], word: string): Promise<RunningBundle[]> {
  const found: RunningBundle[] = [];
  for (const each of all) {
    try {
      const { spec } = await readConfigFile(host, `${each.bundle}/config.json`);
      if (valueOf(identify(host, { ...each, spec }).names)?.includes(word)) found.push(each);
    } catch {
      // Gone meanwhile, or nothing that a runtime would take.
    }
  }
  return found;
}
