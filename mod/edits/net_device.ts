/** The edit `netDevice`: a network device that the runtime moves into the container. */
import { FieldError, objectOf } from "../core/fields.ts";
import { plainText } from "./fields.ts";
import type { EditKind } from "./kind.ts";

/** Has the runtime move a network device of the host into the container's network namespace, under another name. */
export interface NetDeviceEdit {
  edit: "netDevice";
  /** Its name on the host. */
  host: string;
  /** Its name in the container. */
  name: string;
}

export const netDevice: EditKind<NetDeviceEdit> = {
  tag: "netDevice",
  features: () => [{ path: ["linux", "netDevices", "enabled"] }],
  check(edit, field) {
    objectOf(edit, field, ["edit", "host", "name"]);
    checkDeviceName(edit.host, `${field}.host`);
    checkDeviceName(edit.name, `${field}.name`);
  },
  claims: ({ host, name }) => [
    { what: `the network device ${host}`, value: name },
    { what: `the network device ${name} of the container`, value: host },
  ],
  apply: ({ host, name }) => ({ op: "set", path: ["linux", "netDevices", host], value: { name } }),
  describe: ({ host, name }) => `${host} as ${name}`,
};

/** What the kernel takes for the name of a network device (dev_valid_name). */
function checkDeviceName(value: unknown, field: string): void {
  const name = plainText(value, field);
  if (!/^[^/:\s]{1,15}$/.test(name) || name === "." || name === "..") {
    const wanted = "must be the name of a network device: 1 to 15 characters without / : and blanks";
    throw new FieldError(field, wanted);
  }
}
