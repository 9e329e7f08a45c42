/** `container-hooks version`: which program this is, to the byte. */
import { identify } from "../../host/identity.ts";
import type { Context } from "../kit/context.ts";
import { printJson, printPairs } from "../kit/output.ts";

/** Prints the identity of the running file. */
export async function version(this: Context, flags: { json: boolean }): Promise<void> {
  const identity = await identify();
  if (flags.json) return printJson(this.host, identity);
  await printPairs(this.host, [
    ["version", identity.version],
    ["plugin api", String(identity.api)],
    ["form", identity.form],
    ["deno", `${identity.deno} (v8 ${identity.v8})`],
    ["target", identity.target],
    ["file", identity.file],
    ["size", `${identity.size} bytes`],
    ["sha256", identity.sha256],
  ]);
}
