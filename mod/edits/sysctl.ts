/** The edit `sysctl`: a parameter of the kernel, as the container's namespaces have it. */
import { FieldError, objectOf } from "../core/fields.ts";
import type { Spec } from "../core/oci.ts";
import { plainText } from "./fields.ts";
import type { EditKind } from "./kind.ts";

/** Sets a parameter of the kernel within the container's namespaces, replacing one of that name. */
export interface SysctlEdit {
  edit: "sysctl";
  /** With dots: "net.ipv4.ip_forward". */
  name: string;
  value: string;
}

/** Names beside net.*, whose values each ipc or uts namespace has for itself. */
const IPC =
  /^(kernel\.(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced)|fs\.mqueue\.[a-z_.]+)$/;
const UTS = /^kernel\.domainname$/;

export const sysctl: EditKind<SysctlEdit> = {
  tag: "sysctl",
  check(edit, field) {
    objectOf(edit, field, ["edit", "name", "value"]);
    const name = plainText(edit.name, `${field}.name`);
    // Also keeps out .. and /, since a runtime makes a path below /proc/sys of it.
    if (!/^[A-Za-z0-9_-]+([./][A-Za-z0-9_-]+)+$/.test(name)) {
      throw new FieldError(`${field}.name`, 'must be the name of a parameter, such as "net.ipv4.ip_forward"');
    }
    if (namespaceOf(name) === undefined) {
      const why = "is a parameter of the whole host: a container has its own of net.*, fs.mqueue.*, " +
        "kernel.domainname and those of System V IPC alone";
      throw new FieldError(`${field}.name`, why);
    }
    plainText(edit.value, `${field}.value`);
  },
  claims: ({ name, value }) => [{ what: `the kernel parameter ${name}`, value }],
  apply({ name, value }, spec) {
    const namespace = namespaceOf(name)!;
    if (!hasOwn(spec, namespace)) {
      const why = `is the host's here: this container has no ${namespace} namespace of its own`;
      throw new FieldError("name", why);
    }
    return { op: "set", path: ["linux", "sysctl", name], value };
  },
  describe: ({ name, value }) => `${name}=${value}`,
};

/** The type of the namespaces that have a parameter each; undefined where the whole host has one. */
function namespaceOf(name: string): string | undefined {
  // Network devices may have dots in their names, and then slashes stand between the words.
  if (/^net[./]/.test(name)) return "network";
  if (IPC.test(name)) return "ipc";
  return UTS.test(name) ? "uts" : undefined;
}

/** Whether a namespace is made or joined. One that is joined by path may be the host's; the runtime looks. */
function hasOwn({ linux }: Spec, type: string): boolean {
  return linux?.namespaces?.some((namespace) => namespace.type === type) ?? false;
}
