/**
 * The command line of runc (1.0 to 1.5 with urfave/cli v1, later releases with v3), and of runtimes that
 * follow it.
 *
 * Options have one dash or two, for long and short names alike; they may follow the id. urfave/cli v1 moves
 * them in front of the arguments before it reads them, in two different ways; v3 reads in order. What a word
 * means is the same in all of them but for the words that {@linkcode runcGrammar.isUncertain} names: those
 * are refused, for a wrong guess would let a container start without its gates. Global options behind the
 * command are not in the tables for the same reason: only v3 takes them, and v1 can take them for an id.
 */

import { asking, flag, type Grammar, type RuntimeOption, taking, type Word } from "./grammar.ts";

const globals = [
  flag("debug"),
  taking("log"),
  taking("log-format"),
  taking("root"),
  taking("criu"),
  flag("systemd-cgroup"),
  taking("rootless"),
  asking("help", "h"),
  asking("version", "v"),
];

/** `--config` came after 1.5, which stops at it. */
const everyCommand = [asking("help", "h"), taking("bundle", "b"), taking("config")];

/** `run` takes these too; `restore` has a list of its own. */
const create = [
  ...everyCommand,
  taking("console-socket"),
  taking("pidfd-socket"),
  taking("pid-file"),
  flag("no-pivot"),
  flag("no-new-keyring"),
  taking("preserve-fds"),
];

const run = [
  ...create,
  flag("detach", "d"),
  flag("keep"),
  flag("no-subreaper"),
];

const restore = [
  ...everyCommand,
  taking("console-socket"),
  taking("image-path"),
  taking("work-path"),
  flag("tcp-established"),
  flag("ext-unix-sk"),
  flag("shell-job"),
  flag("file-locks"),
  taking("manage-cgroups-mode"),
  flag("detach", "d"),
  taking("pid-file"),
  flag("no-subreaper"),
  flag("no-pivot"),
  taking("empty-ns"),
  flag("auto-dedup"),
  flag("lazy-pages"),
  taking("lsm-profile"),
  taking("lsm-mount-context"),
];

/** What Go's strconv.ParseBool takes; the empty text is true for urfave/cli v3 and refused by v1. */
const TRUE = new Set(["", "1", "t", "T", "true", "TRUE", "True"]);
const FALSE = new Set(["0", "f", "F", "false", "FALSE", "False"]);

/** The grammar by which runc reads its command line. */
export const runcGrammar: Grammar = {
  globals,
  commands: {
    create: { options: create, maxArguments: 1 },
    run: { options: run, maxArguments: 1 },
    restore: { options: restore, maxArguments: 1 },
  },
  optionsAfterId: true,
  readWord,
  isUncertain(word, as) {
    if (word === "-") return true; // v1 before 1.22.2 gives it away as a value, v3 drops what follows it
    if (as === "value") return word === "--"; // a value, or the end of the options
    return /^[\s\u0085]|[\s\u0085]$/.test(word); // v3 trims a word before it looks for dashes
  },
  configFile: (value) => value || undefined,
  logFile: (value) => value || undefined,
};

function readWord(word: string, options: readonly RuntimeOption[]): Word {
  if (word === "--") return { kind: "end" };
  if (!word.startsWith("-")) return { kind: "argument" };
  const [, name, value] = /^--?([^=]*)(?:=(.*))?$/s.exec(word)!;
  const option = options.find((option) =>
    option.name === name || (name!.length === 1 && option.letters.includes(name!))
  );
  if (!option) return { kind: "unknown", joined: value !== undefined };
  if (option.takesValue) return { kind: "options", given: [{ option, value }] };
  if (value === undefined || TRUE.has(value)) return { kind: "options", given: [{ option }] };
  return FALSE.has(value) ? { kind: "options", given: [{ option, off: true }] } : { kind: "refused" };
}
