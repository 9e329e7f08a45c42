/** A host that stands in for the real one in a test: what the test says is there, held to the plugin's `needs`. */
import type { OptionDescriptor } from "../../core/manifest.ts";
import { isNamed, pathsNamed } from "../../core/needs.ts";
import { SYSTEM_PATH } from "../../core/oci.ts";
import { sha256 } from "../../core/sha256.ts";
import { failure } from "../../errors.ts";
import type { Plugin, PluginHost, PluginLog } from "../plugin.ts";
import type { ProgramCall, ProgramOutcome, Settings } from "./settings.ts";

/** What the plugin did to the stand-in. */
export interface Traces {
  /** Programs that it ran, in their order. */
  ran: ProgramCall[];
  /** What it said to the log: "warn: the text". */
  log: string[];
}

/** Makes the log of a plugin. */
export function makeLog({ log }: Pick<Traces, "log">): PluginLog {
  const write = (level: string) => (message: string) => void log.push(`${level}: ${message}`);
  return { debug: write("debug"), info: write("info"), warn: write("warn") };
}

/** Makes the `host` of a plugin. @param stage Where the plugin is, for messages. */
export function makeHost<O extends Record<string, OptionDescriptor>>(
  { name, needs = {} }: Plugin<O>,
  stage: string,
  options: Readonly<Record<string, unknown>>,
  settings: Settings<O>,
  traces: Traces,
): PluginHost {
  const { files = {}, links = {}, kept = {}, stored = {}, cached = {}, programs = {} } = settings;
  const readable = pathsNamed(needs.read, options);
  const runnable = pathsNamed(needs.run, options);

  function named(path: string, what: "read" | "run"): string {
    if (isNamed(path, what === "read" ? readable : runnable)) return path;
    throw failure("plugin", {
      plugin: name,
      stage,
      why: `it wants to ${what} ${path}, which its needs.${what} do not name`,
      remedy: `add it to needs.${what} in the plugin`,
    });
  }

  const readFile = (path: string) => {
    const content = files[named(path, "read")];
    if (content === undefined) throw new Error(`file ${path} does not exist`);
    return typeof content === "string" ? new TextEncoder().encode(content) : content;
  };
  const read = (path: string) => new TextDecoder().decode(readFile(path));
  return {
    readTextFile: read,
    readFile,
    readFolder: (path) => entriesOf(Object.keys(files), named(path, "read")),
    sha256: async (path) => await sha256(readFile(path)),
    readLink(path) {
      const end = links[named(path, "read")];
      if (end === undefined) throw new Error(`${path} is no link`);
      return end;
    },
    kept: () => structuredClone(kept),
    stored: (value) => structuredClone(stored[value]),
    storedNames: () => Object.keys(stored).sort(),
    cached: (value) => structuredClone(cached[value]),
    cache(key, value) {
      if (value === undefined) delete cached[key];
      else cached[key] = structuredClone(value);
    },
    readJsonFile: (path) => JSON.parse(read(path)),
    lstat: (path) => statusOf(settings, named(path, "read")),
    async run(path, args, { env = {}, stdin } = {}) {
      const program = programs[named(path, "run")];
      if (program === undefined) {
        throw new Error(`${path} cannot be run in a test that has none in \`programs\``);
      }
      const call = {
        path,
        args: [...args],
        env: { PATH: SYSTEM_PATH, ...env },
        ...(stdin === undefined ? {} : { stdin }),
      };
      traces.ran.push(call);
      return completed(typeof program === "string" ? program : await program(call));
    },
  };
}

function completed(outcome: ProgramOutcome | string | void): Required<ProgramOutcome> {
  const told = typeof outcome === "string" ? { stdout: outcome } : outcome ?? {};
  return { status: 0, stdout: "", stderr: "", ...told };
}

function statusOf(
  { files = {}, links = {}, sockets = {} }: Settings,
  path: string,
): ReturnType<PluginHost["lstat"]> {
  const common = { uid: 0, gid: 0 };
  const content = files[path];
  if (content !== undefined) {
    const size = typeof content === "string" ? new TextEncoder().encode(content).length : content.length;
    return { kind: "a regular file", mode: 0o644, ...common, size };
  }
  if (sockets[path]) return { kind: "a socket", mode: 0o755, ...common, ...sockets[path], size: 0 };
  if (links[path] !== undefined) {
    return { kind: "a symbolic link", mode: 0o777, ...common, size: links[path].length };
  }
  const isFolder = Object.keys(files).some((file) => file.startsWith(`${path.replace(/\/+$/, "")}/`));
  return isFolder ? { kind: "a folder", mode: 0o755, ...common, size: 4096 } : undefined;
}

/** The names that stand behind a folder's in the paths of files. */
function entriesOf(paths: readonly string[], folder: string): { name: string; kind: string }[] {
  const start = `${folder.replace(/\/+$/, "")}/`;
  const below = paths.filter((path) => path.startsWith(start)).map((path) => path.slice(start.length));
  if (below.length === 0) throw new Error(`folder ${folder} does not exist`);
  const kinds = new Map(below.map((rest) => {
    const [name = "", ...more] = rest.split("/");
    return [name, more.length > 0 ? "a folder" : "a regular file"];
  }));
  return [...kinds].map(([name, kind]) => ({ name, kind })).sort((one, other) =>
    one.name < other.name ? -1 : 1
  );
}
