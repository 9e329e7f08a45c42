/** dockerd: it reads its runtimes again on SIGHUP, and `docker info` tells which it has. */
import { dockerConfiguration, textToLetGo } from "./config.ts";
import { failure } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { optionValues } from "../setup/daemons.ts";
import type { EngineControl, RunningState, Site, StagedFile } from "../setup/engine_control.ts";
import { readText } from "../setup/engine_files.ts";
import { DEFAULT_DATA_ROOT, dockerContainers } from "./containers.ts";
import { readRecord, textField } from "../records.ts";
import { ask, findProgram } from "../setup/programs.ts";
import { noAnswer } from "../setup/no_answer.ts";

const FILE_OPTIONS = ["--config-file"];

/** The first dockerd with `--validate`. */
const VALIDATES = 23;

const DEFAULT_SOCKET = "unix:///var/run/docker.sock";

/** What dockerd says of runtimes. */
const INFO = '{"runtimes":{{json .Runtimes}},"default":{{json .DefaultRuntime}}}';

/** docker's programs. */
export const dockerControl: EngineControl = {
  configuration: dockerConfiguration,
  program: "dockerd",
  fileOptions: FILE_OPTIONS,
  restarts: ["signal", "systemd", "none"],
  unit: "docker.service",
  serves: "containers",
  waysAround: { runtimes: ["runc"], others: ["builds by BuildKit"] },
  textToLetGo,
  async check(host, site, [change]) {
    if (!change?.staged) return;
    refuseOptions(host, site, change.staged);
    if (!site.program || Number.parseInt(site.version ?? "0") < VALIDATES) return;
    const args = [...withoutFile(site.daemon?.args ?? []), "--validate", "--config-file", change.staged];
    const { ok, complaint } = await ask(host, site.program, args);
    if (!ok) throw refused(change, complaint);
  },
  async ask(host, site, name) {
    if (!site.daemon) return noAnswer(site);
    const client = findProgram(host, "docker", site.program);
    if (client === undefined) {
      return { ...noAnswer(site), how: "the client docker, which could tell, is not installed" };
    }
    const { ok, stdout, complaint } = await ask(host, client, [
      "--host",
      socketOf(host, site),
      "info",
      "--format",
      INFO,
    ]);
    return ok ? answerOf(stdout, name) : { ...noAnswer(site), how: `docker info says: ${complaint}` };
  },
  containersBy(host, site, name) {
    return Promise.resolve(dockerContainers(host, dataRootOf(host, site), [name]));
  },
};

/** What dockerd is told by an option counts; it must not stand in the file, too. */
function dataRootOf(host: Host, { daemon, file }: Site): string {
  const told = optionValues(daemon?.args ?? [], ["--data-root", "-g", "--graph"]).at(-1);
  if (told !== undefined) return told;
  const settings = readRecord(host, daemon?.file ?? file, "docker's configuration", []);
  return textField(settings, "data-root") ?? textField(settings, "graph") ?? DEFAULT_DATA_ROOT;
}

function answerOf(stdout: string, name: string): RunningState {
  const info: { runtimes: Record<string, unknown>; default: string } = JSON.parse(stdout);
  const loaded = Object.hasOwn(info.runtimes, name);
  return {
    loaded,
    isDefault: info.default === name,
    how: `docker info ${loaded ? "lists" : "does not list"} it`,
  };
}

/** What dockerd is told by an option, its file must not tell too: it would not start again. */
function refuseOptions(host: Host, { daemon }: Site, staged: string): void {
  const { runtimes, default: chosen } = dockerConfiguration.read(
    { text: (file) => readText(host, file) },
    staged,
  );
  const options = daemon?.args ?? [];
  const isGiven = (option: string) => optionValues(options, [option]).length > 0;
  const twice = runtimes.length > 0 && isGiven("--add-runtime")
    ? "--add-runtime"
    : chosen !== undefined && isGiven("--default-runtime")
    ? "--default-runtime"
    : undefined;
  if (twice === undefined) return;
  const said =
    `the dockerd that runs was started with ${twice}, and what an option says the file must not say too`;
  throw failure("engine-refuses", { engine: "dockerd", file: daemon!.file, said });
}

function refused({ file }: StagedFile, said: string): Error {
  return failure("engine-refuses", { engine: "dockerd", file, said });
}

function withoutFile(args: readonly string[]): string[] {
  return args.filter((arg, at) =>
    !FILE_OPTIONS.includes(arg) && !FILE_OPTIONS.includes(args[at - 1] ?? "") &&
    !FILE_OPTIONS.some((option) => arg.startsWith(`${option}=`))
  );
}

/** A socket that systemd opened for it (fd://) is at the usual place. */
function socketOf(host: Host, { daemon, file }: Site): string {
  const text = readText(host, daemon?.file ?? file);
  const listed = /"hosts"\s*:\s*\[([^\]]*)\]/.exec(text ?? "")?.[1]?.match(/unix:[^"]*/g) ?? [];
  const hosts = [...optionValues(daemon?.args ?? [], ["--host", "-H"]), ...listed];
  return hosts.find((one) => one.startsWith("unix://")) ?? DEFAULT_SOCKET;
}
