/**
 * The house's rules about who may import whom, as a plugin of `deno lint`.
 *
 * - mod/ has levels; a file imports from a lower level or from its own folder. errors.ts is below all.
 * - A built-in plugin reaches the program through `container-hooks/plugin` alone; its commands.ts,
 *   doctor.ts and folder commands/ may use levels 0 to 2, so that its other files may not import those: what
 *   they carry along would be loaded at every create. Files beside the plugins' folders only list them.
 * - No `node:` module in the program: each costs 6 to 22 ms of start-up.
 * - Only mod/host, and main.ts that starts it all, touch `Deno`.
 */
import { dirname, join, relative, resolve } from "pathe";

/** Folder of mod/ to level. */
const LEVELS: Record<string, number> = {
  "core": 0,
  "toml": 1,
  "host": 1,
  "api": 1,
  "config": 2,
  "engines": 2,
  "loader": 2,
  "journal": 2,
  "hold": 2,
  "command": 2,
  "plan": 3,
  "dispatch": 3,
  "runtime": 4,
  "configure": 5,
  "install": 6,
  "doctor": 7,
  "cli": 8,
};

/** The highest level that a built-in plugin's commands.ts, doctor.ts and folder commands/ may use. */
const PLUGIN_COMMAND_LEVEL = 2;

/** What is wrong with `file`, a path from the project's folder, importing `specifier`; undefined if nothing. */
export function brokenImportRule(file: string, specifier: string): string | undefined {
  if (isTest(file)) return undefined;
  if (!isProgram(file)) return undefined;
  if (specifier.startsWith("node:")) {
    return `${specifier} costs start-up time; the program uses no node: module`;
  }
  if (/^plugins\/[^/]+\//.test(file)) return brokenPluginRule(file, specifier);
  if (file.startsWith("mod/")) return brokenLevelRule(file, specifier);
  return undefined;
}

function brokenLevelRule(file: string, specifier: string): string | undefined {
  const target = targetOf(file, specifier);
  if (target === undefined || target === "mod/errors.ts" || folderOf(target) === folderOf(file)) {
    return undefined;
  }
  // The version stands there, and the program has to know its own.
  if (file === "mod/core/identity.ts" && target === "deno.json") return undefined;
  const [own, theirs] = [levelOf(file), levelOf(target)];
  if (own === undefined) return `${file} is in no folder that has a level`;
  if (theirs === undefined) return `${file} may not import ${target}, which is not part of mod/`;
  if (theirs < own) return undefined;
  return `${folderOf(file)} (level ${own}) may not import ${folderOf(target)} (level ${theirs})`;
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
  if (target === undefined || target === "mod/errors.ts") return undefined;
  const level = levelOf(target);
  if (level !== undefined && level <= PLUGIN_COMMAND_LEVEL) return undefined;
  return `${file} may import levels 0 to ${PLUGIN_COMMAND_LEVEL}, not ${target}`;
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

/** "mod/plan" of "mod/plan/x.ts" and of "mod/plan/deeper/x.ts"; "mod" of "mod/errors.ts". */
function folderOf(file: string): string {
  return file.split("/").slice(0, -1).slice(0, 2).join("/");
}

function levelOf(file: string): number | undefined {
  return file === "mod/errors.ts" ? 0 : LEVELS[folderOf(file).slice("mod/".length)];
}

function isProgram(file: string): boolean {
  return file === "main.ts" || file.startsWith("mod/") || file.startsWith("plugins/");
}

function isTest(file: string): boolean {
  return file.endsWith("_test.ts");
}

function mayTouchDeno(file: string): boolean {
  return !isProgram(file) || isTest(file) || file === "main.ts" || file.startsWith("mod/host/");
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
        const check = (node: Deno.lint.Node, specifier: unknown) => {
          const message = typeof specifier === "string" ? brokenImportRule(file, specifier) : undefined;
          if (message !== undefined) context.report({ node, message });
        };
        const checkSource = (node: Deno.lint.Node) => check(node, (node as Importing).source?.value);
        return {
          ImportDeclaration: checkSource,
          ExportAllDeclaration: checkSource,
          ExportNamedDeclaration: checkSource,
          ImportExpression: checkSource,
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
