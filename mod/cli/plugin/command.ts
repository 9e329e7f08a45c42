/** What `container-hooks plugin` is called and takes. */
import { buildCommand, buildRouteMap } from "@stricli/core";
import { json } from "../kit/flags.ts";

const path = { brief: "A plugin's file or folder", parse: String, placeholder: "PATH" } as const;

const ofPath = { kind: "tuple", parameters: [path] } as const;

const word = (placeholder: string, brief: string) =>
  ({ kind: "parsed", parse: String, brief, placeholder, optional: true }) as const;

const dryRun = {
  kind: "boolean",
  brief: "Say what would change, and change nothing",
  default: false,
} as const;

const ofName = {
  kind: "tuple",
  parameters: [{ brief: "A plugin's name", parse: String, placeholder: "PLUGIN" }],
} as const;

/** The examples that the program carries: folders of examples/. */
export const EXAMPLES = [
  "audit-socket",
  "ca-bundle",
  "image-limits",
  "log-shipping",
  "new-plugin",
  "privileged-list",
] as const;

/** Everything about plugins: writing them, trying them, and putting them in place. */
export const plugin = buildRouteMap({
  docs: { brief: "Write, test, try and put in place plugins" },
  routes: {
    new: buildCommand({
      docs: {
        brief: "Make a folder with a plugin, its test, a fixture, and types for editors",
        fullDescription:
          "Editors, `deno check` and `deno test` work in it without a network. The examples are " +
          `${EXAMPLES.slice(0, -1).join(", ")} and ${EXAMPLES.at(-1)}.`,
      },
      parameters: {
        flags: {
          json,
          like: {
            kind: "parsed",
            parse: String,
            brief: "Begin with an example that the program carries",
            placeholder: "EXAMPLE",
            default: "new-plugin",
          },
        },
        positional: {
          kind: "tuple",
          parameters: [{ brief: "The plugin's name, and the folder's", parse: String, placeholder: "NAME" }],
        },
      },
      loader: async () => (await import("./new.ts")).make,
    }),
    types: buildCommand({
      docs: {
        brief: "Print the types of container-hooks/plugin and container-hooks/testing",
        fullDescription: "With FOLDER, write them there as `plugin new` does, in place of older ones.",
      },
      parameters: {
        flags: { json },
        positional: {
          kind: "tuple",
          parameters: [{
            brief: "A plugin's folder types",
            parse: String,
            placeholder: "FOLDER",
            optional: true,
          }],
        },
      },
      loader: async () => (await import("./types.ts")).types,
    }),
    check: buildCommand({
      docs: {
        brief: "Whether a plugin loads, and what its manifest, imports, programs and types say",
        fullDescription: "The portable form checks types, too; the compiled one says that it cannot.",
      },
      parameters: { flags: { json }, positional: ofPath },
      loader: async () => (await import("./check.ts")).check,
    }),
    test: buildCommand({
      docs: {
        brief: "Run a plugin's tests: NAME_test.ts beside it, or all *_test.ts of its folder",
        fullDescription:
          "They run without permissions, each for up to 10 seconds. `deno test` runs them as well.",
      },
      parameters: { flags: { json }, positional: ofPath },
      loader: async () => (await import("./test.ts")).test,
    }),
    try: buildCommand({
      docs: {
        brief: "What a plugin would do for a container that runs, or for a bundle; nothing is done",
        fullDescription:
          "PLUGIN is the name of one that is in place, or a path. It reads of the host what its " +
          "needs name, with the options of config.toml. Ends with 1 where the container would not start.",
      },
      parameters: {
        flags: {
          json,
          values: { kind: "boolean", brief: "Show the values of variables", default: false },
          run: {
            kind: "boolean",
            brief: "Let it run the programs of its needs",
            default: false,
          },
          container: word("CONTAINER", "Id, the beginning of one, or a name of a container that runs"),
          bundle: word("DIR", "A bundle's folder"),
          config: word("FILE", "A config.json, with the folder that it lies in for its bundle"),
        },
        positional: {
          kind: "tuple",
          parameters: [{ brief: "A plugin's name, file or folder", parse: String, placeholder: "PLUGIN" }],
        },
      },
      loader: async () => (await import("./try.ts")).tryOut,
    }),
    ls: buildCommand({
      docs: { brief: "The plugins of this host: mode, which containers, options, what each may do" },
      parameters: {
        flags: { json, quiet: { kind: "boolean", brief: "Print names alone", default: false } },
        aliases: { q: "quiet" },
      },
      loader: async () => (await import("./ls.ts")).ls,
    }),
    show: buildCommand({
      docs: { brief: "All about one plugin: its file, its options and policy, and where each is set" },
      parameters: { flags: { json }, positional: ofName },
      loader: async () => (await import("./show.ts")).show,
    }),
    add: buildCommand({
      docs: {
        brief: "Check a plugin and put it in place, in one step; containers from then on have it",
        fullDescription: "It is copied into the first folder of plugin-dirs, as root's own. A plugin that " +
          "`plugin check` finds fault with, or that would stop containers that do nothing special, is refused. " +
          "Where anything fails, all is as it was.",
      },
      parameters: {
        flags: {
          json,
          dryRun,
          audit: {
            kind: "boolean",
            brief: "Only record what it would do, until `plugin enable`",
            default: false,
          },
          replace: {
            kind: "boolean",
            brief: "Take the place of the plugin of that name",
            default: false,
          },
        },
        positional: ofPath,
      },
      loader: async () => (await import("./add.ts")).add,
    }),
    remove: buildCommand({
      docs: {
        brief: "Take a plugin away, with what config.toml says of it",
        fullDescription: "Containers that run keep what they have, their handlers too.",
      },
      parameters: { flags: { json, dryRun }, positional: ofName },
      loader: async () => (await import("./remove.ts")).remove,
    }),
    enable: buildCommand({
      docs: { brief: "Have a plugin asked, and done what it says" },
      parameters: { flags: { json, dryRun }, positional: ofName },
      loader: async () => (await import("./switch.ts")).enable,
    }),
    disable: buildCommand({
      docs: { brief: "Have a plugin not even read" },
      parameters: { flags: { json, dryRun }, positional: ofName },
      loader: async () => (await import("./switch.ts")).disable,
    }),
  },
});
