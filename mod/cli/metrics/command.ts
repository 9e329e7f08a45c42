/** What `container-hooks metrics` is called and takes. */
import { buildCommand } from "@stricli/core";
import { failure } from "../../errors.ts";
import { json } from "../kit/flags.ts";
import { parseFile } from "../kit/parse_file.ts";

/** node_exporter passes over files with another ending, in silence. */
function parseTextfile(text: string): string {
  if (parseFile(text).endsWith(".prom")) return text;
  throw failure("usage", {
    why: `${JSON.stringify(text)} does not end in .prom, and node_exporter reads no other files`,
  });
}

/** Counts what has happened. */
export const metrics = buildCommand({
  docs: {
    brief: "Print counts since the host started, as Prometheus reads them",
    fullDescription:
      "Counts what is on record, so that a create pays nothing for it. With --output, writes the file " +
      "for node_exporter's textfile collector as a whole; a timer of the host calls it.",
  },
  parameters: {
    flags: {
      json,
      output: {
        kind: "parsed",
        parse: parseTextfile,
        brief: "Write them to a file that ends in .prom",
        placeholder: "FILE",
        optional: true,
      },
    },
  },
  loader: async () => (await import("./metrics.ts")).metrics,
});
