/**
 * Inside the child that takes a plugin's manifest out: the plugin's top level runs here, without permissions,
 * and what it exports is printed as JSON.
 */
import { lookAtThrown, type Thrown } from "../core/thrown.ts";
import type { Host } from "../host/host.ts";
import { nextTurn } from "../host/timer.ts";
import { DescribeError, describePlugin, type Description } from "./describe.ts";
import { openPlugin } from "./load.ts";

/** What the child prints: a description, or why there is none. */
export type ManifestReport =
  | { description: Description }
  | { fault: { field: string; why: string } }
  | { thrown: Thrown };

/**
 * Prints the {@linkcode ManifestReport} for a plugin in the cache, on a line of its own: the plugin may print too.
 *
 * The caller ends the process afterwards, whatever timers the plugin has started.
 *
 * @param folder The plugin's folder in the cache.
 * @param dropPermissions Called after what needs them and before the plugin's first line.
 */
export async function printManifest(host: Host, folder: string, dropPermissions: () => void): Promise<void> {
  const load = await openPlugin({ folder });
  dropPermissions();
  host.stdout(`\n${JSON.stringify(await answer(load))}\n`);
}

async function answer(load: () => Promise<unknown>): Promise<ManifestReport> {
  try {
    return { description: describePlugin(await withoutStrayRejection(load)) };
  } catch (error) {
    if (error instanceof DescribeError) return { fault: { field: error.field, why: error.why } };
    return { thrown: lookAtThrown(error) };
  }
}

/** A promise that the top level started and nobody awaits would end each create when it is rejected. */
async function withoutStrayRejection<T>(load: () => Promise<T>): Promise<T> {
  const stray = Promise.withResolvers<never>();
  const onRejection = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    stray.reject(event.reason);
  };
  globalThis.addEventListener("unhandledrejection", onRejection);
  try {
    const loaded = await Promise.race([load(), stray.promise]);
    // Rejections are reported at the end of a turn.
    await Promise.race([nextTurn(), stray.promise]);
    return loaded;
  } finally {
    globalThis.removeEventListener("unhandledrejection", onRejection);
  }
}
