/** `container-hooks nic plan --bundle DIR`: what would be done for a bundle's container. */
import type { Container, PluginHost } from "container-hooks/plugin";
import type { Context } from "../../../mod/cli/kit/context.ts";
import { printJson, printPairs } from "../../../mod/cli/kit/output.ts";
import { failure } from "../../../mod/errors.ts";
import { consider } from "../../../mod/plan/consider.ts";
import { attachments, livingHolders } from "../attachment.ts";
import { conflicts, type NetworkSurroundings } from "../checks.ts";
import { collectRequests } from "../collect_requests.ts";
import { ownName, placing, settling, sysctlsOf } from "../device_commands.ts";
import { Ip } from "../ip.ts";
import type { Link } from "../listed.ts";
import type { NicOptions } from "../options.ts";
import { networkOf, whyPowerless } from "../network.ts";
import type { DeviceRequest } from "../request.ts";
import type { Tools } from "../tools.ts";
import { toolsOf } from "./tools.ts";

/** Stands for the container's namespace. */
const NAMESPACE = "CONTAINER";
/** Stands for the part of our names that is each container's own. */
const KEY = "0000000000";

/** Prints the commands, or what keeps them from being done, which is a failure. */
export async function plan(this: Context, flags: { json: boolean; bundle: string }): Promise<void> {
  const { host } = this;
  const builtIn = { load: () => import("../plugin.ts") };
  const { container, options, whyNothing } = await consider(host, "network-nic", builtIn, flags.bundle);
  if (whyNothing !== undefined) {
    if (flags.json) return printJson(host, { ...answerOf([], []), note: whyNothing });
    return host.stdout(`${whyNothing}\n`);
  }
  const { requests, faults } = collectRequests(container, options as unknown as NicOptions);
  const problems = [...faults, ...await obstacles(toolsOf(host), container, requests)];
  const answer = answerOf(problems, requests);
  if (flags.json) printJson(host, answer);
  else if (requests.length + problems.length === 0) host.stdout("no network device is asked for\n");
  else await printPairs(host, linesOf(answer));
  if (problems.length === 0) return;
  throw failure("problem", {
    what: "the container would not start",
    remedy: "mend what is named as a problem, or change the policy in config.toml",
  });
}

/** Finds what stands in the way on this host, beside what was asked for wrongly. */
async function obstacles(
  { host }: Tools,
  container: Container,
  requests: readonly DeviceRequest[],
): Promise<string[]> {
  if (requests.length === 0) return [];
  const powerless = whyPowerless(host);
  return [
    ...networkOf(container.linux) === "host" ? ["it has the host's network"] : [],
    ...powerless === undefined ? [] : [powerless],
    ...conflicts(requests, await surroundings(host)),
  ];
}

/** What there will be: a create first takes back what containers that are gone have left. */
async function surroundings(host: PluginHost): Promise<NetworkSurroundings> {
  const all = attachments(host);
  const living = all.filter((each) => livingHolders(host, each).length > 0);
  const returning = all.filter((each) => !living.includes(each))
    .flatMap(({ devices }) => devices.flatMap(({ was, returned }) => was && !returned ? [was] : []))
    .map(({ name, ifindex, kind }): Link => (
      { ifname: name, ifindex, flags: [], mtu: 0, linkinfo: { info_kind: kind } }
    ));
  return { outside: [...await new Ip(host).links(), ...returning], inside: [], attachments: living };
}

/** Makes the answer; nothing is done for a container with a problem. */
function answerOf(problems: readonly string[], requests: readonly DeviceRequest[]) {
  const done = problems.length === 0 ? requests : [];
  const ends = done.map(({ source }, index) =>
    source.kind === "pair" && source.peer || ownName("pair", KEY, index)
  );
  return {
    problems,
    host: done.flatMap((request, index) => placing(request, NAMESPACE, ends[index]!)).map(asTyped),
    container: [
      ...done.flatMap(sysctlsOf).map((setting) => `sysctl -w ${setting}`),
      ...done.flatMap(settling).map(asTyped),
    ],
  };
}

function asTyped(words: readonly string[]): string {
  return `ip ${words.join(" ")}`;
}

function linesOf(answer: ReturnType<typeof answerOf>): [string, string][] {
  return [
    ...answer.problems.map((problem): [string, string] => ["problem", problem]),
    ...answer.host.map((line): [string, string] => ["host", line]),
    ...answer.container.map((line): [string, string] => ["container", line]),
  ];
}
