/** What can be asked of an engine on this host, and told to it, beyond the text of its configuration. */
import type { EngineConfiguration } from "./engine_configuration.ts";
import type { Host } from "../../host/host.ts";
import type { RecordedContainers } from "./containers.ts";

/** A process of an engine's. */
export interface Daemon {
  pid: number;
  /** Its own words, the program's name left out. */
  args: string[];
  /** The configuration file that it was told to read, or its default. */
  file: string;
  /** Milliseconds since 1970. */
  started: number;
}

/** An engine as it was found on this host. */
export interface Site {
  control: EngineControl;
  /** The configuration file that this is about. */
  file: string;
  /** Absolute path of its program, which root alone can have written; absent where there is none. */
  program?: string;
  /** "1.7.24"; absent where it did not say. */
  version?: string;
  /** The process that reads `file`. */
  daemon?: Daemon;
  /** Processes of the same engine that read another file. */
  others: Daemon[];
}

/** A file as it is to become, at a place where the engine does not read it by itself. */
export interface StagedFile {
  /** The name by which the engine's configuration knows it. */
  file: string;
  /** The path of the new text; undefined where the file is to be removed. */
  staged: string | undefined;
}

/** Whether the engine itself, as it runs, has our runtime. */
export interface RunningState {
  /** Undefined where it could not be found out. */
  loaded: boolean | undefined;
  /** Whether containers that ask for no runtime get it; undefined where it could not be found out. */
  isDefault: boolean | undefined;
  /** How it was found out, or why it was not: half a sentence. */
  how: string;
}

/** What an engine is to have. */
export interface WantedState {
  name: string;
  loaded: boolean;
  /** True where it is to be the default; otherwise it does not matter. */
  isDefault: boolean;
  /** True where it must not be the default any more. */
  isNotDefault?: true;
}

/** Ways to have a running engine read its files again. */
export type Restart = "signal" | "systemd" | "none";

/** One engine's programs: how it checks a configuration, loads it, and says what it has loaded. */
export interface EngineControl {
  readonly configuration: EngineConfiguration;
  /** Name of the program that says its version. */
  readonly program: string;
  /** Options that name the configuration file; none where no process of the engine's goes on running. */
  readonly fileOptions: readonly string[];
  /** The ways of loading that work, the one that is taken unless told otherwise first. */
  readonly restarts: readonly Restart[];
  /** The unit that systemd starts it by; none where no process of the engine's goes on running. */
  readonly unit?: string;
  /** What its configuration of runtimes is about. */
  readonly serves: "containers" | "pods";
  /** Ways to start something that do not look at the configured runtime. */
  readonly waysAround: {
    /** Names of runtimes that nobody can give another program. */
    runtimes: readonly string[];
    /** Others, each in a few words. */
    others: readonly string[];
  };
  /** The whole configuration as the engine reads it, where it can say that. */
  effective?(host: Host, site: Site): Promise<string | undefined>;
  /**
   * Has the engine's own program judge files before they take their places; does nothing where this version
   * cannot.
   *
   * @param wanted What is about our runtime may differ.
   * @throws {Failure} engine-refuses; engine-broken where it does not take what it has now either
   */
  check(host: Host, site: Site, files: readonly StagedFile[], wanted: WantedState): Promise<void>;
  /**
   * Has the engine's own program read files in their places, where only there it can be seen whether ours counts:
   * which of several files does is the engine's to say.
   *
   * @throws {Failure} engine-refuses
   */
  confirm?(host: Host, site: Site, wanted: WantedState): Promise<void>;
  /**
   * What the file has to say while a signal makes the engine let go of our runtime, where that is more than what
   * it says for good.
   */
  textToLetGo?(text: string | undefined, file: string): string;
  /** Asks the engine as it runs. */
  ask(host: Host, site: Site, name: string): Promise<RunningState>;
  /**
   * Containers or pods, running or stopped, that the engine has on record with the runtime `name`: once the name is
   * gone, it can neither start them again nor, some engines, stop and remove them.
   */
  containersBy(host: Host, site: Site, name: string): Promise<RecordedContainers>;
}

/** "docker 20.10.24"; with its file where that is not the usual one: "docker 20.10.24 (/srv/daemon.json)". */
export function titleOf({ control: { configuration }, version, file }: Site): string {
  const place = file === configuration.defaultFile ? undefined : `(${file})`;
  return [configuration.engine, version, place].filter((word) => word !== undefined).join(" ");
}
