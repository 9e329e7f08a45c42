/** CDI's containerEdits as our own edits, checked by the same rules as those of plugins. */
import { at, FieldError } from "../core/fields.ts";
import { type Stage, SYSTEM_PATH } from "../core/oci.ts";
import { type Edit, kindOf } from "../edits/kinds.ts";
import type { Host } from "../host/host.ts";
import { completeDevice } from "./device_node.ts";
import type { ContainerEdits } from "./spec_file.ts";

/**
 * Makes the edits that a device takes.
 *
 * @param place Names it in errors: "devices[0].containerEdits".
 * @throws {FieldError} naming what is not as it must be
 */
export function editsOf(host: Host, edits: ContainerEdits, place: string): Edit[] {
  const part = <K extends keyof ContainerEdits>(
    name: K,
    make: (item: NonNullable<ContainerEdits[K]> extends (infer I)[] ? I : never) => Edit,
  ) =>
    ((edits[name] ?? []) as never[]).map((item, index) =>
      checked(at(at(place, name), index), () => make(item))
    );
  return [
    ...part("env", variable),
    ...part(
      "deviceNodes",
      (device) => ({ edit: "device", device: completeDevice(host, withoutNull(device)) }),
    ),
    ...part(
      "netDevices",
      ({ hostInterfaceName, name }) => ({ edit: "netDevice", host: hostInterfaceName, name }),
    ),
    ...part("mounts", mount),
    ...part("hooks", hook),
    ...Object.entries(edits.intelRdt ?? {}).map(([name, value]) =>
      checked(`${place}.intelRdt`, () => ({ edit: "set", pointer: `/linux/intelRdt/${name}`, value }))
    ),
    ...(edits.additionalGids?.length
      ? [checked(`${place}.additionalGids`, () => ({ edit: "additionalGids", gids: edits.additionalGids! }))]
      : []),
  ];
}

function checked(place: string, make: () => Edit): Edit {
  try {
    const edit = make();
    kindOf(edit.edit)!.check(edit as unknown as Record<string, unknown>, edit.edit);
    return edit;
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw new FieldError(place, `is no ${error.field} that can be made: it ${error.why}`);
  }
}

function variable(entry: string): Edit {
  const sign = entry.indexOf("=");
  if (sign < 1) throw new FieldError("env", "must be NAME=value");
  return { edit: "env", name: entry.slice(0, sign), value: entry.slice(sign + 1) };
}

type Item<K extends "mounts" | "hooks"> = NonNullable<ContainerEdits[K]>[number];

function mount({ hostPath, containerPath, options, type }: Item<"mounts">): Edit {
  const binds = options?.some((option) => option === "bind" || option === "rbind");
  return {
    edit: "mount",
    mount: {
      destination: containerPath,
      source: hostPath,
      ...withoutNull({ type: type ?? (binds ? "bind" : undefined), options }),
    },
  };
}

/** A hook without an environment has a PATH here, as those of plugins: runc would hand on its own. */
function hook({ hookName, path, args, env, timeout }: Item<"hooks">): Edit {
  const own = { args: args?.length ? args : [path], env: env?.length ? env : [`PATH=${SYSTEM_PATH}`] };
  return { edit: "hook", stage: hookName as Stage, hook: { path, ...own, ...withoutNull({ timeout }) } };
}

/** null stands for absent, as in all of a specification. */
function withoutNull<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null)) as T;
}
