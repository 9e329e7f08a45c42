/**
 * The house's rules about who may import whom, as a plugin of `deno lint`.
 *
 * - mod/ has rooms, one above the other; a file imports from a room below its own or from its own room.
 * - A built-in plugin reaches the program through `container-hooks/plugin` alone; its commands.ts, doctor.ts and
 *   folder commands/ may use the rooms up to plan/, so that its other files may not import those: what they
 *   carry along would be loaded at every create. Files beside the plugins' folders only list them.
 * - No `node:` module in the program: each costs 6 to 22 ms of start-up. One is imported late, see
 *   LATE_NODE_MODULES.
 * - Only mod/host, and main.ts that starts it all, touch `Deno`. What is real there is handed in by main.ts as a
 *   `Host`, so that a test can hand in another; no other file imports it.
 */
import { dirname, join, relative, resolve } from "pathe";

/**
 * The rooms of mod/, each below those that follow: a file imports from rooms that stand before its own.
 * `cli/kit` is a room of its own, since commands of plugins stand on it too.
 */
export const ROOMS = [
  "visible.ts",
  "errors.ts",
  "text",
  "core",
  "entry_points.ts",
  "edits",
  "host",
  "cdi",
  "api",
  "config",
  "cli/kit",
  "engines",
  "state",
  "plugin",
  "sandbox",
  "index",
  "plan",
  "dispatch",
  "wrapper",
  "serve",
  "install",
  "doctor",
  "cli",
] as const;

type Room = typeof ROOMS[number];

/** The real outside world: for main.ts alone. */
const REAL = ["deno_host.ts", "input.ts", "invocation.ts", "process.ts"].map((name) => `mod/host/${name}`);

/**
 * The highest room that a built-in plugin's commands.ts, doctor.ts and folder commands/ may use: a command that tells
 * what a create would do calls what the create calls.
 */
const HIGHEST_FOR_PLUGIN_COMMANDS: Room = "plan";

/** The one `node:` module that a file may import by `import("...")`, for what is seldom needed on the create path. */
const LATE_NODE_MODULES: Partial<Record<string, string>> = {
  // podman 5 keeps its records in an SQLite database; loaded for a plugin that asks for labels there.
  "mod/host/sqlite.ts": "node:sqlite",
};

/**
 * What is wrong with `file`, a path from the project's folder, importing `specifier`; undefined if nothing.
 *
 * @param how "late" by `import("...")`, when that line is reached.
 */
