/** What a test gives a plugin beside the container, and the plugin itself, checked as where it is put in place. */
import { checkManifest, type OptionDescriptor, optionProblem } from "../../core/manifest.ts";
import { failure } from "../../errors.ts";
import type { Json, OptionValues, Plugin } from "../plugin.ts";

/** A program that a plugin runs, as a test hands it in. */
export interface ProgramCall {
  readonly path: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

/** How a program ended; what is left out is 0 or "". */
export interface ProgramOutcome {
  status?: number;
  stdout?: string;
  stderr?: string;
}

/** What a program of a test does: a text is what it prints. */
export type StandInProgram =
  | string
  | ((call: ProgramCall) => ProgramOutcome | string | void | Promise<ProgramOutcome | string | void>);

/** Surroundings that a test gives the plugin beside the container. */
export interface Settings<O extends Record<string, OptionDescriptor> = Record<string, OptionDescriptor>> {
  /** Options that take the place of the plugin's defaults: checked as those of config.toml. */
  options?: Partial<OptionValues<O>>;
  /** Files by path, as texts or bytes; a folder has those whose paths are below it. */
  files?: Record<string, string | Uint8Array>;
  /** Programs by path, which the plugin's `needs` must name. It may be asked several times, and runs them each time. */
  programs?: Record<string, StandInProgram>;
  /** Sockets of the host by path, as its lstat finds them. */
  sockets?: Record<string, { mode?: number; uid?: number; gid?: number }>;
  /** Values that the plugin's handlers have stored, by name. */
  stored?: Record<string, Json>;
  /** What is in the plugin's cache, by name; what it caches is put in here. Default: nothing. */
  cached?: Record<string, Json>;
  /** Targets of symbolic links by path, for the host's readLink. */
  links?: Record<string, string>;
  /** Values that the plugin's handlers have kept, by name. */
  kept?: Record<string, Json>;
  /** Devices of the host by path, for what {@linkcode rehearse} makes of config.json. */
  devices?: Record<string, { type: "c" | "b"; major: number; minor: number }>;
  /** Features that the OCI runtime supports. Default: none. */
  features?: Record<string, unknown>;
}

/** Checks the plugin's manifest, as where it is put in place. @throws {Failure} manifest or when, naming the field */
export function checkPlugin({ plan: _, on: __, ...manifest }: Plugin): void {
  checkManifest(JSON.parse(JSON.stringify(manifest)), `plugin ${JSON.stringify(manifest.name)}`);
}

/** The values of a plugin's options. @throws {Failure} where config.toml would be refused with what the test sets */
export function optionsOf<O extends Record<string, OptionDescriptor>>(
  { name, options: descriptors = {} as O }: Plugin<O>,
  given: Partial<OptionValues<O>> = {},
): OptionValues<O> {
  for (const [option, value] of Object.entries(given)) {
    const descriptor = Object.hasOwn(descriptors, option) ? descriptors[option] : undefined;
    if (!descriptor) {
      throw wrongOption(name, option, "which the plugin does not have", Object.keys(descriptors));
    }
    const why = value === undefined ? undefined : optionProblem(descriptor, value);
    if (why !== undefined) throw wrongOption(name, option, `which ${why}`, []);
  }
  const values = Object.entries(descriptors).map(([option, descriptor]) => [
    option,
    (given as Record<string, unknown>)[option] ?? descriptor.default,
  ]);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

function wrongOption(plugin: string, option: string, why: string, known: readonly string[]) {
  const remedy = known.length > 0 ? `its options are ${known.join(", ")}` : "correct it in the test";
  return failure("problem", {
    what: `the test sets option ${option} of plugin ${plugin}, ${why}: config.toml would be refused`,
    remedy,
  });
}
