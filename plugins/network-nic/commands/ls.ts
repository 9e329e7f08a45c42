/** `container-hooks nic ls`: who has what. */
import type { Context } from "../../../mod/cli/kit/context.ts";
import { formatTime, printJson, printTable, shortId } from "../../../mod/cli/kit/output.ts";
import { attachments, livingHolders } from "../attachment.ts";
import type { AttachedDevice } from "../attachment.ts";
import { damagedFiles, toolsOf } from "./tools.ts";

/** Lists every device that a container was given and that has not come back. */
export async function ls(this: Context, flags: { json: boolean }): Promise<void> {
  const { host } = toolsOf(this.host);
  const all = attachments(host).flatMap((attachment) =>
    attachment.devices.filter(({ returned }) => !returned).map((device) => ({
      name: device.request.name,
      kind: device.request.source.kind,
      host: onHost(device),
      containers: attachment.holders.map(({ id }) => id),
      since: formatTime(attachment.since),
      alive: livingHolders(host, attachment).length > 0,
    }))
  );
  // Not to stdout, where every line is a device.
  for (const { message } of damagedFiles(this.host)) this.host.stderr(`${message}\n`);
  if (flags.json) return printJson(this.host, all);
  if (all.length === 0) return this.host.stdout("no container has a network device of ours\n");
  await printTable(
    this.host,
    ["DEVICE", "KIND", "ON THE HOST", "CONTAINER", "SINCE", "STATE"],
    all.map(({ name, kind, host, containers, since, alive }) => [
      name,
      kind,
      host,
      containers.map(shortId).join(", "),
      since,
      alive ? "in use" : "left behind",
    ]),
  );
  if (all.some(({ alive }) => !alive)) {
    this.host.stdout("`container-hooks nic gc` takes back what was left\n");
  }
}

/** What to look for on the host: the device's own name, the other end, the parent. */
function onHost({ request: { source }, hostEnd }: AttachedDevice): string {
  switch (source.kind) {
    case "device":
      return source.host;
    case "pair":
      return source.bridge === undefined ? hostEnd! : `${hostEnd} on ${source.bridge}`;
    case "macvlan":
      return source.parent;
  }
}
