/**
 * Reads the command lines with which engines call an OCI runtime: which command, which container, which
 * bundle; and takes our own options out of them.
 *
 * The reading has to be the runtime's own. Where it cannot be (an option that is not in the tables, words
 * that releases of the runtime read in different ways), the call is refused: taken for something else, it
 * would let a container start without its gates.
 */

import type { Operation } from "../core/oci.ts";
import { type Failure, failure } from "../errors.ts";
import { crunGrammar } from "./crun_grammar.ts";
import type { GivenOption, Grammar, RuntimeOption } from "./grammar.ts";
import { runcGrammar } from "./runc_grammar.ts";

/** Whose command line a runtime understands. */
export type RuntimeFlavour = "runc" | "crun";

/** The command line of a call of an OCI runtime, read. */
export interface CommandLine {
  /** create, state, kill and so on, as given; undefined where none was (`--version`). */
  command?: string;
  /**
   * True for a create, run or restore that the runtime will act upon. Everything else passes through: other
   * commands, what only asks (`create --help`), and what the runtime refuses by itself (no id).
   */
  complete: boolean;
  /** The words behind the command `start`, one of which is the id. */
  starts?: string[];
  /** The container's id, if the call is complete. Untrusted text: never part of a path. */
  id?: string;
  /** The bundle as given, so relative to the current folder, which is the bundle where this is undefined. */
  bundle?: string;
  /** What `--config` names, relative to the current folder; undefined is config.json in the bundle. */
  configFile?: string;
  /** The folder that `--root` names, where the runtime keeps what it knows of its containers. */
  root?: string;
  /** The file that `--log` names. */
  log?: string;
  logFormat?: "text" | "json";
  /** What the runtime is to be called with: all words but our own options, unchanged. */
  argv: string[];
  /** Which words of the line as given are our own options, counted from 0, in ascending order. */
  ours: number[];
}

const GRAMMARS: Readonly<Record<RuntimeFlavour, Grammar>> = { runc: runcGrammar, crun: crunGrammar };

/**
 * Whose command line the runtime at `runtimePath` understands, by its base name: crun and its variants
 * (crun-wasm, krun) are crun, everything else is taken for runc.
 *
 * @example
 * ```ts
 * import { flavourOf } from "./command_line.ts";
 * flavourOf("/usr/bin/crun"); // "crun"
 * ```
 */
export function flavourOf(runtimePath: string): RuntimeFlavour {
  const name = runtimePath.slice(runtimePath.lastIndexOf("/") + 1);
  return name.startsWith("crun") || name === "krun" ? "crun" : "runc";
}

/**
 * Reads a command line, without the program's name, as the runtime will read it.
 *
 * Our own options are taken out where options of the runtime may stand: in front of any command, where an
 * engine's runtimeArgs put them, and behind create, run and restore. They stay where they are something
 * else: the value of another option, arguments of the process that `exec` starts.
 *
 * @throws Failure bundle-ambiguous, unknown-option, call-uncertain, usage (our own option without a value)
 * @example
 * ```ts
 * import { readCommandLine } from "./command_line.ts";
 * const call = readCommandLine("runc", ["--hook-spec", "/etc/h.json", "create", "--bundle", "/b", "web"]);
 * call.id; // "web"
 * call.argv; // ["create", "--bundle", "/b", "web"]
 * ```
 */
export function readCommandLine(flavour: RuntimeFlavour, argv: readonly string[]): CommandLine {
  const grammar = GRAMMARS[flavour];
  const line: Line = { argv, flavour, grammar, ours: new Set() };

  const front = readPart(line, newPart(), 0, grammar.globals);
  const commandAt = front.argumentsAt[0];
  const command = commandAt === undefined ? undefined : argv[commandAt]!;
  const operation = command !== undefined && isOperation(command) ? command : undefined;
  if (operation && front.unknownAt !== undefined) throw unknownOption(line, front.unknownAt);
  const behind = operation &&
    readPart(line, newPart(), commandAt! + 1, grammar.commands[operation].options, operation);

  const given = [...front.given, ...behind?.given ?? []];
  const complete = operation !== undefined && !front.refused && !behind!.refused && !asks(given) &&
    behind!.argumentsAt.length >= 1 &&
    behind!.argumentsAt.length <= grammar.commands[operation].maxArguments;

  return {
    command,
    complete,
    ...command === "start" && { starts: argv.slice(commandAt! + 1) },
    ...complete && { id: argv[behind!.argumentsAt[0]!]!, ...bundleOf(grammar, given) },
    ...settings(grammar, given),
    argv: argv.filter((_, at) => !line.ours.has(at)),
    ours: [...line.ours],
  };
}

/**
 * Finds where the engine reads why a call failed, even if the rest of the command line cannot be read: both
 * grammars have these options in front of the command.
 *
 * @param runtime Its path. Where none was found it is read as crun does, whose files are runc's too but for a
 * word in front of a colon, and if that tells nothing as runc does.
 */
export function readEngineLog(
  argv: readonly string[],
  runtime?: string,
): Pick<CommandLine, "log" | "logFormat"> {
  for (const flavour of runtime === undefined ? ["crun", "runc"] as const : [flavourOf(runtime)]) {
    const grammar = GRAMMARS[flavour];
    const front = newPart();
    try {
      readPart({ argv, flavour, grammar, ours: new Set() }, front, 0, grammar.globals);
    } catch {
      // The failure that is being told says why; what stands before that place counts.
    }
    const { log, logFormat } = settings(grammar, front.given);
    if (log !== undefined) return { log, logFormat };
  }
  return {};
}

