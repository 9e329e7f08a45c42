/**
 * The older toolkit's static file: one hooks.json, whose hooks every container gets.
 *
 * @see https://github.com/opencontainers/runtime-spec/blob/main/config.md#posix-platform-hooks
 */
import {
  definePlugin,
  type Edit,
  type HookEdit,
  problem,
  type Stage,
  STAGES,
  SYSTEM_PATH,
} from "container-hooks/plugin";

/** For a hook that names no variables: without any, runc would give it its own. */
const ENVIRONMENT = [`PATH=${SYSTEM_PATH}`];

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
    const { path, required } = options;
    if (container.hooks.prestart?.some((hook) => hook.path.split("/").at(-1) === MARKER)) {
      return { note: `the marker ${MARKER} is among the prestart hooks: they have been added already` };
    }
    if (!required && !host.lstat(path)) {
      return { note: `${path} does not exist, and config.toml does not name it` };
    }
    const edits = hooksOf(path, host.readJsonFile(path));
    return { edits, note: `${edits.length} from ${path}` };
  },
});

function hooksOf(file: string, content: Record<string, unknown>): Edit[] {
  const unknown = Object.keys(content).find((key) => !STAGES.includes(key as Stage));
  if (unknown !== undefined) {
    throw problem(
      `${file} has an unknown stage ${JSON.stringify(unknown)}`,
      `use one of ${STAGES.join(", ")}`,
    );
  }
  return STAGES.flatMap((stage) => {
    const entries = content[stage] ?? [];
    if (!Array.isArray(entries)) {
      throw problem(`${file}: ${stage} is not an array`, "put the hooks between [ and ]");
    }
    return entries.map((entry, index) => hookOf(file, stage, entry, `${stage}[${index}]`));
  });
}

/** The fields are looked at by the core, like those of any plugin; here only what the core would not say so well. */
function hookOf(file: string, stage: Stage, entry: unknown, at: string): HookEdit {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) {
    throw problem(`${file}: ${at} is not an object`, 'write it as {"path": "/absolute/path"}');
  }
  const { path, args, env, timeout, ...rest } = entry as Record<string, unknown>;
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) {
    throw problem(
      `${file}: ${at} has an unknown field ${JSON.stringify(unknown)}`,
      "use path, args, env, timeout",
    );
  }
  if (typeof path !== "string" || !path.startsWith("/")) {
    throw problem(`${file}: ${at}.path is not an absolute path`, "name the program by its whole path");
  }
  strings(file, args, `${at}.args`);
  strings(file, env, `${at}.env`);
  const loader = nonEmpty(env)?.find((variable) => variable.startsWith("LD_"));
  if (loader !== undefined) {
    throw problem(
      `${file}: ${at}.env sets ${
        loader.split("=", 1)[0]
      }, a variable of the program loader, which hooks never get`,
      "remove it",
    );
  }
  if (timeout !== undefined && (!Number.isInteger(timeout) || (timeout as number) < 1)) {
    throw problem(
      `${file}: ${at}.timeout is not a whole number of seconds above 0`,
      "correct it or leave it out",
    );
  }
  return {
    edit: "hook",
    stage,
    hook: {
      path,
      args: nonEmpty(args) ?? [path],
      env: nonEmpty(env) ?? ENVIRONMENT,
      ...(timeout === undefined ? {} : { timeout: timeout as number }),
    },
  };
}

function strings(file: string, value: unknown, at: string): void {
  if (value === undefined || value === null) return;
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return;
  throw problem(`${file}: ${at} is not an array of strings`, 'write it as ["one", "two"]');
}

function nonEmpty(value: unknown): string[] | undefined {
  return Array.isArray(value) && value.length > 0 ? value as string[] : undefined;
}
