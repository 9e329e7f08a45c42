/** When devices go back: at a container's end, and after an end that nobody told us of. */
import {
  asJson,
  type Attachment,
  attachments,
  type Carry,
  holderOf,
  livingHolders,
  pinOf,
} from "./attachment.ts";
import { detach } from "./detach.ts";
import type { Tools } from "./tools.ts";

/** What became of attachments of containers that are gone. */
export interface Recovered {
  done: Attachment[];
  /** Kept, and tried again the next time. */
  failed: { attachment: Attachment; why: string }[];
}

/** At the end of a container: its devices go back once nobody else of its namespace uses them. */
export async function release(tools: Tools, carry: Carry): Promise<void> {
  await tools.alone(async () => {
    for (const attachment of attachments(tools.host)) {
      const holders = attachment.holders.filter(({ key }) => key !== carry.key);
      if (holders.length === attachment.holders.length) continue;
      const left = livingHolders(tools.host, { ...attachment, holders });
      if (left.length === 0) await detach(tools, attachment);
      else tools.keep(attachment.key, asJson({ ...attachment, holders: left }));
    }
    await returnMoved(tools, carry);
  });
}

/** Takes back what was done for containers that are gone without a poststop: killed together with their runtime. */
export async function recoverDead(tools: Tools): Promise<Recovered> {
  const recovered: Recovered = { done: [], failed: [] };
  for (const attachment of attachments(tools.host)) {
    if (livingHolders(tools.host, attachment).length > 0) continue;
    try {
      await detach(tools, attachment);
      recovered.done.push(attachment);
    } catch (thrown) {
      const why = (thrown as Error).message;
      tools.log.warn(why);
      recovered.failed.push({ attachment, why });
    }
  }
  return recovered;
}

/**
 * Brings back what the runtime had moved when we were killed before we could keep anything of it: what `plan` saw is
 * all that there is then.
 *
 * @returns what came back
 */
export async function returnMoved(
  tools: Tools,
  { key, requests, moved }: Carry,
): Promise<Attachment | undefined> {
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
  await detach(tools, attachment);
  return attachment;
}
