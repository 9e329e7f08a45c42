/**
 * The command line of crun (1.0 to 1.29), read by glibc's argp.
 *
 * Long options have two dashes and may be cut short as long as they stay unambiguous; letters may be bundled,
 * with the value of the last one behind them (`-dbFOLDER`). The first argument ends the options.
 */

import {
  asking,
  flag,
  type GivenOption,
  type Grammar,
  type RuntimeOption,
  taking,
  type Word,
} from "./grammar.ts";

/** What argp adds to every table; hidden, yet they take part in what is unambiguous. */
const everywhere = [asking("help", "?"), asking("usage"), taking("program-name"), flag("HANG")];

const globals = [
  ...everywhere,
  flag("debug"),
  taking("cgroup-manager"),
  flag("systemd-cgroup"),
  taking("log"),
  taking("log-format"),
  taking("log-level"),
  taking("root"),
  taking("rootless"),
  asking("version", "vV"),
];

const create = [
  ...everywhere,
  taking("bundle", "b"),
  taking("config", "f"),
  taking("console-socket"),
  taking("preserve-fds"),
  flag("no-pivot"),
  taking("pid-file"),
  flag("no-subreaper"),
  flag("no-new-keyring"),
];

const run = [
  ...create,
  flag("detach", "d"),
  flag("keep"),
];

const restore = [
  ...everywhere,
  taking("bundle", "b"),
  taking("image-path"),
  taking("work-path"),
  flag("tcp-established"),
  flag("tcp-close"),
  flag("ext-unix-sk"),
  flag("shell-job"),
  flag("detach", "d"),
  taking("pid-file"),
  taking("console-socket"),
  flag("file-locks"),
  taking("manage-cgroups-mode"),
  taking("network-lock"),
  taking("lsm-profile"),
  taking("lsm-mount-context"),
];

/** The grammar by which crun reads its command line. */
export const crunGrammar: Grammar = {
  globals,
  commands: {
    create: { options: create, maxArguments: 1 },
    run: { options: run, maxArguments: 1 },
    restore: { options: restore, maxArguments: 2 },
  },
  optionsAfterId: false,
  readWord(word, options) {
    if (word === "--") return { kind: "end" };
    if (word.startsWith("--")) return readLong(word, options);
    return word.startsWith("-") && word !== "-" ? readLetters(word, options) : { kind: "argument" };
  },
  isUncertain: () => false,
  // Exactly this name is the file in the bundle; any other is relative to the current folder.
  configFile: (value) => value === "config.json" ? undefined : value,
  // crun logs to a file unless another kind stands in front: file:PATH, journald:NAME, syslog:NAME.
  logFile: (value) => value.includes(":") ? /^file:(.+)$/s.exec(value)?.[1] : value || undefined,
};

function readLong(word: string, options: readonly RuntimeOption[]): Word {
  const [, name, value] = /^--([^=]*)(?:=(.*))?$/s.exec(word)!;
  const matching = options.filter((option) => option.name.startsWith(name!));
  const exact = matching.find((option) => option.name === name);
  // Ambiguous here may be plain for a release with fewer options, so it counts as unknown however it is written.
  if (!exact && matching.length > 1) return { kind: "unknown", joined: false };
  const option = exact ?? matching[0];
  if (!option) return { kind: "unknown", joined: value !== undefined };
  return value !== undefined && !option.takesValue
    ? { kind: "refused" }
    : { kind: "options", given: [{ option, value }] };
}

function readLetters(word: string, options: readonly RuntimeOption[]): Word {
  const given: GivenOption[] = [];
  for (let at = 1; at < word.length; at++) {
    const option = options.find(({ letters }) => letters.includes(word[at]!));
    if (!option) return { kind: "unknown", joined: false };
    if (option.takesValue) {
      given.push({ option, value: word.slice(at + 1) || undefined });
      break;
    }
    given.push({ option });
  }
  return { kind: "options", given };
}
