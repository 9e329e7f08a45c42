/**
 * What the container-hooks-toolkit's commands were called and took, and our words for the same.
 *
 * The translation, its help and its completion all stand on this.
 */
import { ENGINE_WORDS } from "../../core/engines.ts";

/** The name by which its command lines are understood. */
export const CTK_NAME = "container-hooks-ctk";

/** One option of the older program. */
export interface CtkOption {
  /** Its names, without dashes. */
  names: string[];
  brief: string;
  /** A switch takes no value; of a "path" a relative one starts from the working folder. */
  kind: "switch" | "value" | "values" | "path";
  placeholder?: string;
  choices?: readonly string[];
  /** The flag of ours; absent for what is translated by itself. */
  flag?: string;
}

/** One command of the older program. */
export interface CtkCommand {
  /** Words that name it. */
  words: string[];
  brief: string;
  options: CtkOption[];
  /** What is given where it was not, since the older one's default is another. */
  defaults?: Record<string, string>;
  /** Our words for it; what it was given by the options' first names. */
  ours(given: ReadonlyMap<string, string[]>): string[];
}

const HELP: CtkOption = { names: ["help", "h"], kind: "switch", brief: "Print help information and exit" };

const DRY_RUN: CtkOption = {
  names: ["dry-run"],
  kind: "switch",
  flag: "--dry-run",
  brief: "Print what would be done, and change nothing",
};

const ENGINE: CtkOption[] = [
  {
    names: ["runtime"],
    kind: "value",
    flag: "--runtime",
    choices: ENGINE_WORDS,
    brief: "The engine. Default: docker",
  },
  {
    names: ["config-file", "config"],
    kind: "path",
    flag: "--config",
    placeholder: "FILE",
    brief: "The engine's configuration file. Default: where the engine looks for it",
  },
  {
    names: ["name"],
    kind: "value",
    flag: "--name",
    placeholder: "NAME",
    brief: "What the engine's users call our runtime. Default: container-hooks",
  },
  {
    names: ["path"],
    kind: "value",
    flag: "--path",
    placeholder: "PATH",
    brief: "The launcher. Default: /usr/bin/container-hooks-runtime",
  },
];

const SET_AS_DEFAULT: CtkOption = {
  names: ["set-as-default"],
  kind: "switch",
  flag: "--set-as-default",
  brief: "Containers that ask for no runtime get ours",
};

/** Its commands. */
export const CTK_COMMANDS: readonly CtkCommand[] = [
  {
    words: ["runtime", "configure"],
    brief: "Put our runtime into an engine's configuration, and have the engine load it",
    options: [...ENGINE, SET_AS_DEFAULT, DRY_RUN, HELP],
    defaults: { runtime: "docker" },
    ours: () => ["runtime", "configure"],
  },
  {
    words: ["runtime", "unconfigure"],
    brief: "Take our runtime out of an engine's configuration again",
    // Taking a runtime out takes it out as the default too.
    options: [
      ...ENGINE,
      { ...SET_AS_DEFAULT, flag: undefined, brief: "Makes no difference" },
      DRY_RUN,
      HELP,
    ],
    defaults: { runtime: "docker" },
    ours: () => ["runtime", "unconfigure"],
  },
  {
    words: ["config"],
    brief: "Print config.toml with new values, or change it",
    options: [
      {
        names: ["config-file", "config", "c"],
        kind: "path",
        placeholder: "FILE",
        brief: "The config.toml. Default: /etc/container-hooks/config.toml",
      },
      {
        names: ["set"],
        kind: "values",
        placeholder: "KEY=VALUE",
        brief: "A key and its new value, more than once if need be; KEY alone is true, a list has colons",
      },
      { names: ["in-place", "i"], kind: "switch", brief: "Change the file instead of printing it" },
      {
        names: ["output", "o"],
        kind: "path",
        placeholder: "FILE",
        brief: "Write it to this file instead; - prints it",
      },
      DRY_RUN,
      HELP,
    ],
    ours: (given) => {
      const output = given.get("output")?.[0] ?? (given.has("in-place") ? undefined : "-");
      const assignments = (given.get("set") ?? []).map(assignment);
      return ["config", "set", ...(output === undefined ? [] : ["--output", output]), ...assignments];
    },
  },
  {
    words: ["install"],
    brief: "Install this file, as `container-hooks install` does",
    options: [
      {
        names: ["toolkit-root"],
        kind: "path",
        flag: "--prefix",
        placeholder: "DIR",
        brief: "Folder for the program itself. Default: /usr/libexec/container-hooks",
      },
      DRY_RUN,
      HELP,
    ],
    ours: () => ["install"],
  },
];

/** What is given in front of a command. */
export const CTK_GLOBALS: readonly CtkOption[] = [
  // Every message of ours says all there is to say.
  { names: ["debug", "d"], kind: "switch", brief: "Makes no difference" },
  { names: ["quiet", "q"], kind: "switch", brief: "Print nothing but errors" },
  { names: ["version", "v"], kind: "switch", brief: "Print version information and exit" },
  HELP,
];

/** Keys that are lists; the older program took their words with colons between. */
const LISTS = ["container-hooks.plugin-dirs", "container-hooks-runtime.runtimes"];

/** `key` alone is true, and a list has colons between its words. */
function assignment(text: string): string {
  const end = text.indexOf("=");
  if (end < 0) return `${text}=true`;
  const [key, value] = [text.slice(0, end), text.slice(end + 1)];
  if (!LISTS.includes(key) || value.startsWith("[")) return text;
  return `${key}=${JSON.stringify(value.split(":"))}`;
}
