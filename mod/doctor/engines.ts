/** Whether each engine that is here calls us, and what goes around us. */
import { type Finding, fine, thrownFinding, warning, wrong } from "../command/finding.ts";
import type { ConfiguredRuntime, ConfiguredRuntimes } from "../engines/config/engine_configuration.ts";
import type { Host } from "../host/host.ts";
import { type Answer, type EngineControl, type Site, titleOf } from "../configure/engine_control.ts";
import { factsOf, findSite, isHere } from "../configure/find_sites.ts";
import { findProgram } from "../configure/programs.ts";
import { readRecord } from "../install/record.ts";

import { launchersOf } from "./launchers.ts";

/** Looks at one engine; nothing is found where it is not here. */
export async function checkEngine(host: Host, name: string, control: EngineControl): Promise<Finding[]> {
  const site = await findSite(host, control);
  if (!isHere(host, site)) return [];
  const subject = titleOf(site);
  let configured: ConfiguredRuntimes;
  try {
    configured = control.configuration.read(await factsOf(host, site), site.file);
  } catch (thrown) {
    return [thrownFinding(subject, thrown)];
  }
  const configure = `container-hooks runtime configure --runtime ${name}`;
  const isOurs = oursAmong(host);
  const ours = configured.runtimes.filter(isOurs);
  const chosen = ours.find((runtime) => runtime.name === configured.default) ?? ours[0];
  if (!chosen) {
    return [
      warning(subject, "does not know us: its containers start without us", `${configure} --set-as-default`),
    ];
  }
  const answer = await control.ask(host, site, chosen.name);
  return [
    programFinding(host, subject, chosen, configure),
    loadedFinding(subject, site, chosen, answer),
    defaultFinding(subject, site, chosen, answer.isDefault ?? configured.default === chosen.name, configure),
    ...waysAround(host, subject, site, configured.runtimes.filter((runtime) => !isOurs(runtime))),
  ].filter((finding) => finding !== undefined);
}

/** Ours are those that call a launcher, wherever it was put. */
function oursAmong(host: Host): (runtime: ConfiguredRuntime) => boolean {
  const launchers = launchersOf(host, readRecord(host)).map(({ path }) => path);
  return ({ path }) =>
    path !== undefined && (launchers.includes(path) || /\/container-hooks-runtime[^/]*$/.test(path));
}

function programFinding(
  host: Host,
  subject: string,
  { name, path, file, line }: ConfiguredRuntime,
  configure: string,
): Finding | undefined {
  if (path === undefined || host.realPath(path) !== undefined) return undefined;
  return wrong(
    subject,
    `${file}:${line} has the runtime ${name}, and its program ${path} is not there`,
    `container-hooks install, then ${configure}`,
  );
}

function loadedFinding(
  subject: string,
  site: Site,
  { name, file, line }: ConfiguredRuntime,
  answer: Answer,
): Finding {
  if (answer.loaded === false) {
    const restart = `systemctl restart ${site.control.unit}`;
    return wrong(subject, `${file}:${line} has ${name}, which is not loaded: ${answer.how}`, restart);
  }
  const sure = answer.loaded ? "and has it loaded" : `which could not be verified: ${answer.how}`;
  return fine(subject, `knows ${name} by ${file}:${line}, ${sure}`);
}

function defaultFinding(
  subject: string,
  { control: { serves: whose } }: Site,
  { name }: ConfiguredRuntime,
  isDefault: boolean,
  configure: string,
): Finding {
  if (isDefault) return fine(subject, `${name} is the default: ${whose} that name no runtime get it`);
  return warning(
    subject,
    `${name} is not the default: only ${whose} that ask for it get it`,
    `${configure} --set-as-default`,
  );
}

/** Nothing to mend, but to know: whoever may use the engine may take one of these. */
function waysAround(
  host: Host,
  subject: string,
  { control: { waysAround } }: Site,
  others: readonly ConfiguredRuntime[],
): Finding[] {
  const names = new Set([...others.map(({ name }) => name), ...waysAround.runtimes]);
  const ways = names.size > 0 ? [`its runtimes ${[...names].join(", ")}`] : [];
  ways.push(...waysAround.others);
  if (findProgram(host, "buildkitd")) ways.push("builds by buildkitd");
  return ways.length > 0 ? [fine(subject, `goes around us where asked to: ${ways.join("; ")}`)] : [];
}