/** The command line as it is being read. */
interface Line {
  readonly argv: readonly string[];
  readonly flavour: RuntimeFlavour;
  readonly grammar: Grammar;
  /** Indexes of the words that are ours. */
  readonly ours: Set<number>;
}

/** What stands in front of the command, or behind it. */
interface Part {
  given: GivenOption[];
  /** Indexes of the words that are no options. */
  argumentsAt: number[];
  /** Index of a word with an option that is not in the tables, and its value. */
  unknownAt?: number;
  /** True where the runtime stops at one of these words. */
  refused: boolean;
}

function newPart(): Part {
  return { given: [], argumentsAt: [], refused: false };
}

/** Reads from word `from` on into `part`: up to the command, or with `operation` all that stands behind it. */
function readPart(
  line: Line,
  part: Part,
  from: number,
  options: readonly RuntimeOption[],
  operation?: Operation,
): Part {
  const { argv, grammar } = line;
  const endsAtArgument = operation === undefined || !grammar.optionsAfterId;

  let at = from;
  while (at < argv.length) {
    const taken = takeOurs(line, at);
    if (taken > 0) {
      at += taken;
      continue;
    }
    if (grammar.isUncertain(argv[at]!, "word")) throw uncertain(line, at);
    const word = grammar.readWord(argv[at]!, options);
    if (word.kind === "end" || (word.kind === "argument" && endsAtArgument)) {
      for (let rest = word.kind === "end" ? at + 1 : at; rest < argv.length; rest++) {
        part.argumentsAt.push(rest);
      }
      break;
    }
    if (word.kind === "argument") part.argumentsAt.push(at);
    if (word.kind === "refused") part.refused = true;
    if (word.kind === "unknown") {
      // Without its value it may take the next word, so that a later one is the command.
      if (operation || (!word.joined && argv.slice(at + 1).some(isOperation))) throw unknownOption(line, at);
      part.unknownAt = at;
    }
    if (word.kind === "options") at += takeOptions(line, at, part, word.given);
    at++;
  }
  return part;
}

/** Takes over the options of the word at `at`. Returns how many further words they take: 0 or 1. */
function takeOptions(line: Line, at: number, part: Part, given: GivenOption[]): number {
  part.given.push(...given);
  const last = given.at(-1)!;
  if (!last.option.takesValue || last.value !== undefined) return 0;
  const value = line.argv[at + 1];
  if (value === undefined) {
    part.refused = true;
    // runc up to 1.5 moves the option in front of these, so that the first becomes its value, another the id.
    if (line.grammar.optionsAfterId && part.argumentsAt.length > 0) throw uncertain(line, at);
    return 0;
  }
  if (line.grammar.isUncertain(value, "value")) throw uncertain(line, at + 1);
  last.value = value;
  return 1;
}

/** Takes our own option out, if there is one at `at`. Returns how many words it is: 0, 1 or 2. */
function takeOurs(line: Line, at: number): number {
  const [, name, joined] = /^--?(hook-spec|add-hook)(=.*)?$/s.exec(line.argv[at]!) ?? [];
  if (name === undefined) return 0;
  const words = joined === undefined ? 2 : 1;
  if (at + words > line.argv.length) throw failure("usage", { why: `the option --${name} needs a value` });
  for (let word = at; word < at + words; word++) line.ours.add(word);
  return words;
}

/** Whatever it is, it may name another bundle or configuration than the one that we look at. */
function unknownOption({ argv, flavour }: Line, at: number): Failure {
  return failure("unknown-option", { option: argv[at]!, runtime: flavour });
}

function isOperation(word: string): word is Operation {
  return word === "create" || word === "run" || word === "restore";
}

function uncertain(line: Line, at: number): Failure {
  return failure("call-uncertain", { word: line.argv[at]!, runtime: line.flavour });
}

/** Whether help or the version is asked for: of one option that is given twice the last counts. */
function asks(given: readonly GivenOption[]): boolean {
  const asking = given.filter(({ option }) => option.asks);
  return asking.some(({ option }) => !asking.findLast((other) => other.option === option)!.off);
}

function bundleOf(
  grammar: Grammar,
  given: readonly GivenOption[],
): Pick<CommandLine, "bundle" | "configFile"> {
  const [bundle, ...others] = valuesOf(given, "bundle");
  const other = others.find((value) => value !== bundle);
  if (other !== undefined) throw failure("bundle-ambiguous", { first: bundle!, second: other });
  const [configFile, ...otherFiles] = valuesOf(given, "config");
  if (otherFiles.some((value) => value !== configFile)) {
    throw failure("usage", { why: "the command line names two configuration files" });
  }
  // runc takes an empty folder for none; crun refuses it.
  return {
    bundle: bundle || undefined,
    configFile: configFile === undefined ? undefined : grammar.configFile(configFile),
  };
}

function settings(
  grammar: Grammar,
  given: readonly GivenOption[],
): Pick<CommandLine, "root" | "log" | "logFormat"> {
  const log = valuesOf(given, "log").at(-1);
  const format = valuesOf(given, "log-format").at(-1);
  return {
    root: valuesOf(given, "root").at(-1),
    log: log === undefined ? undefined : grammar.logFile(log),
    logFormat: format === "text" || format === "json" ? format : undefined,
  };
}

function valuesOf(given: readonly GivenOption[], name: string): string[] {
  return given.flatMap(({ option, value }) => option.name === name && value !== undefined ? [value] : []);
}
