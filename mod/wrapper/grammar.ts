/**
 * What a runtime's command line is made of: the tables that runc_grammar.ts and crun_grammar.ts fill in and
 * that command_line.ts walks along.
 */

import type { Operation } from "../core/oci.ts";

/** One option of a runtime: a line in its table. */
export interface RuntimeOption {
  /** The long name, without dashes. */
  name: string;
  /** One-letter names, without dashes. */
  letters: string;
  takesValue: boolean;
  /** Whether the runtime answers it (help, version) and does nothing else. */
  asks: boolean;
}

/** Makes an option that is there or not. */
export function flag(name: string, letters = ""): RuntimeOption {
  return { name, letters, takesValue: false, asks: false };
}

/** Makes an option with a value, joined to it or as the next word. */
export function taking(name: string, letters = ""): RuntimeOption {
  return { name, letters, takesValue: true, asks: false };
}

/** Makes an option which the runtime answers instead of running the command. */
export function asking(name: string, letters = ""): RuntimeOption {
  return { name, letters, takesValue: false, asks: true };
}

/** An option as a word of the command line gives it. */
export interface GivenOption {
  option: RuntimeOption;
  /** The value of an option; undefined where that is the next word. */
  value?: string;
  /** True for a flag that was given as false (`--systemd-cgroup=false`). */
  off?: boolean;
}

/** What one word of the command line is, read by itself. */
export type Word =
  | { kind: "argument" }
  /** `--`: only arguments follow. */
  | { kind: "end" }
  /** One option, or more where letters are bundled. Only the last may wait for the next word. */
  | { kind: "options"; given: GivenOption[] }
  /** A word that is not in the tables. `joined`: its value, if it takes one, is part of the word. */
  | { kind: "unknown"; joined: boolean }
  /** A word at which every release of the runtime stops. */
  | { kind: "refused" };

/** A command that reads config.json. */
export interface CommandGrammar {
  options: readonly RuntimeOption[];
  /** The id, and what the runtime lets stand behind it. */
  maxArguments: number;
}

/** The way in which one runtime reads its command line. */
export interface Grammar {
  /** Options in front of the command. */
  globals: readonly RuntimeOption[];
  commands: Readonly<Record<Operation, CommandGrammar>>;
  /** Whether options may follow the id. */
  optionsAfterId: boolean;
  /** Reads a word that stands where an option may stand. */
  readWord(word: string, options: readonly RuntimeOption[]): Word;
  /** Whether releases of this runtime differ in how they read a word there, or as the value of an option. */
  isUncertain(word: string, as: "word" | "value"): boolean;
  /** The file that the value of `--config` names, if it is another than config.json in the bundle. */
  configFile(value: string): string | undefined;
  /** The file that the value of `--log` names, if it names one. */
  logFile(value: string): string | undefined;
}
