/** `container-hooks nic gc`: taking back what containers that are gone have left. */
import type { Context } from "../../../mod/command/context.ts";
import { printJson } from "../../../mod/command/output.ts";
import { failure, oneLine } from "../../../mod/errors.ts";
import { listEntries } from "../../../mod/journal/journal.ts";
import type { Attachment, Carry } from "../attachment.ts";
import plugin from "../plugin.ts";
import { recoverDead, returnMoved } from "../recover.ts";
import type { Tools } from "../tools.ts";
import { toolsOf } from "./tools.ts";

/** Takes back; fails where something could not be. */
export async function gc(this: Context, flags: { json: boolean }): Promise<void> {
  const tools = toolsOf(this.host);
  const { done, failed } = await tools.alone(async () => {
    const recovered = await recoverDead(tools);
    return { ...recovered, done: [...recovered.done, ...await returnAllMoved(tools, carries(this.host))] };
  });
  const names = done.flatMap(({ devices }) =>
    devices.map(({ was, hostEnd, request }) => was?.name ?? hostEnd ?? request.name)
  );
  const failures = failed.map(({ why }) => oneLine(why));
  if (flags.json) printJson(this.host, { returned: names, failed: failures });
  else if (names.length > 0) this.host.stdout(`taken back: ${names.join(", ")}\n`);
  else if (failures.length === 0) this.host.stdout("nothing was left behind\n");
  if (failures.length > 0) {
    throw failure("not-found", { what: failures.join("; "), remedy: "mend that, then try again" });
  }
}

/** Of every container on record, the newest first: two may have had the same device one after the other. */
function carries(host: Context["host"]): Carry[] {
  return listEntries(host)
    .flatMap(({ plugins }) => plugins.filter(({ name }) => name === plugin.name))
    .flatMap(({ carry, handlers }) => carry && handlers ? [carry as unknown as Carry] : []);
}

async function returnAllMoved(tools: Tools, carries: readonly Carry[]): Promise<Attachment[]> {
  const done: Attachment[] = [];
  for (const carry of carries) {
    const returned = await returnMoved(tools, carry);
    if (returned) done.push(returned);
  }
  return done;
}
