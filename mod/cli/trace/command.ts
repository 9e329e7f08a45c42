/** What `container-hooks trace` is called and takes. */
import { buildCommand } from "@stricli/core";
import { json } from "../kit/flags.ts";
import { parseFile } from "../kit/parse_file.ts";

/** Tells when what happened to a container. */
export const trace = buildCommand({
  docs: {
    brief: "The timeline of a container: each step of planning, each handler, its start and end",
    fullDescription:
      "CONTAINER is an id, the beginning of one, a name of docker's or podman's, or of Kubernetes' " +
      "NAMESPACE/POD/CONTAINER. Times count from the moment in which the create came to the program.",
  },
  parameters: {
    flags: {
      json,
      html: {
        kind: "parsed",
        parse: parseFile,
        brief: "Write a page for a browser, which needs nothing else",
        placeholder: "FILE",
        optional: true,
      },
    },
    positional: {
      kind: "tuple",
      parameters: [{ brief: "Id, the beginning of one, or a name", parse: String, placeholder: "CONTAINER" }],
    },
  },
  loader: async () => (await import("./trace.ts")).trace,
});
