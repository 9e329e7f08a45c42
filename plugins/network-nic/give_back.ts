/** Devices of the host on their way out of a container's namespace. */
import { problem } from "container-hooks/plugin";
import type { AttachedDevice, Attachment } from "./attachment.ts";
import { ownName } from "./device_commands.ts";
import type { Ip } from "./ip.ts";
import { forgettingNames } from "./link_settings.ts";
import type { Link } from "./listed.ts";
import { findReturned } from "./match.ts";
import { claiming, isSayable, referenceTo } from "./reference.ts";
import { restore } from "./restore.ts";
import { remaking, type Snapshot } from "./snapshot.ts";
import type { Tools } from "./tools.ts";

/** How often, and after how many milliseconds, the host is looked at for what the kernel sends back. */
const LOOKS = 20;
const PAUSE = 100;

/** Where devices are fetched from. */
export interface DeviceHolder {
  ip: Ip;
  tools: Tools;
  attachment: Attachment;
  /** Devices of the container's namespace. */
  inside: readonly Link[];
  /** The devices of the host among them. */
  moved: ReadonlyMap<AttachedDevice, Link>;
}

/**
 * Fetches a device, or makes it anew, and restores it.
 *
 * @param index its place in the attachment
 * @returns what could not be restored; undefined where it is neither in the container nor on the host, and cannot be
 * made anew
 */
export async function giveBack(
  source: DeviceHolder,
  device: AttachedDevice,
  was: Snapshot,
  index: number,
): Promise<string[] | undefined> {
  const { ip, tools, attachment, moved } = source;
  // On the host, the container's name of it may be taken.
  const temporary = ownName("moving", attachment.key, index);
  const link = moved.get(device);
  if (link) await bringOut(source, link, was, { temporary, aside: ownName("aside", attachment.key, index) });
  const outside = await ip.links();
  const back = outside.find(({ ifname }) => ifname === temporary) ?? findReturned(outside, was);
  if (!back && !remaking(was)) return undefined;
  return await restore(tools, back, was, outside);
}

async function bringOut(
  { ip, tools, attachment: { pin }, inside }: DeviceHolder,
  link: Link,
  was: Snapshot,
  { temporary, aside }: { temporary: string; aside: string },
): Promise<void> {
  const word = referenceTo(link);
  await ip.does(claiming(link, inside, aside), pin);
  // A name that no command can say would stay on it, and on the host.
  if (!(link.altnames ?? []).every(isSayable) && remaking(was)) {
    return await ip.does([["link", "delete", "dev", word]], pin);
  }
  // They would come along, and where the host has one of them already, nothing would come.
  await ip.attempts(forgettingNames(word, link), pin);
  await ip.does([
    ["link", "set", "dev", word, "down"],
    ...link.ifname === temporary ? [] : [["link", "set", "dev", word, "name", temporary]],
    ["link", "set", "dev", temporary, "netns", tools.host.readLink("/proc/self")],
  ], pin);
}

/**
 * Waits for the kernel to send a device with a driver back, whose namespace has ended, and restores it.
 *
 * @returns what could not be restored
 */
export async function restoreReturned({ ip, tools }: DeviceHolder, was: Snapshot): Promise<string[]> {
  for (let look = 0; look < LOOKS; look++) {
    const outside = await ip.links();
    const back = findReturned(outside, was);
    if (back) return await restore(tools, back, was, outside);
    if (was.kind !== undefined) break;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  throw problem(`${was.name} is gone`, "make it anew");
}
