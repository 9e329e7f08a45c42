/** A service that answers with what it was asked, and the launcher's lines that ask it, in real shells. */
import assert from "node:assert/strict";
import { askServiceText } from "../../mod/wrapper/fill_script.ts";
import { until } from "./until.ts";
import { workFolder } from "./work_folder.ts";

/** Such a service and its launchers. */
export interface EchoScene extends AsyncDisposable {
  /** The folder by which launchers find the service. */
  base: string;
  /** The folder that it is in; removed in the end. */
  folder: string;
  /** The launcher's lines, a script. */
  script: string;
  /** Starts the service; resolves once launchers find it. @param takes Milliseconds for each answer. */
  serve(takes?: number): Promise<Deno.ChildProcess>;
  /** Runs the launcher's lines in a shell. */
  ask(shell: string[], args: string[], options?: Deno.CommandOptions): Deno.ChildProcess;
}

/** Where launchers are started that say so. */
export const CWD = Deno.realPathSync("/tmp");

/** Lays the launcher's lines out; no service runs yet. @param base Where it is to be found; by default in the folder. */
export function echoScene(base?: string): EchoScene {
  const work = workFolder();
  const folder = work.path;
  base ??= `${folder}/service`;
  const script = `${folder}/launcher`;
  Deno.writeTextFileSync(
    script,
    `LC_ALL=C
${askServiceText()}
container_hooks_program='/the program'
set -C
{ container_hooks_ask '${base}' $# '/bin/run c'; } 2>/dev/null
set +C
# As the launcher does.
case $container_hooks_said in
  "$container_hooks_place $$ edited "*)
    container_hooks_said=\${container_hooks_said#* * * }
    container_hooks_word=\${container_hooks_said%% *} container_hooks_said=\${container_hooks_said#* }
    [ "$container_hooks_word" != "\${#container_hooks_said}" ] || exec printf 'warm edited %s' "$container_hooks_said"
    ;;
esac
printf cold
`,
  );
  const services: Deno.ChildProcess[] = [];
  return {
    base,
    folder,
    script,
    async serve(takes = 0) {
      const program = new URL("./echo_service.ts", import.meta.url).pathname;
      const service = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-lock", "--no-check", program, base, `${takes}`],
        stdin: "null",
        stdout: "piped",
      }).spawn();
      services.push(service);
      await nextLine(service);
      return service;
    },
    ask: ([program, ...front], args, options = {}) =>
      new Deno.Command(program!, {
        args: [...front, script, ...args],
        stdin: "null",
        stdout: "piped",
        ...options,
      }).spawn(),
    async [Symbol.asyncDispose]() {
      for (const service of services) {
        await service.stdout.cancel();
        end(service);
        await service.status;
      }
      work[Symbol.dispose]();
    },
  };
}

/** Kills a process that may have ended. */
export function end(process: Deno.ChildProcess): void {
  try {
    process.kill("SIGKILL");
  } catch {
    // It has ended.
  }
}

/** Waits for the next line that the service prints: it is ready, or has been asked. */
export async function nextLine({ stdout }: Deno.ChildProcess): Promise<void> {
  const reader = stdout.getReader();
  await reader.read();
  reader.releaseLock();
}

/** What a launcher says: "cold", or "warm" and the answer. */
export async function said(child: Deno.ChildProcess): Promise<string> {
  return new TextDecoder().decode((await child.output()).stdout);
}

/** The answer to a launcher that asks about the container `id` in {@linkcode CWD}. */
export function warmAnswer(id: string): string {
  return `warm edited /bin/run c ${CWD} create ${id}`;
}

/** Has `count` launchers ask at once. @returns how many were answered; none of them by another's answer */
export async function warmOf(here: EchoScene, count: number): Promise<number> {
  const ids = Array.from({ length: count }, (_, n) => `c${n}-${crypto.randomUUID()}`);
  const answers = await Promise.all(ids.map((id) => said(here.ask(["sh"], ["create", id], { cwd: CWD }))));
  for (const [n, answer] of answers.entries()) {
    if (answer !== "cold") assert.equal(answer, warmAnswer(ids[n]!));
  }
  return answers.filter((answer) => answer !== "cold").length;
}

/** All are answered again, and no place is held. */
export async function assertServes(here: EchoScene): Promise<void> {
  await until("all are answered", async () => await warmOf(here, 10) === 10);
  await until("no place is held", () => locksOf(here).length === 0);
}

/** The folder of the generation that launchers find. */
export function generationOf({ base }: EchoScene): string {
  return `${base}/${Deno.readTextFileSync(`${base}/now`).split(" ")[1]}`;
}

/** Locks of places, in all generations. */
export function locksOf({ base }: EchoScene): string[] {
  return [...Deno.readDirSync(base)].filter(({ isDirectory }) => isDirectory)
    .flatMap(({ name }) => [...Deno.readDirSync(`${base}/${name}`)])
    .map(({ name }) => name).filter((name) => name.startsWith("lock-"));
}
