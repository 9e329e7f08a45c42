/** `container-hooks nic plan --bundle DIR`: what would be done for a bundle's container. */
import { policyOf, readConfig } from "../../../mod/config/config.ts";
import { checkOptions } from "../../../mod/config/options.ts";
import { checkSpec } from "../../../mod/core/check_spec.ts";
import { decodeJson, parseJsonObject } from "../../../mod/core/json_text.ts";
import type { Spec } from "../../../mod/core/oci.ts";
import type { Context } from "../../../mod/command/context.ts";
import { printJson } from "../../../mod/command/output.ts";
import { identify } from "../../../mod/engines/identify.ts";
import { failure } from "../../../mod/errors.ts";
import { readFile } from "../../../mod/host/files.ts";
import type { Host } from "../../../mod/host/host.ts";
import { attachments } from "../attachment.ts";
import { conflicts } from "../checks.ts";
import { collectRequests } from "../collect_requests.ts";
import { ownName, placing, settling, sysctlsOf } from "../device_commands.ts";
import { Ip } from "../ip.ts";
import { networkOf } from "../network.ts";
import { type NicOptions, OPTIONS } from "../options.ts";
import plugin from "../plugin.ts";
import { toolsOf } from "./tools.ts";

/** Bytes of a config.json. */
const LIMIT = 64 * 1024 * 1024;
/** Stands for the container's namespace, and for its own part of names. */
const NAMESPACE = "CONTAINER";

/** Prints the commands, and what keeps them from being done. */
export async function plan(this: Context, flags: { json: boolean; bundle: string }): Promise<void> {
  const { host } = this;
  const bundle = host.realPath(flags.bundle);
  if (bundle === undefined) {
    throw failure("bundle-missing", { path: flags.bundle, why: "does not exist" });
  }
  const { requests, faults } = await askedBy(host, bundle);
  const tools = toolsOf(host);
  const outside = await new Ip(tools.host).links();
  const problems = [
    ...faults,
    ...conflicts(requests, { outside, inside: [], attachments: attachments(tools.host) }),
  ];
  const onHost = requests.flatMap((request, index) =>
    placing(
      request,
      NAMESPACE,
      request.source.kind === "pair" && request.source.peer || ownName("pair", "0000000000", index),
    )
  );
  const inside = requests.flatMap(settling);
  const answer = {
    problems,
    host: onHost.map((words) => `ip ${words.join(" ")}`),
    container: [
      ...requests.flatMap(sysctlsOf).map((setting) => `sysctl -w ${setting}`),
      ...inside.map((words) => `ip ${words.join(" ")}`),
    ],
  };
  if (flags.json) return printJson(host, answer);
  if (requests.length + problems.length === 0) return host.stdout("no network device is asked for\n");
  for (const problem of problems) host.stdout(`problem  ${problem}\n`);
  for (const line of answer.host) host.stdout(`host       ${line}\n`);
  for (const line of answer.container) host.stdout(`container  ${line}\n`);
}

async function askedBy(host: Host, bundle: string) {
  const path = `${bundle}/config.json`;
  const { bytes } = readFile(host, path, "config.json", LIMIT);
  const spec: Spec = checkSpec(parseJsonObject(decodeJson(bytes, path), path).value, path);
  const id = bundle.slice(bundle.lastIndexOf("/") + 1);
  const { engine, userLabels = {} } = identify(host, { id, bundle, spec });
  const asked = collectRequests(
    { engine, userLabels, annotations: spec.annotations ?? {} },
    await optionsOf(host),
  );
  if (networkOf(spec.linux ?? {}) === "host") asked.faults.push("it has the host's network");
  return asked;
}

async function optionsOf(host: Host): Promise<NicOptions> {
  const { options } = policyOf(await readConfig(host), plugin.name);
  const checked = await checkOptions(plugin.name, OPTIONS, options, () => Promise.resolve(undefined));
  return checked as NicOptions;
}
