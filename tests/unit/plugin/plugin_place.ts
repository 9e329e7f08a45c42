/** A folder on the disk that root alone can write, with plugins in it, and this program as it starts itself. */
import { denoHost } from "../../../mod/host/deno_host.ts";
import type { Host } from "../../../mod/host/host.ts";
import { SourceList } from "../../../mod/plugin/sources.ts";
import { programWith } from "../program.ts";

/** The child of a test is not the program but a file that does what its entry point does. */
export const PROGRAM = programWith({
  file: fileOf("./plugin_entry_points.ts"),
  again: {
    path: Deno.execPath(),
    args: ["run", "-A", "--no-lock", "--no-check", "--no-prompt", fileOf("./plugin_entry_points.ts")],
    env: {},
  },
});

/** Where every folder above belongs to root, or to the user who runs the tests: /tmp is everybody's. */
const PARENT = Deno.uid() === 0 ? "/var/lib" : Deno.env.get("HOME")!;

/** A place for one test; removed when it ends. */
export class PluginPlace implements Disposable {
  readonly folder = Deno.makeTempDirSync({ dir: PARENT, prefix: "container-hooks-test-" });
  /** Folder of plugins. */
  readonly plugins = `${this.folder}/plugins`;
  readonly state = `${this.folder}/state`;
  readonly sources = new SourceList(denoHost);

  constructor(files: Record<string, string> = {}) {
    Deno.mkdirSync(this.plugins, { mode: 0o755 });
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  /** Writes a file below the folder of plugins; returns its path. */
  write(name: string, text: string | Uint8Array, mode = 0o644): string {
    const path = `${this.plugins}/${name}`;
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true, mode: 0o755 });
    Deno.writeFileSync(path, typeof text === "string" ? new TextEncoder().encode(text) : text);
    Deno.chmodSync(path, mode);
    return path;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

/** The real outside world, with some of it exchanged. */
export function hostWith(changed: Partial<Host>): Host {
  return { ...denoHost, ...changed };
}

/** Text of a plugin that does nothing. */
export function pluginText(name: string, rest = "plan() {},"): string {
  return `import { definePlugin } from "container-hooks/plugin";
export default definePlugin({ api: 1, name: "${name}", version: "1.0.0", brief: "A test's", ${rest} });
`;
}

function fileOf(relative: string): string {
  return decodeURIComponent(new URL(relative, import.meta.url).pathname);
}
