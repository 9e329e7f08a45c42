/**
 * Tests that need something of the machine: an engine, a tool, root.
 *
 * What is missing is named in the test's own name and the test is left out; with CI=true it fails instead,
 * because there our scripts installed everything.
 */
import { noDebian } from "./debian_root.ts";
import { builtFiles, type Form, waysOfCalling } from "./forms.ts";
import { onPath } from "../../tools/package/on_path.ts";
import { which } from "./run.ts";
import { cgroupMount, systemdProgram } from "./systemd_host.ts";
import { type WorkFolder, workFolder } from "./work_folder.ts";

const OTHER_ENGINES = "CONTAINER_HOOKS_OTHER_ENGINES";

/**
 * A folder with an usr that holds a docker and a containerd of other versions than the machine's, as .ci/engines
 * unpacks them; undefined where nobody named one.
 */
export function otherEngines(): string | undefined {
  return Deno.env.get(OTHER_ENGINES);
}

/** What a test can need. */
export type Need = keyof typeof probes;

const probes = {
  root: () => Deno.uid() === 0 ? undefined : "only root can start containers without an engine",
  runc: () => notOnPath("runc"),
  crun: () => notOnPath("crun"),
  docker: () => notOnPath("dockerd") ?? notOnPath("docker"),
  containerd: () => notOnPath("containerd") ?? notOnPath("ctr"),
  podman: () => notOnPath("podman") ?? notOnPath("conmon"),
  strace: () => notOnPath("strace") ?? cannotTrace(),
  setpriv: () => notOnPath("setpriv"),
  perl: () => notOnPath("perl"),
  dash: () => notOnPath("dash"),
  bash: () => notOnPath("bash"),
  busybox: () => notOnPath("busybox"),
  zsh: () => notOnPath("zsh"),
  fish: () => notOnPath("fish"),
  man: () => notOnPath("man") ?? notOnPath("groff"),
  ip: () => notOnPath("ip"),
  flock: () => notOnPath("flock"),
  "other engines": () => otherEngines() ? undefined : `${OTHER_ENGINES} names no folder with them`,
  debian: () => noDebian(),
  nfpm: () => onPath("nfpm") === undefined ? "nfpm is not on the PATH" : undefined,
  rpm: () => notOnPath("rpm"),
  systemd: () => notOnPath("systemctl") ?? notOnPath("systemd-analyze") ?? cannotStartSystemd(),
  lxcfs: () => notOnPath("lxcfs") ?? cannotMountFuse(),
};

/** Registers a test that needs `needs`, or leaves it out by name. */
export function testWith(name: string, needs: Need[], body: () => void | Promise<void>): void {
  const missing = whyNot(needs);
  if (missing === undefined) return Deno.test(name, body);
  if (Deno.env.get("CI") === "true") {
    return Deno.test(name, () => {
      throw new Error(`${missing}; with CI=true that is a failure`);
    });
  }
  Deno.test({ name: `${name} (left out: ${missing})`, ignore: missing !== undefined, fn: body });
}

/** What a test of the built file is given. */
export interface Subject {
  form: Form;
  work: WorkFolder;
}

/**
 * Registers a test of each way in which we can be called, with a work folder of its own.
 *
 * @param ways "files" for what the launcher has no part in: our own commands, the search for the runtime.
 * @example
 * ```ts
 * import { specTest } from "./needs.ts";
 * specTest("prints its version", ["root"], async ({ form, work }) => {}, "files");
 * ```
 */
export function specTest(
  name: string,
  needs: Need[],
  body: (subject: Subject) => Promise<void>,
  ways: "all" | "files" = "all",
): void {
  for (const form of ways === "all" ? waysOfCalling() : builtFiles()) {
    testWith(`${form.name}: ${name}`, needs, async () => {
      using work = workFolder();
      await body({ form, work });
    });
  }
}

/** Why something that needs `needs` cannot run here; undefined where it can. */
export function whyNot(needs: Need[]): string | undefined {
  return needs.map(reason).find((why) => why !== undefined);
}

const known = new Map<Need, string | undefined>();

function reason(need: Need): string | undefined {
  if (!known.has(need)) known.set(need, probes[need]());
  return known.get(need);
}

function notOnPath(program: string): string | undefined {
  return which(program) === undefined ? `${program} is not installed` : undefined;
}

/** Some sandboxes have no /dev/fuse, or no kernel behind it. */
function cannotMountFuse(): string | undefined {
  try {
    Deno.openSync("/dev/fuse", { read: true, write: true }).close();
    return undefined;
  } catch (error) {
    return `/dev/fuse cannot be opened: ${(error as Error).message}`;
  }
}

/** It runs in control groups of its own. */
function cannotStartSystemd(): string | undefined {
  if (systemdProgram() === undefined) return "systemd itself is not installed";
  const mount = cgroupMount();
  if (mount === undefined) return "control groups of version 2 are not mounted";
  try {
    const group = Deno.makeTempDirSync({ dir: mount, prefix: "container-hooks-" });
    Deno.removeSync(group);
    return undefined;
  } catch (error) {
    return `no control group can be made: ${(error as Error).message}`;
  }
}

/** Some sandboxes forbid ptrace. */
function cannotTrace(): string | undefined {
  const traced = new Deno.Command("strace", { args: ["-o", "/dev/null", "true"], stderr: "null" })
    .outputSync();
  return traced.success ? undefined : "strace may not trace here";
}
