/** What a complete call of create, run or restore is about: its bundle, and which file of it is config.json. */
import type { Operation } from "../core/oci.ts";
import { failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import type { CreateRequest } from "../plan/planning.ts";
import type { RuntimeCall } from "./command_line.ts";
import { absolute } from "./report.ts";

/** The folder of the bundle, links resolved. @throws {Failure} bundle-missing */
export function bundleOf(host: Host, call: RuntimeCall): string {
  const path = namedBundle(host, call);
  const resolved = host.realPath(path);
  if (resolved === undefined) throw failure("bundle-missing", { path, why: "does not exist" });
  if (host.lstat(resolved)?.kind !== "a folder") {
    throw failure("bundle-missing", { path, why: "is not a folder" });
  }
  if (call.configFile === undefined && !host.lstat(`${resolved}/config.json`)) {
    throw failure("bundle-missing", { path, why: "has no config.json" });
  }
  return resolved;
}

/** As the call names it, which may be no folder at all. */
export function namedBundle(host: Host, { bundle }: RuntimeCall): string {
  return bundle ? absolute(host, bundle) : host.cwd();
}

/** What is asked of the create path. @param bundle Absolute. */
export function requestOf(
  host: Host,
  { call, runtime }: { call: RuntimeCall; runtime: string },
  bundle: string,
): CreateRequest {
  return {
    id: call.id!,
    bundle,
    configFile: call.configFile === undefined ? `${bundle}/config.json` : absolute(host, call.configFile),
    operation: call.command as Operation,
    runtime: runtime.slice(runtime.lastIndexOf("/") + 1),
    root: call.root,
  };
}
