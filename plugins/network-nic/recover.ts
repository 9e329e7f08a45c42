/** This file gives devices back: at a container's end, and after an end that nobody told us of. */
import {
  asJson,
  type Attachment,
  attachments,
  type Carry,
  holderOf,
  livingHolders,
  misshapen,
  pinOf,
} from "./attachment.ts";
import { detach } from "./detach.ts";
import type { Tools } from "./tools.ts";

/** What became of attachments of containers that are gone. */
export interface Recovered {
  done: Attachment[];
  /** Sentences about what devices came back without. */
  lost: string[];
  /** Why others are kept, and tried again the next time. */
  failed: string[];
}

/** Gives devices back at the end of a container, once nobody else of its namespace uses them. */
export async function release(tools: Tools, carry: Carry): Promise<void> {
  await tools.alone(async () => {
    for (const attachment of attachments(tools.host)) {
      const holders = attachment.holders.filter(({ key }) => key !== carry.key);
      if (holders.length === attachment.holders.length) continue;
      const left = livingHolders(tools.host, { ...attachment, holders });
      if (left.length === 0) warnOf(tools, await detach(tools, attachment));
      else tools.keep(attachment.key, asJson({ ...attachment, holders: left }));
    }
    warnOf(tools, (await returnMoved(tools, carry))?.lost ?? []);
  });
}

/** Writes sentences to our log: at a container's end nobody reads what we print. */
export function warnOf({ log }: Pick<Tools, "log">, sentences: readonly string[]): void {
  for (const sentence of sentences) log.warn(sentence);
}

/** Takes back what was done for containers that are gone without a poststop: killed together with their runtime. */
export async function recoverDead(tools: Tools): Promise<Recovered> {
  const recovered: Recovered = { done: [], lost: [], failed: [] };
  for (const attachment of attachments(tools.host)) {
    if (livingHolders(tools.host, attachment).length > 0) continue;
    try {
      recovered.lost.push(...await detach(tools, attachment));
      recovered.done.push(attachment);
    } catch (thrown) {
      recovered.failed.push((thrown as Error).message);
    }
  }
  const strange = misshapen(tools.host).map((name) => `what is kept as ${name} is not what we write there`);
  warnOf(tools, [...recovered.lost, ...recovered.failed, ...strange]);
  return recovered;
}

/**
 * Brings back what the runtime had moved when we were killed before we could keep anything of it: what `plan` saw is
 * all that there is then.
 *
 * @returns what came back, and sentences about what it came back without
 */
export async function returnMoved(
  tools: Tools,
  { key, requests, moved }: Carry,
): Promise<{ attachment: Attachment; lost: string[] } | undefined> {
  const kept = attachments(tools.host);
  const lost = moved.filter(({ name }) =>
    !tools.host.lstat(`/proc/sys/net/ipv4/conf/${name}`) && !holderOf(kept, name)
  );
  if (lost.length === 0) return undefined;
  const devices = lost.flatMap((was) => {
    const request = requests.find(({ source }) => source.kind === "device" && source.host === was.name);
    return request ? [{ request, was }] : [];
  });
  const attachment: Attachment = {
    key,
    since: Date.now(),
    namespace: "",
    pin: pinOf(key),
    holders: [],
    devices,
    placed: false,
  };
  return { attachment, lost: await detach(tools, attachment) };
}
