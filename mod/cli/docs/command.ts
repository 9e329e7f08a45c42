/** What `container-hooks docs` is called and takes. */
import { buildCommand } from "@stricli/core";
import { json } from "../kit/flags.ts";

/** The documentation. */
export const docs = buildCommand({
  docs: {
    brief: "Print the documentation, which the program carries: a topic, or the list of them",
    fullDescription: "On a terminal it is laid out for its width; elsewhere it is the Markdown that it is " +
      "written in. `container-hooks install` puts the files into share/doc/container-hooks.",
  },
  parameters: {
    flags: {
      json,
      quiet: { kind: "boolean", brief: "Print the names of topics alone", default: false },
    },
    aliases: { q: "quiet" },
    positional: {
      kind: "tuple",
      parameters: [{
        brief: "What it is about, such as engines",
        parse: String,
        placeholder: "TOPIC",
        optional: true,
      }],
    },
  },
  loader: async () => (await import("./docs.ts")).docs,
});
