/**
 * An engine's own configuration: what it says of OCI runtimes, and which text puts ours into it or takes it out.
 *
 * Text in, text out: nothing here reads or writes a file. Only the lines that must change change, and doing it
 * twice changes nothing.
 */
import type { EngineName } from "../../core/engines.ts";
import type { Failure } from "../../errors.ts";

/** Our runtime, as it is to stand in an engine's configuration. */
export interface RuntimeEntry {
  /** What the engine's users call it: "container-hooks". */
  name: string;
  /** Absolute path of the launcher. */
  path: string;
  /** The launcher that it was configured with before, where that is on record: it is ours whatever its name. */
  earlier?: string;
  /** Absolute path of the OCI runtime that it calls, where that is known. */
  behind?: string;
  /** Whether containers that ask for no runtime get it. */
  setAsDefault: boolean;
  /**
   * Keys of annotations that plugins ask for, beside our own, as patterns of Go's path.Match: what a pod's owner
   * writes under them reaches the runtime. containerd alone has to be told.
   */
  annotations?: readonly string[];
}

/** What can be known of an engine before its files are changed. */
export interface EngineFacts {
  /** Text of a configuration file; undefined where there is none. */
  text(file: string): string | undefined;
  /**
   * Names of the files in a folder, empty where there is none: an engine may read more files than one, and a list
   * in a later one takes the place of an earlier one's. Without it only files that are named are looked at.
   */
  names?(folder: string): string[];
  /** The engine's version, "1.7.24"; absent where it could not be asked. */
  version?: string;
  /** The whole configuration as the engine itself prints it (`containerd config dump`), where it can. */
  effective?: string;
}

/** One file before and after; undefined: it is not there. */
export interface FileChange {
  file: string;
  before: string | undefined;
  after: string | undefined;
}

/** A runtime that a configuration names. */
export interface ConfiguredRuntime {
  name: string;
  /** Absent where the engine fills it in. */
  path?: string;
  /** The file in which it stands. */
  file: string;
  line: number;
}

/** What configuration files say of runtimes. */
export interface ConfiguredRuntimes {
  runtimes: ConfiguredRuntime[];
  /** Name of the default runtime, where one is set. */
  default?: string;
}

/** Reads and edits the configuration of one engine. */
export interface EngineConfiguration {
  readonly engine: EngineName;
  /** The file that is edited, or beside whose place the drop-in goes, unless another is named. */
  readonly defaultFile: string;
  /** The runtimes of which the engine takes the first that is there while no file names a default; runc if absent. */
  readonly ownDefaults?: readonly string[];
  /** @throws {Failure} where the text is not what the engine accepts, naming file, line and what to do */
  read(facts: EngineFacts, file: string): ConfiguredRuntimes;
  /**
   * Why no container would start by a runtime of this configuration, where that is so; configuring ends with it.
   *
   * @throws {Failure} likewise
   */
  unused?(facts: EngineFacts, file: string): Failure | undefined;
  /** The changes that put `entry` in; empty where nothing has to change. @throws {Failure} likewise */
  configure(facts: EngineFacts, file: string, entry: RuntimeEntry): FileChange[];
  /**
   * The changes that take out what is ours and nothing else.
   *
   * @param previousDefault The default that our entry replaced, if it did and one was set.
   * @throws {Failure} likewise
   */
  unconfigure(
    facts: EngineFacts,
    file: string,
    entry: Pick<RuntimeEntry, "name" | "path">,
    previousDefault?: string,
  ): FileChange[];
}
