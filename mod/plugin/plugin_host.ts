/**
 * The outside world and the log as a plugin gets them: each call is held against the plugin's `needs`, then done by the core
 * with the core's own checks of owner, mode and links.
 */
import type { Needs, PluginHost, PluginLog } from "../api/plugin.ts";
import { decodeJson, parseJsonObject } from "../text/json/json_text.ts";
import { SYSTEM_PATH } from "../core/oci.ts";
import { failure } from "../errors.ts";
import { checkProgram, readTrusted } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import type { Log } from "../host/own_log.ts";

/** Bytes of a file that a plugin may read: the largest that any of the older formats allows. */
const FILE_LIMIT = 10 * 1024 * 1024;
/** Characters of one message for our log. */
const MESSAGE_LIMIT = 16 * 1024;
/** Milliseconds for a program that a plugin runs and gives no limit of its own. */
const RUN_TIMEOUT = 10_000;

/**
 * @param stage where the plugin is, for messages
 * @param kept what the plugin keeps on this host
 */
export function pluginHost(
  host: Host,
  plugin: string,
  stage: string,
  needs: Needs,
  options: Record<string, unknown>,
  kept: PluginHost["kept"],
): PluginHost {
  const readable = resolve(needs.read, options);
  const runnable = resolve(needs.run, options);

  function require(path: string, allowed: readonly string[], what: "read" | "run"): void {
    const inside = allowed.some((base) => path === base || path.startsWith(`${base.replace(/\/$/, "")}/`));
    if (inside && path.startsWith("/") && !path.split("/").includes("..")) return;
    throw failure("plugin", {
      plugin,
      stage,
      why: `it wants to ${what} ${path}, which its needs.${what} do not name`,
      remedy: `add it to needs.${what} in the plugin`,
    });
  }

  function bytesOf(path: string): Uint8Array {
    require(path, readable, "read");
    return readTrusted(host, path, "file", FILE_LIMIT).bytes;
  }

  return {
    kept,
    readLink(path) {
      require(path, readable, "read");
      return host.readLink(path);
    },
    readTextFile: (path) => new TextDecoder().decode(bytesOf(path)),
    readJsonFile: (path) => parseJsonObject(decodeJson(bytesOf(path), path), path).value,
    lstat(path) {
      require(path, readable, "read");
      const status = host.lstat(path);
      return status &&
        { kind: status.kind, mode: status.mode, uid: status.uid, gid: status.gid, size: status.size };
    },
    async run(path, args, settings = {}) {
      require(path, runnable, "run");
      const program = checkProgram(host, path, "program");
      const outcome = await host.run({
        path: program,
        args,
        env: { PATH: SYSTEM_PATH, ...settings.env },
        stdin: settings.stdin === undefined ? undefined : new TextEncoder().encode(settings.stdin),
        timeout: settings.timeout ?? RUN_TIMEOUT,
      });
      if (outcome.timedOut) {
        throw failure("deadline", {
          what: `${path} of plugin ${plugin}`,
          seconds: (settings.timeout ?? RUN_TIMEOUT) / 1000,
        });
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

/** A plugin's own words go to our log, marked as its. @param log its lines say which container they are about */
export function pluginLog(log: Log, plugin: string): PluginLog {
  const write = (level: "debug" | "info" | "warn") => (message: string) =>
    log(level, String(message).slice(0, MESSAGE_LIMIT), { plugin });
  return { debug: write("debug"), info: write("info"), warn: write("warn") };
}

function resolve(needs: Needs["read"] = [], options: Record<string, unknown>): string[] {
  return needs
    .flatMap((need) => typeof need === "string" ? need : options[need.option])
    .filter((path) => typeof path === "string");
}
