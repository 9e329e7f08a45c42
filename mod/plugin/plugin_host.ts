/**
 * The outside world and the log as a plugin gets them: what each call hands over is taken apart, held against the
 * plugin's `needs`, then done by the core with the core's own checks of owner, mode and links.
 */
import type { Needs, PluginHost, PluginLog } from "../api/plugin.ts";
import { decodeJson, parseJsonObject } from "../text/json/json_text.ts";
import { isInside, isNamed, pathsNamed } from "../core/needs.ts";
import { SYSTEM_PATH } from "../core/oci.ts";
import { folderOf, nameOf, pathIn } from "../core/path.ts";
import { failure } from "../errors.ts";
import { checkProgram, readTrusted } from "../host/files.ts";
import type { FolderEntry, Host } from "../host/host.ts";
import { sha256 } from "../core/sha256.ts";
import type { PluginValues } from "../state/plugin_values.ts";
import type { Log } from "../host/own_log.ts";
import { ArgumentError, runSettings, textArgument, textsArgument } from "./call_arguments.ts";

/** Bytes of a file that a plugin may read: the largest that any of the older formats allows. */
const FILE_LIMIT = 10 * 1024 * 1024;
/** Bytes of a file that is digested: they are in memory at once. */
const DIGEST_LIMIT = 128 * 1024 * 1024;
/** Entries of a folder that a plugin may list. */
const ENTRIES_LIMIT = 10_000;
/** Characters of one message for our log. */
const MESSAGE_LIMIT = 16 * 1024;
/** Messages of one call of a plugin that get into our log. */
const LINES_LIMIT = 1000;
/** Programs that one call of a plugin may have running. */
const RUNS_AT_ONCE = 32;
/** Milliseconds for a program that a plugin runs and gives no limit of its own. */
const RUN_TIMEOUT = 10_000;

/**
 * Makes the `host` of a plugin, held to its `needs`.
 *
 * @param stage where the plugin is, for messages
 * @param values the functions for what the plugin has of its own
 * @param signal aborted when the plugin's time is up: what it has run then is killed
 */
export function pluginHost(
  host: Host,
  plugin: string,
  stage: string,
  needs: Needs,
  options: Record<string, unknown>,
  values: PluginValues,
  signal?: AbortSignal,
): PluginHost {
  let running = 0;
  const readable = pathsNamed(needs.read, options);
  const runnable = pathsNamed(needs.run, options);

  function require(path: string, allowed: readonly string[], what: "read" | "run", led?: string): void {
    if (isNamed(path, allowed)) return;
    const where = led === undefined ? path : `${led}, where a link leads to ${path}`;
    throw failure("plugin", {
      plugin,
      stage,
      why: `it wants to ${what} ${where}, which its needs.${what} do not name`,
      remedy: `add it to needs.${what} in the plugin`,
    });
  }

  /**
   * Where a path leads that `needs` names, but for a link at its end: a link on the way, as /proc has them to the
   * root of every process, must not lead out of what they name.
   */
  function followed(path: string): string {
    if (readable.includes(path)) return path;
    const folder = host.realPath(folderOf(path));
    // Nothing is there: whoever wants to read it says so.
    if (folder === undefined) return path;
    const place = pathIn(folder, nameOf(path));
    const around = readable.filter((base) => isInside(path, base)).map((base) => host.realPath(base) ?? base);
    require(place, [...readable, ...around], "read", path);
    return place;
  }

  /** What `take` makes of the arguments of `call`. */
  function taken<T>(call: keyof PluginHost, take: () => T): T {
    try {
      return take();
    } catch (error) {
      if (!(error instanceof ArgumentError)) throw error;
      const why = `it calls host.${call} as it cannot be called: ${error.message}`;
      throw failure("plugin", { plugin, stage, why, remedy: "correct that call in the plugin" });
    }
  }

  function readablePath(call: keyof PluginHost, path: unknown): string {
    const text = taken(call, () => textArgument("path", path));
    require(text, readable, "read");
    return followed(text);
  }

  const bytesOf = (path: string) => readTrusted(host, path, "file", FILE_LIMIT).bytes;

  return {
    ...values,
    readFile: (named) => bytesOf(readablePath("readFile", named)),
    readFolder(named) {
      const path = readablePath("readFolder", named);
      // The folder itself is what is listed, also where the path ends with a link.
      const entries = host.readFolder(folderOf(followed(`${path}/.`)));
      if (entries.length > ENTRIES_LIMIT) {
        const why = `it lists ${path}, which has more than ${ENTRIES_LIMIT} entries`;
        throw failure("plugin", { plugin, stage, why, remedy: "have it look for single files with lstat" });
      }
      const byName = (one: FolderEntry, other: FolderEntry) => one.name < other.name ? -1 : 1;
      return entries.map(({ name, kind }) => ({ name, kind })).sort(byName);
    },
    async sha256(named) {
      const path = readablePath("sha256", named);
      return await sha256(readTrusted(host, path, "file", DIGEST_LIMIT).bytes);
    },
    readLink: (named) => host.readLink(readablePath("readLink", named)),
    readTextFile: (named) => new TextDecoder().decode(bytesOf(readablePath("readTextFile", named))),
    readJsonFile(named) {
      const path = readablePath("readJsonFile", named);
      return parseJsonObject(decodeJson(bytesOf(path), path), path).value;
    },
    lstat(named) {
      const path = readablePath("lstat", named);
      const status = host.lstat(path);
      return status &&
        { kind: status.kind, mode: status.mode, uid: status.uid, gid: status.gid, size: status.size };
    },
    async run(namedPath, namedArgs, options) {
      const path = taken("run", () => textArgument("path", namedPath));
      const args = taken("run", () => textsArgument("args", namedArgs));
      const { env, stdin, timeout = RUN_TIMEOUT } = taken("run", () => runSettings(options));
      require(path, runnable, "run");
      const program = checkProgram(host, path, "program");
      if (running >= RUNS_AT_ONCE) {
        const why = `it runs more than ${RUNS_AT_ONCE} programs at once`;
        throw failure("plugin", { plugin, stage, why, remedy: "have it wait for those that it runs" });
      }
      running++;
      const outcome = await host.run({
        path: program,
        args,
        env: { PATH: SYSTEM_PATH, ...env },
        stdin: stdin === undefined ? undefined : new TextEncoder().encode(stdin),
        timeout,
        signal,
      }).finally(() => running--);
      if (outcome.timedOut) {
        throw failure("deadline", { what: `${path} of plugin ${plugin}`, seconds: timeout / 1000 });
      }
      const decoder = new TextDecoder();
      return {
        status: outcome.status,
        stdout: decoder.decode(outcome.stdout),
        stderr: decoder.decode(outcome.stderr),
      };
    },
  };
}

/**
 * Makes the log of a plugin, whose lines go to our log, marked as its: so many, and one that says that there were more.
 *
 * @param log its lines say which container they are about
 */
export function pluginLog(log: Log, plugin: string): PluginLog {
  let left = LINES_LIMIT;
  const write = (level: "debug" | "info" | "warn") => (message: string) => {
    if (left-- > 0) log(level, String(message).slice(0, MESSAGE_LIMIT), { plugin });
    else if (left === -1) {
      log("warn", `it said more than ${LINES_LIMIT} lines; the others are left out`, { plugin });
    }
  };
  return { debug: write("debug"), info: write("info"), warn: write("warn") };
}
