/** What an engine has on record about how a container ended, or that it runs; asked afterwards, and of files alone. */
import type { Host } from "../host/host.ts";
import { parseBundlePath } from "./bundle_path.ts";
import { criEnding } from "./containerd/ending.ts";
import { dockerEnding } from "./docker/ending.ts";
import { podmanEnding } from "./podman/ending.ts";

/** What a record says of a container's life. Times are milliseconds since 1970. */
export interface EngineEnding {
  /** "failed": it never started. */
  state: "created" | "running" | "paused" | "stopped" | "failed";
  started?: number;
  ended?: number;
  exitCode?: number;
  /** In the engine's words: what the runtime said, or that memory ran out. */
  error?: string;
}

/** A container that is on record with us. */
export interface KnownContainer {
  id: string;
  engine: string;
  /** Absolute; the folder may be gone. */
  bundle: string;
  /** `root.path` of its config.json. */
  rootfs?: string;
  /** Where containerd has its records, as its bundle said. */
  engineRoot?: string;
}

/** Asks the engine's records; undefined where there is none of this container, or it cannot be read. */
export async function engineEnding(
  host: Host,
  { id, engine, bundle: path, rootfs, engineRoot }: KnownContainer,
): Promise<EngineEnding | undefined> {
  const bundle = parseBundlePath(path, id);
  if (!bundle) return undefined;
  if (engine === "docker") return dockerEnding(host, { id, bundle, spec: { root: { path: rootfs } } });
  if (engine === "containerd" && bundle.kind === "task") return criEnding(host, bundle, id, engineRoot);
  if (engine === "podman" && bundle.kind === "storage") return await podmanEnding(host, bundle, id);
  return undefined;
}

/** Reads a time as Go writes it; undefined for Go's zero time and for what is none. */
export function timeOf(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) || time <= 0 ? undefined : time;
}
