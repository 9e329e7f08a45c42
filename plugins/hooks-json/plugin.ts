/** The older toolkit's static file: one hooks.json, whose hooks every container gets. */
import { definePlugin } from "container-hooks/plugin";
import { readHooks } from "./hooks_file.ts";

/**
 * This is handed on for doctor.ts, which takes it from here: a module of two others would be a file more to open at
 * each create.
 */
export { readHooks };

/**
 * The older toolkit's program that does nothing: its presence among the prestart hooks shows that the file's
 * hooks are there already. Like the toolkit, we know it by its base name.
 */
const MARKER = "container-hooks";

export default definePlugin({
  api: 1,
  name: "hooks-json",
  version: "1.0.0",
  brief: "Adds the hooks of one static file, as the container-hooks-toolkit did",
  options: {
    path: { type: "string", default: "/etc/container-hooks/hooks.json", brief: "the file" },
    required: { type: "boolean", default: false, brief: "whether a missing file stops containers" },
  },
  needs: { read: [{ option: "path" }] },
  plan(container, { options, host }) {
    if (container.hooks.prestart?.some((hook) => hook.path.split("/").at(-1) === MARKER)) {
      return { note: `the marker ${MARKER} is among the prestart hooks: they have been added already` };
    }
    const edits = readHooks(host, options);
    if (!edits) return { note: `${options.path} does not exist, and config.toml does not name it` };
    return { edits, note: `${edits.length} from ${options.path}` };
  },
});
