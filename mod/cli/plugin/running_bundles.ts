/** The bundles of the containers that run on this host, whether or not they went through us. */
import { folderOf, nameOf } from "../../core/path.ts";
import { readFile } from "../../host/files.ts";
import type { Host } from "../../host/host.ts";
import { listEntries } from "../../state/journal.ts";
import { parseJson } from "../../text/json/json_text.ts";

/** A container's id, and the folder with its config.json. */
export interface RunningBundle {
  id: string;
  bundle: string;
}

/** Bytes of what is read of a process or a runtime. */
const LIMIT = 1024 * 1024;

/** Where runtimes keep what they know of containers by default. */
const RUNTIME_STATES = [["/run/runc", "state.json"], ["/run/crun", "status"]] as const;

/**
 * Lists them: what containerd's shims and conmon look after, what runc and crun know of, and what our journal has on
 * record. What cannot be read, or is gone meanwhile, is left out.
 */
export function runningBundles(host: Host): RunningBundle[] {
  const found = [...ofMonitors(host), ...ofRuntimes(host), ...ofJournal(host)];
  const there = found.filter(({ bundle }) => host.lstat(`${bundle}/config.json`)?.kind === "a regular file");
  return [...new Map(there.map((each) => [each.bundle, each])).values()];
}

function ofMonitors(host: Host): RunningBundle[] {
  return namesIn(host, "/proc").filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    const args = textOf(host, `/proc/${pid}/cmdline`)?.split("\0") ?? [];
    const program = nameOf(args[0] ?? "");
    if (program.startsWith("containerd-shim")) return ofShim(host, pid);
    return program === "conmon" ? ofConmon(args) : [];
  });
}

/** A shim works in the bundle of its first container, and the others of a pod lie beside that. */
function ofShim(host: Host, pid: string): RunningBundle[] {
  const folder = attempt(() => folderOf(host.readLink(`/proc/${pid}/cwd`)));
  if (folder === undefined) return [];
  return namesIn(host, folder).map((id) => ({ id, bundle: `${folder}/${id}` }));
}

function ofConmon(args: readonly string[]): RunningBundle[] {
  const after = (...words: string[]) => args[args.findIndex((word) => words.includes(word)) + 1];
  const [id, bundle] = [after("-c", "--cid"), after("-b", "--bundle")];
  return id !== undefined && bundle?.startsWith("/") ? [{ id, bundle }] : [];
}

function ofRuntimes(host: Host): RunningBundle[] {
  return RUNTIME_STATES.flatMap(([root, file]) =>
    namesIn(host, root).flatMap((id) => {
      const bundle = bundleIn(textOf(host, `${root}/${id}/${file}`));
      return bundle === undefined ? [] : [{ id, bundle }];
    })
  );
}

/** crun writes it as a field, runc as a label of its own. */
function bundleIn(text: string | undefined): string | undefined {
  const state = attempt(() => parseJson(text ?? "null", "state of a runtime")) as
    | {
      bundle?: unknown;
      config?: { labels?: unknown };
    }
    | null
    | undefined;
  if (typeof state?.bundle === "string") return state.bundle;
  const labels = Array.isArray(state?.config?.labels) ? state.config.labels : [];
  return labels.map(String).find((label) => label.startsWith("bundle="))?.slice("bundle=".length);
}

function ofJournal(host: Host): RunningBundle[] {
  const entries = attempt(() => listEntries(host)) ?? [];
  return entries.map(({ container: { id, bundle } }) => ({ id, bundle })).filter(({ bundle }) =>
    bundle !== ""
  );
}

function namesIn(host: Host, folder: string): string[] {
  return attempt(() => host.readFolder(folder).map(({ name }) => name)) ?? [];
}

function textOf(host: Host, path: string): string | undefined {
  return attempt(() => new TextDecoder().decode(readFile(host, path, "file of a process", LIMIT).bytes));
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
