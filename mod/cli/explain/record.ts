/** `container-hooks explain --record FILE`: a container of this host as data for tests of plugins. */
import { failure } from "../../errors.ts";
import { readConfig } from "../../config/config.ts";
import { nameOf } from "../../core/path.ts";
import type { Spec } from "../../core/oci.ts";
import { widenFields } from "../../core/wide_fields.ts";
import { identify } from "../../engines/identify.ts";
import type { Container } from "../../api/plugin.ts";
import type { Host } from "../../host/host.ts";
import { systemReason } from "../../host/system_reason.ts";
import { readConfigFile } from "../../plan/config_file.ts";
import { makeContainer } from "../../plan/container.ts";
import { findRuntime } from "../../wrapper/find_runtime.ts";
import { printJson } from "../kit/output.ts";
import { type BundleFlags, findBundle } from "../plugin/find_bundle.ts";
import { absolutePath } from "../plugin/subject.ts";
import type { ProgramContext } from "../program_context.ts";
import { sourceOf } from "./source_of.ts";

/** Which container, and where it is written to. */
export interface RecordFlags extends BundleFlags {
  record: string;
  json: boolean;
}

/** Permission bits: what it holds is nobody else's until its author says so. */
const MODE = 0o600;

/** Variables whose values are no secrets, and which plugins look at. */
const PLAIN_VARIABLES = ["PATH", "HOME", "TERM"];

/** Records it. */
export async function record({ host, program }: ProgramContext, flags: RecordFlags): Promise<void> {
  const path = absolutePath(host, flags.record);
  if (!path.endsWith(".ts")) {
    const why = `--record writes TypeScript, which a test imports, and ${path} does not end in .ts`;
    throw failure("usage", { why });
  }
  if (host.lstat(path)) throw failure("path-taken", { path });
  const { id, bundle, configFile } = await findBundle(
    host,
    flags,
    "--record takes one of CONTAINER, --bundle and --config",
  );
  const { spec } = await readConfigFile(host, configFile);
  const first = identify(host, { id, bundle, spec });
  const identity = await first.lookUp?.() ?? first;
  const runtime = await runtimeHere(host, program.file);
  const call = { id, bundle, operation: "create", runtime } as const;
  const fields = fieldsOf(makeContainer(spec, call, identity), spec);
  writeNew(host, path, textOf(fields));
  if (flags.json) return printJson(host, { path, id, engine: fields.engine });
  host.stdout(`${path} is container ${id.slice(0, 12)} of engine ${fields.engine} for tests of plugins

  import { container } from "./${nameOf(path)}";

Values of variables are not in it. Look through it before others do: arguments, labels, annotations and
paths are as they were.
`);
}

/** The runtime that a create here would have: what an engine has called is on no record of its own. */
async function runtimeHere(host: Host, self: string): Promise<string> {
  const { runtimes } = await readConfig(host);
  try {
    return nameOf(findRuntime(host, runtimes, self));
  } catch {
    return nameOf(runtimes[0] ?? "runc");
  }
}

/** What a test's container is made of: config.json, and what the engine's records say. */
function fieldsOf(container: Container, spec: Spec) {
  const { id, names, role, image, labels, userLabels, engine, facts, runtime, operation, bundle } = container;
  const told = Object.entries(facts).filter(([, { state, by }]) => state !== "known" || by !== "engine");
  return {
    id,
    names,
    role,
    engine,
    image,
    labels,
    userLabels,
    facts: Object.fromEntries(told),
    runtime,
    operation,
    bundle,
    spec: withoutVariables(widenFields(spec)),
  };
}

function withoutVariables(spec: Spec): Spec {
  if (!spec.process?.env) return spec;
  return { ...spec, process: { ...spec.process, env: spec.process.env.map(withoutVariable) } };
}

function withoutVariable(variable: string): string {
  const [name = ""] = variable.split("=", 1);
  return PLAIN_VARIABLES.includes(name) ? variable : `${name}=(redacted)`;
}

/** `spec` may have fields that the types do not know. */
function textOf({ spec, ...fields }: ReturnType<typeof fieldsOf>): string {
  const known = sourceOf(fields).replace(/\n}$/, "\n");
  return `import type { ContainerFields } from "container-hooks/testing";

/** Recorded by \`container-hooks explain --record\`, without the values of variables. */
export const container: ContainerFields = ${known}  spec: ${sourceOf(spec, "  ")} as ContainerFields["spec"],
};
`;
}

function writeNew(host: Host, path: string, text: string): void {
  try {
    using file = host.createNew(path, MODE);
    file.write(new TextEncoder().encode(text));
  } catch (error) {
    throw failure("file-unwritable", { what: "file", path, why: systemReason(error) }, { cause: error });
  }
}
