/** What a complete call of create, run or restore is about: its bundle, and which file of it is config.json. */
import type { Operation } from "../core/oci.ts";
import { failure } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { systemReason } from "../host/system_reason.ts";
import type { CreateCall } from "../plan/create.ts";
import { absolute } from "./report.ts";
import type { RuntimeCall } from "./runtime_call.ts";

/** Makes a create call as the command line says it: the bundle may be no folder at all. @param call A complete one. */
export function createCallOf(host: Host, call: RuntimeCall): CreateCall {
  const bundle = call.bundle ? absolute(host, call.bundle) : host.cwd();
  return createCall(host, call, bundle, bundle);
}

/** Makes a create call whose bundle was found and is without symbolic links. @throws {Failure} bundle-missing */
export function foundCallOf(host: Host, call: RuntimeCall): CreateCall {
  const { bundle: path } = createCallOf(host, call);
  const resolved = resolve(host, path);
  if (resolved === undefined) throw failure("bundle-missing", { path, why: "does not exist" });
  if (host.lstat(resolved)?.kind !== "a folder") {
    throw failure("bundle-missing", { path, why: "is not a folder" });
  }
  if (call.configFile === undefined && !host.lstat(`${resolved}/config.json`)) {
    throw failure("bundle-missing", { path, why: "has no config.json" });
  }
  return createCall(host, call, resolved, path);
}

function resolve(host: Host, path: string): string | undefined {
  try {
    return host.realPath(path);
  } catch (error) {
    throw failure("bundle-missing", { path, why: `cannot be found: ${systemReason(error)}` }, {
      cause: error,
    });
  }
}

/** Where the runtime keeps what it knows, and where it says why it failed; not from a folder that is gone. */
function placesOf(host: Host, { root, log }: RuntimeCall): Pick<CreateCall, "root" | "log"> {
  try {
    return { root: root && absolute(host, root), log: log && absolute(host, log) };
  } catch {
    return {};
  }
}

function createCall(host: Host, call: RuntimeCall, bundle: string, askedBundle: string): CreateCall {
  return {
    id: call.id!,
    bundle,
    askedBundle,
    configFile: call.configFile === undefined ? `${bundle}/config.json` : absolute(host, call.configFile),
    operation: call.command as Operation,
    runtime: call.runtime,
    ...placesOf(host, call),
  };
}
