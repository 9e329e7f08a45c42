/** Containers of plain bundles, made again and again, by runc itself or through us. */
import type { Bundle } from "../harness/bundle.ts";
import type { Installation } from "../harness/installation.ts";
import { which } from "../harness/run.ts";
import type { WorkFolder } from "../harness/work_folder.ts";
import { makeBenchBundle } from "./groups.ts";
import { type Contestant, silently } from "./measure.ts";

/** The runtime underneath. */
export const RUNC = which("runc") ?? "runc";

/** One hook, as hooks.json or config.json has it. */
export const HOOKS = {
  prestart: [{ path: "/bin/true", args: ["true"], env: ["PATH=/bin"], timeout: 10 }],
};

/** What is called as the runtime. */
export interface Caller {
  program: string;
  env: Record<string, string>;
  /** Where its bundles are. */
  work: WorkFolder;
  /** Hooks that its bundles have already, as config.json has them. */
  hooks?: Record<string, unknown>;
}

/** We, installed in this work folder. */
export function caller(work: WorkFolder, { runtime, env }: Installation): Caller {
  return { program: runtime, env, work };
}

/** runc itself. */
export function bareCaller(work: WorkFolder, hooked = false): Caller {
  return { program: RUNC, env: {}, work, ...(hooked ? { hooks: HOOKS } : {}) };
}

/** A container that can be made any number of times. */
export interface Container {
  /** Removes what the last call left, and makes the bundle as an engine does: anew for each container. */
  reset(): Promise<void>;
  /** Calls `create`, or `run`, which waits for the container's `true` to end. */
  call(command: "create" | "run"): Promise<void>;
}

/** Containers of one measurement; disposing removes those that are left. */
export interface Containers extends AsyncDisposable {
  add(caller: Caller): Promise<Container>;
  /** Adds a container of which every round makes a new one. */
  contestant(caller: Caller, command: "create" | "run", before?: () => void): Promise<Contestant>;
}

/** A place for the containers of one measurement. */
export function openContainers(): Containers {
  const all: Container[] = [];
  const run = crypto.randomUUID().slice(0, 8);
  const add = async (caller: Caller) => {
    const id = `bench-${run}-${all.length}`;
    const container = containerOf(id, caller, await bundleFor(id, caller));
    all.push(container);
    return container;
  };
  return {
    add,
    async contestant(caller, command, before) {
      const container = await add(caller);
      return async () => {
        await container.reset();
        before?.();
        return () => container.call(command);
      };
    },
    async [Symbol.asyncDispose]() {
      for (const container of all) await container.reset();
    },
  };
}

function bundleFor(name: string, { work, hooks }: Caller): Promise<Bundle> {
  return makeBenchBundle(work, { name, edit: (spec) => void (hooks && Object.assign(spec, { hooks })) });
}

function containerOf(id: string, { program, env }: Caller, bundle: Bundle): Container {
  const original = bundle.text();
  let made = false;
  return {
    async reset() {
      if (made) await silently([RUNC, "delete", "--force", id]);
      made = false;
      await Deno.writeTextFile(bundle.config, original);
    },
    call(command) {
      // `run` removes the container by itself.
      made = command === "create";
      return silently([program, command, "--bundle", bundle.path, id], env);
    },
  };
}
