/** `doctor --run`: starts a container as an engine would, and says what came of it. */
import { type Finding, fine, warning, wrong } from "../cli/kit/finding.ts";
import { SYSTEM_PATH } from "../core/oci.ts";
import { asFailure, oneLine } from "../errors.ts";
import { checkProgram } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { removeTree } from "../install/tree.ts";
import { type JournalEntry, listEntries } from "../state/journal.ts";
import { stateFolder } from "../host/our_folders.ts";
import type { Program } from "../plugin/program.ts";
import { knownInstallation } from "./installation.ts";
import { launchersOf } from "./launchers.ts";
import { machineOf, makeTestBundle, tinyProgram } from "./test_bundle.ts";

const SUBJECT = "test container";
/** Milliseconds; a create has at most 110 s by itself. */
const LIMIT = 120_000;

/** Variables that say where our files are; without them, the container would be another installation's. */
const HANDED_ON = [
  ["CONTAINER_HOOKS_CONFIG", "CONTAINER_HOOKS_PORTABLE_DIR", "CONTAINER_HOOKS_RUN", "CONTAINER_HOOKS_STATE"],
  ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "XDG_STATE_HOME"],
].flat();

/** Runs one by the launcher that engines call first, or, where nothing is installed, by this program itself. */
export async function checkByRunning(host: Host, { again }: Program): Promise<Finding[]> {
  const content = tinyProgram(machineOf(host, again.path));
  if (!content) {
    return [warning(SUBJECT, "there is none for this processor", "start a container by an engine")];
  }
  // `explain` lists the first twelve characters, by which one is told from another.
  const id = `doctor-${host.randomToken().slice(0, 12)}`;
  const folder = `${stateFolder(host)}/${id}`;
  try {
    host.makeFolder(folder, 0o700);
    makeTestBundle(host, folder, content);
    return [await runIn(host, again, folder, id)];
  } finally {
    removeTree(host, folder);
  }
}

async function runIn(
  host: Host,
  again: Program["again"],
  folder: string,
  id: string,
): Promise<Finding> {
  const launcher = launchersOf(host, knownInstallation(host).record)[0]?.path;
  const gone = launcher && whyNoProgram(host, launcher);
  if (gone) return gone;
  const [path, ...words] = launcher ? [launcher] : [again.path, ...again.args, "runtime", "--"];
  const state = ["--root", `${folder}/state`];
  const env = { ...environment(host), ...launcher ? {} : again.env };
  const call = (args: string[]) =>
    host.run({ path: path!, args: [...words, ...state, ...args], env, timeout: LIMIT });
  const began = host.uptime();
  const { status, stderr, timedOut } = await call(["run", "--bundle", folder, id]);
  const took = Math.round(host.uptime() - began);
  const entry = listEntries(host).find(({ container }) => container.id === id);
  const how = `by ${launcher ?? "this program"}`;
  if (status === 0) return fine(SUBJECT, `started ${how} and ended well, in ${took} ms; ${what(entry)}`);
  await call(["delete", "--force", id]);
  const said = oneLine(new TextDecoder().decode(stderr)) || `status ${status}`;
  const why = timedOut ? `it did not end within ${LIMIT / 1000} s` : said;
  if (entry?.plugins.some(({ deny }) => deny)) {
    return warning(
      SUBJECT,
      `was denied ${how}, as a policy of yours may want: ${why}`,
      `container-hooks explain ${id}`,
    );
  }
  const remedy = entry ? `mend what it names; container-hooks explain ${id}` : "mend what it names";
  return wrong(SUBJECT, `did not start ${how}: ${why}`, remedy);
}

function whyNoProgram(host: Host, launcher: string): Finding | undefined {
  try {
    checkProgram(host, launcher, "launcher");
  } catch (thrown) {
    const { what } = asFailure(thrown);
    return wrong(SUBJECT, `was not started: ${what}`, "container-hooks install");
  }
}

function environment(host: Host): Record<string, string> {
  const given = HANDED_ON.flatMap((name) => {
    const value = host.env(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { PATH: SYSTEM_PATH, ...Object.fromEntries(given) };
}

function what(entry: JournalEntry | undefined): string {
  if (!entry) return "it is not on record, so it was not looked at (is the bypass on?)";
  if (entry.outcome === "bypassed") return "the bypass is on, so no plugin was asked";
  const asked = entry.plugins.filter(({ selected }) => selected).map(({ name }) => name);
  const edits = entry.plugins.reduce((count, { edits }) => count + edits.length, 0);
  return asked.length > 0 ? `asked: ${asked.join(", ")}, edits: ${edits}` : "no plugin applies to it";
}
