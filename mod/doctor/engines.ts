/** Whether each engine that is here calls us, and what goes around us. */
import { type Finding, fine, thrownFinding, warning, wrong } from "../cli/kit/finding.ts";
import {
  type EngineControl,
  type RunningState,
  type Site,
  titleOf,
} from "../engines/setup/engine_control.ts";
import { findAllSites, isHere } from "../engines/setup/find_sites.ts";
import { findProgram } from "../engines/setup/programs.ts";
import { isIdle, readRuntimes, type SiteRuntimes, USUAL_NAME } from "../engines/setup/site_runtimes.ts";
import type { ConfiguredRuntime } from "../engines/setup/engine_configuration.ts";
import type { Host } from "../host/host.ts";

/** Looks at one engine, in each file that one of its processes reads or that we have changed. */
export async function checkEngine(host: Host, name: string, control: EngineControl): Promise<Finding[]> {
  const sites = (await findAllSites(host, control)).filter((site) => isHere(host, site));
  return (await Promise.all(sites.map((site) => checkSite(host, name, site)))).flat();
}

async function checkSite(host: Host, engine: string, site: Site): Promise<Finding[]> {
  const subject = titleOf(site);
  let found: SiteRuntimes;
  try {
    found = await readRuntimes(host, site);
  } catch (thrown) {
    return [thrownFinding(subject, thrown)];
  }
  const { configured, ours, unused } = found;
  if (isIdle(site, ours)) return [];
  if (unused) return [fine(subject, `needs nothing: ${unused.what}`)];
  const chosen = ours.find((runtime) => runtime.name === configured.default) ?? ours[0];
  const configure = configureCommand(engine, site, chosen);
  if (!chosen) {
    return [
      warning(subject, "does not know us: its containers start without us", `${configure} --set-as-default`),
    ];
  }
  const answer = await site.control.ask(host, site, chosen.name);
  return [
    programFinding(host, subject, chosen, configure),
    loadedFinding(subject, site, chosen, answer),
    defaultFinding(subject, site, chosen, answer.isDefault ?? configured.default === chosen.name, configure),
    ...waysAround(host, subject, site, configured.runtimes.filter((runtime) => !ours.includes(runtime))),
  ].filter((finding) => finding !== undefined);
}

/** The command that is about this very entry. */
function configureCommand(
  engine: string,
  { control, file }: Site,
  ours: ConfiguredRuntime | undefined,
): string {
  const words = ["container-hooks runtime configure --runtime", engine];
  if (file !== control.configuration.defaultFile) words.push("--config", file);
  if (ours && ours.name !== USUAL_NAME) words.push("--name", ours.name);
  return words.join(" ");
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
  { loaded, how }: RunningState,
): Finding {
  const { unit, program } = site.control;
  if (loaded) return fine(subject, `knows ${name} by ${file}:${line}, and has it loaded`);
  // podman reads its files at every call, and says what is wrong with them.
  const remedy = unit === undefined ? `${program} --runtime ${name} info` : `systemctl restart ${unit}`;
  if (loaded === false) {
    return wrong(subject, `${file}:${line} has ${name}, which is not loaded: ${how}`, remedy);
  }
  const what = `knows ${name} by ${file}:${line}, and whether it has it loaded cannot be told: ${how}`;
  return site.daemon ? warning(subject, what, remedy) : fine(subject, what);
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

/** Lists the ways around us: nothing to mend, but whoever may use the engine may take one of them. */
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
