/** Having a running engine load what was changed, and asking it whether it did. */
import { failure } from "../../errors.ts";
import { systemReason } from "../../host/system_reason.ts";
import type { Host } from "../../host/host.ts";
import type { EngineControl, Restart, RunningState, Site, WantedState } from "./engine_control.ts";
import { FileChanges } from "./file_changes.ts";
import { readBytes, readText } from "./engine_files.ts";
import { withDaemons } from "./find_sites.ts";
import { ask, findProgram } from "./programs.ts";

/** What to go by. */
export interface HowToLoad {
  /** The way; the engine's own where none is named. */
  restart: Restart | undefined;
  /** True where the files have changed: what the engine has by that name is not yet what they say of it. */
  isNew: boolean;
}

/** What came of loading a configuration. */
export interface Loading {
  answer: RunningState;
  /** What was done to the engine: "signal", "systemd". */
  by: Restart;
  /** The engine was made to load it and does not have it, or did not come up. */
  refused: boolean;
  /** What is left to be done by hand. */
  remedy?: string;
}

/** Milliseconds between two questions. */
const PAUSE = 200;
/** Questions before an engine counts as not having loaded it: a signal takes it a moment, a start a minute. */
const QUESTIONS = { signal: 50, systemd: 300 };

/** Refuses a way of loading that an engine does not have. @throws {Failure} usage */
export function refuseRestart({ program, restarts }: EngineControl, restart: Restart | undefined): void {
  if (restart === undefined || restarts.includes(restart)) return;
  throw failure("usage", {
    why: `${program} does not load runtimes by ${restart}; --restart takes ${restarts.join(" or ")} for it`,
  });
}

/** Has a running engine load what its files say. */
export async function load(
  host: Host,
  site: Site,
  wanted: WantedState,
  { restart, isNew }: HowToLoad,
): Promise<Loading> {
  const { control } = site;
  const answer = await control.ask(host, site, wanted.name);
  const isStale = isNew && wanted.loaded;
  const isSettled = (isAsWanted(answer, wanted) && !isStale) || site.daemon === undefined;
  const by = isSettled ? "none" : restart ?? control.restarts[0]!;
  if (isSettled) return { answer, by, refused: answer.loaded !== undefined && !isAsWanted(answer, wanted) };
  if (by === "none") return { answer, by, refused: false, remedy: byHand(site) };
  if (by === "systemd" && host.lstat("/run/systemd/system") === undefined) {
    return { answer, by: "none", refused: false, remedy: byHand(site) };
  }
  const told = by === "signal" && (!wanted.loaded || wanted.isNotDefault)
    ? await makeLetGo(host, site, wanted)
    : await tellAndAsk(host, site, wanted, by);
  return { answer: told, by, refused: !isAsWanted(told, wanted) };
}

/** The file says for a moment what it does not say for good; the record knows that text as ours. */
async function makeLetGo(host: Host, site: Site, wanted: WantedState): Promise<RunningState> {
  const letGo = site.control.textToLetGo?.(readText(host, site.file), site.file);
  if (letGo === undefined) return await tellAndAsk(host, site, wanted, "signal");
  const before = readBytes(host, site.file);
  const change = { file: site.file, before, after: new TextEncoder().encode(letGo) };
  const files = new FileChanges(host, [change]);
  files.stage();
  files.commit();
  try {
    return await tellAndAsk(host, site, wanted, "signal");
  } finally {
    files.takeBack();
  }
}

async function tellAndAsk(
  host: Host,
  site: Site,
  wanted: WantedState,
  by: Exclude<Restart, "none">,
): Promise<RunningState> {
  await tell(host, site, by);
  return await askUntil(host, site, wanted, QUESTIONS[by]);
}

function isAsWanted({ loaded, isDefault }: RunningState, wanted: WantedState): boolean {
  return loaded === wanted.loaded && (!wanted.isDefault || isDefault !== false) &&
    !(wanted.isNotDefault && isDefault === true);
}

function byHand({ control }: Site): string {
  return `restart ${control.program}: until then it goes on with what it read when it started`;
}

async function tell(host: Host, { control, daemon }: Site, by: Restart): Promise<void> {
  try {
    if (by === "signal") return host.hangUp(daemon!.pid);
  } catch (error) {
    const why = systemReason(error);
    throw failure("engine-untold", { program: control.program, pid: daemon!.pid, why }, { cause: error });
  }
  const systemctl = findProgram(host, "systemctl");
  if (systemctl === undefined) throw failure("file-missing", { what: "program", path: "systemctl" });
  // How it went is asked of the engine itself.
  await ask(host, systemctl, ["restart", control.unit!]);
}

async function askUntil(
  host: Host,
  site: Site,
  wanted: WantedState,
  questions: number,
): Promise<RunningState> {
  for (let question = 1;; question++) {
    const answer = await site.control.ask(host, withDaemons(host, site), wanted.name);
    if (isAsWanted(answer, wanted) || question >= questions) return answer;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}
