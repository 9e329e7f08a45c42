/**
 * Makes dist/container-hooks, the one file that a user copies.
 *
 *     deno task build [--form auto|compiled|portable] [--deno VERSION|PATH] [--output FILE]
 *
 * @module
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { DOORS } from "../mod/entry_points.ts";
import { BuildFailure } from "./build/failure.ts";
import { make, type Request } from "./build/make.ts";
import { shown } from "./build/shown.ts";

const USAGE = "deno task build [--form auto|compiled|portable] [--deno VERSION|PATH] [--output FILE]";

const PROJECT = resolve(import.meta.dirname ?? ".", "..");

function parseRequest(args: string[]): Request {
  const { values } = parseArgs({
    args,
    options: {
      form: { type: "string", default: "auto" },
      deno: { type: "string" },
      output: { type: "string", default: resolve(PROJECT, "dist/container-hooks") },
    },
  });
  const { form } = values;
  if (form !== "auto" && form !== "compiled" && form !== "portable") {
    throw new TypeError(`--form takes auto, compiled or portable, not ${form}`);
  }
  return {
    project: PROJECT,
    entries: {
      main: resolve(PROJECT, "main.ts"),
      isolate: resolve(PROJECT, "isolate.ts"),
      doors: Object.fromEntries(DOORS.map((door) => [door, resolve(PROJECT, `doors/${door}.ts`)])),
      embedded: {
        library: {
          plugin: resolve(PROJECT, "mod/api/plugin.ts"),
          testing: resolve(PROJECT, "mod/api/testing.ts"),
        },
        examples: resolve(PROJECT, "examples"),
        project: PROJECT,
      },
    },
    form,
    output: resolve(values.output),
    deno: values.deno,
    notice: (sentence) => console.error(`build: ${sentence}`),
  };
}

async function build(args: string[]): Promise<number> {
  let request: Request;
  try {
    request = parseRequest(args);
  } catch (error) {
    console.error(`build: ${(error as Error).message}; use ${USAGE}`);
    return 2;
  }
  try {
    const made = await make(request);
    console.log(`${shown(request.output)}
  form    ${made.form}
  deno    ${made.deno}
  size    ${made.size} bytes (${(made.size / 1e6).toFixed(1)} MB)
  sha256  ${made.sha256}`);
    return 0;
  } catch (error) {
    if (!(error instanceof BuildFailure)) throw error;
    console.error(`build: ${error.message}`);
    return 1;
  }
}

if (import.meta.main) Deno.exit(await build(Deno.args));
