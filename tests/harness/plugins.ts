/** Two plugins that a test puts on the disk, and what a user of any engine sees of them. */
import assert from "node:assert/strict";
import { recorder } from "./hooks.ts";
import { install, type Installation } from "./installation.ts";
import type { Subject } from "./needs.ts";
import { type Ran, which } from "./run.ts";

/** Fifteen lines: the image's name and a label become a variable, with a mount and a hook after the end. */
function greeting(program: string): string {
  return `import { definePlugin, hook, mount, setEnv } from "container-hooks/plugin";

export default definePlugin({
  api: 1,
  name: "greeting",
  version: "1.0.0",
  brief: "Greets containers with their image and colour",
  plan: (container) => ({
    edits: [
      setEnv("GREETING", \`\${container.engine} \${container.image.name ?? "?"} \${container.labels.colour ?? "?"}\`),
      mount({ source: "/etc/hostname", destination: "/etc/greeting", options: ["rbind", "ro"] }),
      hook.poststop(${JSON.stringify(program)}, ["poststop"], { timeout: 5 }),
    ],
  }),
});
`;
}

const POLICY = `import { definePlugin } from "container-hooks/plugin";

export default definePlugin({
  api: 1,
  name: "policy",
  version: "2.0.0",
  brief: "Refuses containers that sleep",
  gate: true,
  plan: (container) => container.process.args?.includes("sleep") ? { deny: ["sleeping is not allowed here"] } : {},
});
`;

/** What the user reads of a container that the policy refuses. */
export const DENIED = /cannot start container \S+: plugin policy denies it: sleeping is not allowed here/;
/**
 * Installs both plugins, and a program that records the calls of the poststop hook.
 *
 * @param policy text for the end of config.toml
 */
export async function setUp({ form, work }: Subject, runtime = "runc", policy = ""): Promise<Scene> {
  const { hook, calls } = recorder(work);
  work.folder("plugins");
  work.file("plugins/greeting.ts", greeting(hook("poststop").path));
  work.file("plugins/policy.ts", POLICY);
  const installed = await install(form, work, { policy, runtimes: [which(runtime)!] });
  return { installed, hooksRan: () => calls().length };
}

/** An installation with both plugins. */
export interface Scene {
  installed: Installation;
  /** How often the poststop hook ran. */
  hooksRan(): number;
}

/** Command of a container that shows what the greeting plugin gave it. */
export const SHOW = ["sh", "-c", "echo $GREETING; wc -l < /etc/greeting"];

/** Runs a container to its end, on the runtime under test. */
export type RunContainer = (
  container: { id: string; args: string[] },
) => Promise<Pick<Ran, "status" | "stdout" | "stderr">>;

/** What every engine's user sees: the variable, the mount, later the hook; and the denial as one sentence. */
export async function assertBoth(scene: Scene, runContainer: RunContainer, greeting: string): Promise<void> {
  const ran = await runContainer({ id: "greeted", args: SHOW });
  assert.deepEqual([ran.status, ran.stdout], [0, `${greeting}\n1\n`], ran.stderr);
  assert.equal(scene.hooksRan(), 1);
  const denied = await runContainer({ id: "denied", args: ["sleep", "1"] });
  assert.notEqual(denied.status, 0);
  assert.match(denied.stderr, DENIED);
  assert.equal(scene.hooksRan(), 1);
}
