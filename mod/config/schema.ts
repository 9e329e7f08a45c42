/** Every key of config.toml, what it takes, and what holds where it is not set. */
import { Failure, quote } from "../errors.ts";
import { PLUGIN_NAME } from "../core/manifest.ts";
import { checkWhen, type When } from "../core/when.ts";
import { LOG_LEVELS, type LogFormat, type LogLevel } from "../host/own_log.ts";
import type { KeyPath, Place } from "./place.ts";
import { entries, list, one, type Problem, type Rule, table, unknownKey } from "./rules.ts";

/** What a configuration file holds; every key may be missing. {@linkcode CONFIG_FILE} sees to it. */
export interface ConfigFile {
  "container-hooks"?: {
    path?: string;
    "plugin-dirs"?: string[];
    deadline?: number;
    concurrency?: number;
  };
  "container-hooks-ctk"?: { path?: string };
  "container-hooks-runtime"?: {
    debug?: string;
    /** In any case, and with logrus' second word for "warn". */
    "log-level"?: string;
    "log-format"?: LogFormat;
    runtimes?: string[];
  };
  plugins?: Record<string, PluginTable>;
}

/** What `[plugins.NAME]` holds; every key may be missing. */
export interface PluginTable {
  mode?: "enforce" | "audit" | "off";
  "on-error"?: "fail" | "warn";
  timeout?: number;
  isolation?: "process" | "worker";
  order?: number;
  when?: When;
  bypassable?: boolean;
  options?: Record<string, unknown>;
}

const isText = (value: unknown): value is string => typeof value === "string";
const isPath = (value: unknown) => isText(value) && /^\/[^\0]*$/.test(value);
const isProgram = (value: unknown) => isPath(value) || (isText(value) && /^(?!\.\.?$)[^/\0]+$/.test(value));
const isLevel = (value: unknown) => isText(value) && levelOf(value) !== undefined;
const isOption = (value: unknown): boolean =>
  isText(value) || typeof value === "boolean" || Number.isSafeInteger(value) ||
  (Array.isArray(value) && value.every(isText));

const path = one("an absolute path", isPath);
const boolean = one("true or false", (value) => typeof value === "boolean");

function seconds(least: number, most: number): Rule {
  return one(`a number of seconds from ${least} to ${most}`, (value) => isWithin(value, least, most));
}

function choice(...words: string[]): Rule {
  return one(
    words.map((word) => `"${word}"`).join(" or "),
    (value) => isText(value) && words.includes(value),
  );
}

function isWithin(value: unknown, least: number, most: number): boolean {
  return typeof value === "number" && value >= least && value <= most;
}

/** The level that a word of logrus' means, in any case; undefined where it is none. */
export function levelOf(word: string): LogLevel | undefined {
  const lower = word.toLowerCase();
  return lower === "warning" ? "warn" : LOG_LEVELS.find((level) => level === lower);
}

/** Condition by condition, so that a message has the line of the one that is wrong. */
const condition: Rule = (value, key) => {
  const refusal = (where: string): Failure | undefined => {
    try {
      checkWhen({ [key.at(-1)!]: value }, where);
    } catch (error) {
      if (error instanceof Failure) return error;
      throw error;
    }
  };
  const tell = ({ file, line }: Place) => refusal(line ? `${quote(file)}:${line}` : quote(file))!;
  return refusal("") && { key, tell };
};

const plugin = table({
  mode: choice("enforce", "audit", "off"),
  "on-error": choice("fail", "warn"),
  timeout: seconds(1, 100),
  isolation: choice("process", "worker"),
  order: one("a whole number", Number.isSafeInteger),
  when: entries(() => condition),
  bypassable: boolean,
  options: entries(() => one("a text, a whole number, true or false, or a list of texts", isOption)),
}, ([...key]) => [...key.slice(0, -1), "options", key.at(-1)].join("."));

const SECTIONS: Record<string, Record<string, Rule>> = {
  "container-hooks": {
    path,
    "plugin-dirs": list("a list of absolute paths", isPath),
    deadline: seconds(1, 110),
    concurrency: one(
      "a whole number from 0 to 1024",
      (value) => Number.isInteger(value) && isWithin(value, 0, 1024),
    ),
  },
  "container-hooks-ctk": { path },
  "container-hooks-runtime": {
    debug: one('an absolute path, or "" for none', (value) => value === "" || isPath(value)),
    "log-level": one(`one of ${[...LOG_LEVELS, "warning"].map((word) => `"${word}"`).join(", ")}`, isLevel),
    "log-format": choice("text", "json"),
    runtimes: list("a list of at least one name or absolute path of an OCI runtime", isProgram, 1),
  },
};

/** The whole file. A key that no rule knows is refused: a mistyped policy must not be passed over. */
export const CONFIG_FILE: Rule = table({
  ...Object.fromEntries(Object.entries(SECTIONS).map(([name, rules]) => [name, table(rules, inItsSection)])),
  plugins: entries(pluginNamed),
}, inItsSection);

/** What stands in one table and belongs in another: `log-level` outside of [container-hooks-runtime]. */
function inItsSection(key: KeyPath): string | undefined {
  const name = key.at(-1)!;
  const section = Object.keys(SECTIONS).find((section) => Object.hasOwn(SECTIONS[section]!, name));
  return section && `${section}.${name}`;
}

function pluginNamed(name: string, key: KeyPath): Rule {
  if (PLUGIN_NAME.test(name)) return plugin;
  const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return (): Problem => unknownKey(key, PLUGIN_NAME.test(slug) ? `plugins.${slug}` : undefined);
}
