/** What an OCI runtime says that it supports (`runc features`), asked once for each build of it. */
import { parseJsonObject } from "../text/json/json_text.ts";
import { SYSTEM_PATH } from "../core/oci.ts";
import { discard, readTrusted, replaceFile } from "../host/files.ts";
import type { FileStatus, Host } from "../host/host.ts";
import { sha256 } from "../core/sha256.ts";
import { makePrivateFolder, runFolder } from "../host/our_folders.ts";

/** The words of the specification's features.md, as far as we look at them. */
export interface Features {
  linux?: { netDevices?: { enabled?: boolean } };
  [key: string]: unknown;
}

/** Milliseconds; it answers in ten. */
const TIMEOUT = 5000;
const LIMIT = 1024 * 1024;

/**
 * Asks a runtime for its features, or remembers what it said. A runtime that has no such command supports nothing
 * that it would name.
 *
 * @param runtime Absolute path.
 */
export async function runtimeFeatures(host: Host, runtime: string): Promise<Features> {
  const file = host.realPath(runtime) ?? runtime;
  const folder = `${runFolder(host)}/features`;
  const path = `${folder}/${await sha256(`${runtime}\0${buildOf(host.lstat(file))}`)}.json`;
  if (host.lstat(path)) return parse(readTrusted(host, path, "features of the runtime", LIMIT).bytes, path);
  const answer = await host.run({
    path: runtime,
    args: ["features"],
    env: { PATH: SYSTEM_PATH },
    timeout: TIMEOUT,
  });
  const bytes = answer.status === 0 ? answer.stdout : new TextEncoder().encode("{}");
  const features = parse(bytes, `what ${runtime} features prints`);
  remember(host, folder, path, bytes);
  return features;
}

function buildOf(status: FileStatus | undefined): string {
  return status ? [status.device, status.inode, status.size, status.modified, status.changed].join(" ") : "";
}

function parse(bytes: Uint8Array, what: string): Features {
  return parseJsonObject(new TextDecoder().decode(bytes), what).value as Features;
}

/** Remembers the answer. Where that fails, the next container asks again, and nothing else is lost. */
function remember(host: Host, folder: string, path: string, bytes: Uint8Array): void {
  const temporary = `${path}.${host.randomToken()}`;
  try {
    makePrivateFolder(host, folder);
    replaceFile(host, path, "features of the runtime", bytes, { temporary, mode: 0o600, durable: false });
  } catch {
    discard(host, temporary);
  }
}
