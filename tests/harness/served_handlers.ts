/** A private host whose service calls the handlers of one plugin, which note what they do on the host. */
import type { Bundle } from "./bundle.ts";
import { makeBundle } from "./bundle.ts";
import type { Subject } from "./needs.ts";
import { type ServedHost, servedHost } from "./served_host.ts";
import { until } from "./until.ts";
import type { ServiceStatus } from "../../mod/serve/status.ts";

/** What handlers write to, one line a call. */
const NOTES = "/root/notes";

/** Such a host. */
export interface ServedHandlers extends AsyncDisposable {
  here: ServedHost;
  bundle: Bundle;
  /** What handlers have noted, in order. */
  notes(): Promise<string[]>;
  forget(): Promise<void>;
  /** What the service that calls handlers tells about itself, or told last. */
  status(): Promise<ServiceStatus | null>;
  /** How many stages it has done, and how many of them have failed. */
  counted(): Promise<{ warm: number; refused: number }>;
  /** Starts both services; resolves once both are found. */
  serve(): Promise<void>;
  /** Names of what is on record of stages at work, and of places that are held. */
  left(): Promise<string[]>;
}

/** Bodies of the plugin's handlers, in which `note(...)`, `state`, `carry`, `keep` and `undo` can be used. */
export type Handlers = Partial<Record<"createRuntime" | "start" | "poststart" | "poststop", string>>;

/** Installs a plugin with those handlers; nothing is served yet. @param rest Lines of the plugin's table. */
export async function servedHandlers(
  { form, work }: Subject,
  on: Handlers,
  rest = "",
): Promise<ServedHandlers> {
  const here = await servedHost(form);
  const { host } = here;
  await host.write("/usr/local/bin/note", `#!/bin/sh\necho "$*" >>${NOTES}\n`);
  await host.mustRun(["chmod", "755", "/usr/local/bin/note"]);
  await host.write(NOTES, "");
  await here.plugin("first", "return { carry: { of: container.id } };", handlersText(on));
  await host.write("/etc/container-hooks/conf.d/first.toml", `[plugins.first]\n${rest}\n`);
  const scene: ServedHandlers = {
    here,
    bundle: await makeBundle(work, { args: ["echo", "started"] }),
    notes: async () => ((await host.read(NOTES)) ?? "").split("\n").filter((line) => line !== ""),
    forget: () => host.write(NOTES, ""),
    status: async () => (await here.status() as unknown as { handlers: ServiceStatus | null }).handlers,
    async counted() {
      const stamp = async () =>
        (await host.run(["stat", "-c", "%Y.%i", "/run/container-hooks/handlers/status"])).stdout;
      const before = await stamp();
      await until("the service writes its status", async () => await stamp() !== before);
      const { warm, refused } = (await scene.status())!;
      return { warm, refused };
    },
    async serve() {
      await here.serve();
      await until("handlers are served", async () => await scene.status() !== null);
    },
    async left() {
      const { stdout } = await host.run([
        "sh",
        "-c",
        "cd /run/container-hooks && ls -d at-work/* handlers/*/lock-* 2>/dev/null",
      ]);
      return stdout.split("\n").filter((line) => line !== "");
    },
    [Symbol.asyncDispose]: () => here[Symbol.asyncDispose](),
  };
  return scene;
}

/** The part of a plugin's text that has its handlers. */
export function handlersText(on: Handlers): string {
  const methods = Object.entries(on).map(([stage, body]) =>
    `async ${stage}(state, { host, carry, keep, undo, log, signal }) {
    const note = (...words: unknown[]) => host.run("/usr/local/bin/note", words.map(String));
    ${body}
  },`
  );
  return `needs: { run: ["/usr/local/bin/note", "/bin/sleep", "/usr/bin/sleep"] }, on: { ${
    methods.join("\n")
  } },`;
}
