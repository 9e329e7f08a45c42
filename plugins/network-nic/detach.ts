/**
 * Taking back what was done for a container. Every step finds out by itself whether it has been done already, so
 * this can be begun anew wherever it, or the attaching, was killed.
 */
import { problem } from "container-hooks/plugin";
import { asJson, type AttachedDevice, type Attachment, attachments, pinState } from "./attachment.ts";
import { type DeviceHolder, giveBack, restoreReturned } from "./give_back.ts";
import { Ip } from "./ip.ts";
import { matchInside } from "./match.ts";
import { remove } from "./remove.ts";
import type { Tools } from "./tools.ts";

/**
 * Gives the host its devices back, removes those that were made, and forgets the attachment.
 *
 * @returns a sentence for each thing that a device could not be given back, as a route that leads nowhere by now:
 * trying again would not help
 * @throws a problem with all that could not be taken back; the attachment is kept then, for `nic gc`
 */
export async function detach(tools: Tools, attachment: Attachment): Promise<string[]> {
  const source = await sourceOf(tools, attachment);
  const { ip, inside } = source;
  const troubles = new Map<AttachedDevice, string>();
  const lost: string[] = [];
  const gone: AttachedDevice[] = [];
  for (const [index, device] of attachment.devices.entries()) {
    if (device.returned) continue;
    await noting(troubles, device, async () => {
      if (!device.was) return await remove(ip, attachment, inside, device);
      const without = await giveBack(source, device, device.was, index);
      if (without) lost.push(...without);
      else gone.push(device);
    });
  }
  // Nothing is in there any more that would die with the namespace, and the kernel sends the rest back.
  if (troubles.size === 0 && pinState(tools.host, attachment.pin) !== "none") {
    await ip.does([["netns", "delete", attachment.pin]]);
  }
  for (const device of gone) {
    await noting(troubles, device, async () => void lost.push(...await restoreReturned(source, device.was!)));
  }
  if (troubles.size > 0) throw keepRest(tools, attachment, troubles, lost);
  tools.keep(attachment.key, undefined);
  return lost;
}

async function sourceOf(tools: Tools, attachment: Attachment): Promise<DeviceHolder> {
  const ip = new Ip(tools.host);
  const pin = pinState(tools.host, attachment.pin);
  const inside = pin === "holds" ? await ip.links(attachment.pin) : [];
  return {
    ip,
    tools,
    attachment,
    inside,
    moved: matchInside(inside, attachment, neighbours(tools, attachment)),
  };
}

/** Others of the same namespace, as in a pod. */
function neighbours({ host }: Tools, { key, namespace }: Attachment): Attachment[] {
  return attachments(host).filter((other) => other.key !== key && other.namespace === namespace);
}

async function noting(
  troubles: Map<AttachedDevice, string>,
  device: AttachedDevice,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    const { message, remedy } = thrown as Error & { remedy?: string };
    troubles.set(device, remedy === undefined ? message : `${message} (${remedy})`);
  }
}

/** Keeps what is still to be taken back. @returns the problem */
function keepRest(
  tools: Tools,
  attachment: Attachment,
  troubles: ReadonlyMap<AttachedDevice, string>,
  lost: readonly string[],
): Error {
  const devices = attachment.devices.map((device) => ({ ...device, returned: !troubles.has(device) }));
  tools.keep(attachment.key, asJson({ ...attachment, devices }));
  return problem(
    `what container ${attachment.holders[0]?.id} had could not all be taken back: ${
      [...troubles.values(), ...lost].join("; ")
    }`,
    "do what stands in brackets, then `container-hooks nic gc`",
  );
}