export function brokenImportRule(
  file: string,
  specifier: string,
  how: "at once" | "late" = "at once",
): string | undefined {
  if (isTest(file)) return undefined;
  if (!isProgram(file)) return undefined;
  if (how === "late" && LATE_NODE_MODULES[file] === specifier) return undefined;
  if (specifier.startsWith("node:")) {
    return `${specifier} costs start-up time; the program uses no node: module`;
  }
  const target = targetOf(file, specifier);
  if (target !== undefined && REAL.includes(target) && !mayTouchDeno(file)) {
    return `${target} is the real outside world, which main.ts hands in; take a Host instead`;
  }
  if (/^plugins\/[^/]+\//.test(file)) return brokenPluginRule(file, specifier);
  if (file.startsWith("mod/")) return brokenRoomRule(file, specifier);
  return undefined;
}

function brokenRoomRule(file: string, specifier: string): string | undefined {
  const target = targetOf(file, specifier);
  if (target === undefined) return undefined;
  // The version stands there, and the program has to know its own.
  if (file === "mod/core/version.ts" && target === "deno.json") return undefined;
  const [own, theirs] = [roomOf(file), roomOf(target)];
  if (own === undefined) return `${file} is in no room of mod/`;
  if (theirs === undefined) return `${file} may not import ${target}, which is not part of mod/`;
  return isBelow(theirs, own) || theirs === own
    ? undefined
    : `mod/${own} may not import mod/${theirs}, which stands above it`;
}

function brokenPluginRule(file: string, specifier: string): string | undefined {
  if (specifier === "container-hooks/plugin") return undefined;
  const target = targetOf(file, specifier);
  const isOwn = target !== undefined && folderOf(target) === folderOf(file);
  if (isOwn && (isForCommands(file) || !isForCommands(target))) return undefined;
  if (isOwn) return `${target} is for commands and carries mod/ along; a create must not load it`;
  if (!isForCommands(file)) {
    return `a built-in plugin imports container-hooks/plugin and its own folder alone, not ${specifier}`;
  }
  const room = target === undefined ? undefined : roomOf(target);
  if (target === undefined || (room && !isBelow(HIGHEST_FOR_PLUGIN_COMMANDS, room))) return undefined;
  return `${file} may import the rooms up to mod/${HIGHEST_FOR_PLUGIN_COMMANDS}, not ${target}`;
}

/** Whether a plugin's file is loaded when a command runs, and not at a create. */
function isForCommands(file: string): boolean {
  return /^plugins\/[^/]+\/((commands|doctor)\.ts$|commands\/)/.test(file);
}

/** The project's file that is imported; undefined for a package. */
function targetOf(file: string, specifier: string): string | undefined {
  if (specifier.startsWith(".")) return join(dirname(file), specifier);
  return specifier === "container-hooks/plugin" ? "mod/api/plugin.ts" : undefined;
}

/** "plugins/x" of "plugins/x/plugin.ts" and of "plugins/x/deeper/file.ts". */
function folderOf(file: string): string {
  return file.split("/").slice(0, -1).slice(0, 2).join("/");
}

/** The room that a file of mod/ stands in; the innermost, where one lies in another. */
function roomOf(file: string): Room | undefined {
  const inMod = file.startsWith("mod/") ? file.slice("mod/".length) : "";
  return ROOMS.filter((room) => inMod === room || inMod.startsWith(`${room}/`))
    .sort((a, b) => b.length - a.length)[0];
}

function isBelow(lower: Room, upper: Room): boolean {
  return ROOMS.indexOf(lower) < ROOMS.indexOf(upper);
}

function isProgram(file: string): boolean {
  return file === "main.ts" || file === "isolate.ts" || file.startsWith("doors/") ||
    file.startsWith("mod/") ||
    file.startsWith("plugins/");
}

function isTest(file: string): boolean {
  return file.endsWith("_test.ts");
}

function mayTouchDeno(file: string): boolean {
  return !isProgram(file) || isTest(file) || file === "main.ts" || file.startsWith("doors/") ||
    file.startsWith("mod/host/");
}

const PROJECT = resolve(import.meta.dirname ?? ".", "..");

type Importing = { source: { value: string } | null } & Deno.lint.Node;
type LiteralType = { literal?: { value?: unknown } };

const plugin: Deno.lint.Plugin = {
  name: "house",
  rules: {
    imports: {
      create(context) {
        const file = relative(PROJECT, context.filename);
        const check = (node: Deno.lint.Node, specifier: unknown, how?: "late") => {
          const message = typeof specifier === "string" ? brokenImportRule(file, specifier, how) : undefined;
          if (message !== undefined) context.report({ node, message });
        };
        const checkSource = (node: Deno.lint.Node) => check(node, (node as Importing).source?.value);
        return {
          ImportDeclaration: checkSource,
          ExportAllDeclaration: checkSource,
          ExportNamedDeclaration: checkSource,
          ImportExpression: (node) => check(node, (node as unknown as Importing).source?.value, "late"),
          TSImportType: (node) => check(node, (node.argument as LiteralType).literal?.value),
        };
      },
    },
    host: {
      create(context) {
        if (mayTouchDeno(relative(PROJECT, context.filename))) return {};
        return {
          "Identifier[name='Deno']": (node: Deno.lint.Identifier) =>
            context.report({ node, message: "only mod/host touches Deno; take a Host instead" }),
        };
      },
    },
  },
};

export default plugin;
