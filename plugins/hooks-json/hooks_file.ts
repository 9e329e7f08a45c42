/**
 * What the file of hooks holds.
 *
 * @see https://github.com/opencontainers/runtime-spec/blob/main/config.md#posix-platform-hooks
 */
import {
  type HookEdit,
  isLoaderVariable,
  type PluginHost,
  problem,
  type Stage,
  STAGES,
  SYSTEM_PATH,
} from "container-hooks/plugin";

/** The environment of a hook that names no variables: without any, runc would give it its own. */
const ENVIRONMENT = [`PATH=${SYSTEM_PATH}`];

/** Which file, and whether a missing one stops containers. */
export interface HooksFile {
  path: string;
  required: boolean;
}

/**
 * Reads the hooks of the file, in its order; undefined where there is none, and none has to be.
 *
 * @throws where it cannot be read or understood
 */
export function readHooks(host: PluginHost, { path, required }: HooksFile): HookEdit[] | undefined {
  if (!required && !host.lstat(path)) return undefined;
  return hooksOf(path, host.readJsonFile(path));
}

function hooksOf(file: string, content: Record<string, unknown>): HookEdit[] {
  const unknown = Object.keys(content).find((key) => !STAGES.includes(key as Stage));
  if (unknown !== undefined) {
    refuseOtherFormats(file, content);
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

/**
 * Tells how the hooks of another format are written here: of config.json itself, which the older toolkit's README
 * and oci-add-hooks have, and of the files in podman's hooks.d.
 *
 * @see https://github.com/containers/common/blob/main/pkg/hooks/docs/oci-hooks.5.md
 */
function refuseOtherFormats(file: string, content: Record<string, unknown>): void {
  if ("hooks" in content) {
    throw problem(
      `${file} has its stages inside "hooks", as config.json and the files of oci-add-hooks have them`,
      'move what is inside "hooks" up, so that the file reads {"prestart": [...]}',
    );
  }
  if ("hook" in content) {
    throw problem(
      `${file} has one "hook" with the stages it is for, as the files of podman's hooks.d have it`,
      'put the hook under each of its stages: {"prestart": [{"path": "/absolute/path"}]}; ' +
        'every container gets it: for a "when", write a plugin (container-hooks plugin new)',
    );
  }
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
  strings(file, [path], `${at}.path`);
  strings(file, args, `${at}.args`);
  strings(file, env, `${at}.env`);
  for (const variable of nonEmpty(env) ?? []) checkVariable(file, variable, `${at}.env`);
  // Go writes null for what is absent.
  if (timeout !== undefined && timeout !== null && (!Number.isInteger(timeout) || (timeout as number) < 1)) {
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
      ...(typeof timeout === "number" ? { timeout } : {}),
    },
  };
}

function strings(file: string, value: unknown, at: string): void {
  if (value === undefined || value === null) return;
  if (!Array.isArray(value) || !value.every((item) => typeof item === "string")) {
    throw problem(`${file}: ${at} is not an array of strings`, 'write it as ["one", "two"]');
  }
  if (value.some((item) => item.includes("\0"))) {
    throw problem(
      `${file}: ${at} has a NUL character in it`,
      "remove it: a program would see nothing behind it",
    );
  }
}

function checkVariable(file: string, variable: string, at: string): void {
  if (!/^[^=]+=/.test(variable)) {
    throw problem(
      `${file}: ${at} has ${JSON.stringify(variable)}, which sets nothing`,
      "write it as NAME=value",
    );
  }
  const name = variable.split("=", 1)[0]!;
  if (isLoaderVariable(name)) {
    throw problem(
      `${file}: ${at} sets ${name}, a variable of the program loader, which hooks never get`,
      "remove it",
    );
  }
}

function nonEmpty(value: unknown): string[] | undefined {
  return Array.isArray(value) && value.length > 0 ? value as string[] : undefined;
}
