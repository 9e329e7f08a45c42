/** `container-hooks nic gc`: taking back what containers that are gone have left. */
import type { Context } from "../../../mod/cli/kit/context.ts";
import { printJson } from "../../../mod/cli/kit/output.ts";
import { failure, oneLine } from "../../../mod/errors.ts";
import { listEntries } from "../../../mod/state/journal.ts";
import type { Attachment, Carry } from "../attachment.ts";
import plugin from "../plugin.ts";
import { recoverDead, type Recovered, returnMoved } from "../recover.ts";
import type { Tools } from "../tools.ts";
import { damagedFiles, toolsOf } from "./tools.ts";

/** Takes back; fails where something could not be, or is not what it was. */
export async function gc(this: Context, flags: { json: boolean }): Promise<void> {
  const { host } = this;
  const tools = toolsOf(host);
  const { done, lost, failed } = await tools.alone(async () => {
    const recovered = await recoverDead(tools);
    await returnAllMoved(tools, carries(host), recovered);
    return recovered;
  });
  const returned = done.flatMap(namesOf);
  const troubles = [...lost, ...failed, ...damagedFiles(host).map(({ message }) => message)];
  if (flags.json) printJson(host, { returned, lost, failed });
  else {
    if (returned.length > 0) host.stdout(`${oneLine(`taken back: ${returned.join(", ")}`)}\n`);
    for (const trouble of troubles) host.stdout(`${oneLine(trouble)}\n`);
    if (returned.length + troubles.length === 0) host.stdout("nothing was left behind\n");
  }
  if (troubles.length === 0) return;
  throw failure("problem", {
    what: `not all is as it was: ${
      troubles.length === 1 ? "one thing is" : `${troubles.length} things are`
    } left`,
    remedy: "do by hand what is still wanted of it, then `container-hooks nic gc` again",
  });
}

function namesOf({ devices }: Attachment): string[] {
  return devices.map(({ was, hostEnd, request }) => was?.name ?? hostEnd ?? request.name);
}

/**
 * Collects the plans of every container on record, the newest first: two may have had the same device one after the
 * other.
 */
function carries(host: Context["host"]): Carry[] {
  return listEntries(host)
    .flatMap(({ plugins }) => plugins.filter(({ name }) => name === plugin.name))
    .flatMap(({ carry, handlers }) => carry && handlers ? [carry as unknown as Carry] : []);
}

async function returnAllMoved(
  tools: Tools,
  carries: readonly Carry[],
  { done, lost, failed }: Recovered,
): Promise<void> {
  for (const carry of carries) {
    try {
      const returned = await returnMoved(tools, carry);
      if (!returned) continue;
      done.push(returned.attachment);
      lost.push(...returned.lost);
    } catch (thrown) {
      failed.push((thrown as Error).message);
    }
  }
}
