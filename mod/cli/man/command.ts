/** What `container-hooks man` is called and takes. */
import { buildCommand } from "@stricli/core";
import { json } from "../kit/flags.ts";

/** The manual pages. */
export const man = buildCommand({
  docs: {
    brief: "Print a manual page, for `man -l -`",
    fullDescription:
      "PAGE is the name of a command, such as explain, or of a page, such as container-hooks.toml. " +
      "Without it, the page of the program itself.",
  },
  parameters: {
    flags: { json, quiet: { kind: "boolean", brief: "Print the names of all pages alone", default: false } },
    aliases: { q: "quiet" },
    positional: {
      kind: "tuple",
      parameters: [{
        brief: "A command, or a page's name",
        parse: String,
        placeholder: "PAGE",
        optional: true,
      }],
    },
  },
  loader: async () => (await import("./man.ts")).man,
});
