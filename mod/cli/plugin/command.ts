/** What `container-hooks plugin` is called and takes. */
import { buildCommand, buildRouteMap } from "@stricli/core";
import { json } from "../kit/flags.ts";

const path = { brief: "A plugin's file or folder", parse: String, placeholder: "PATH" } as const;

const ofPath = { kind: "tuple", parameters: [path] } as const;

/** Everything about plugins: writing them, trying them, and putting them in place. */
export const plugin = buildRouteMap({
  docs: { brief: "Write, test, try and put in place plugins" },
  routes: {
    new: buildCommand({
      docs: {
        brief: "Make a folder with a plugin, its test, a fixture, and types for editors",
        fullDescription: "Editors, `deno check` and `deno test` work in it without a network.",
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
  },
});
