/**
 * docker's daemon.json: `runtimes` names OCI runtimes, `default-runtime` the one that containers get.
 *
 * The text is edited in place, so an administrator's indentation, line ends and order of keys stay.
 */
import { parse, type ParseError } from "jsonc-parser";
import { editJson, type JsonEdit, type JsonText, parseJsonObject } from "../../text/json/json_text.ts";
import { Failure, failure } from "../../errors.ts";
import type {
  ConfiguredRuntime,
  ConfiguredRuntimes,
  EngineConfiguration,
  EngineFacts,
  FileChange,
  RuntimeEntry,
} from "../setup/engine_configuration.ts";
import { refuseTaken } from "../setup/named_runtimes.ts";
import { isOurProgram } from "../setup/our_entries.ts";

const BOM = "\ufeff";

/** The first docker that skips a byte order mark. */
const READS_BOM = 23;

/** What docker has without being told; nobody may define it. */
const RESERVED = "runc";

/** What a missing or empty file is taken for, and an empty object too: it says nothing of a style. */
const EMPTY = "{\n}\n";

/** Edits docker's configuration of runtimes. */
export const dockerConfiguration: EngineConfiguration = {
  engine: "docker",
  defaultFile: "/etc/docker/daemon.json",
  read(facts, file) {
    return runtimesOf(readText(facts, file).json, file);
  },
  configure(facts, file, entry) {
    if (entry.name === RESERVED) {
      throw failure("usage", {
        why: `docker keeps the name "${RESERVED}" for itself; give another by --name`,
      });
    }
    return change(facts, file, (json) => editsToConfigure(json, file, entry));
  },
  unconfigure(facts, file, entry, previousDefault) {
    if (facts.text(file) === undefined) return [];
    return change(facts, file, (json) => editsToUnconfigure(json, file, entry, previousDefault));
  },
};

/**
 * Gets the text that makes a running dockerd let go of what `text` does not name any more: on a signal it keeps what a
 * file does not mention, and a dockerd of 20.10 whose default runtime is gone ends with a crash.
 *
 * @param text What the file is to say for good; undefined where there is to be none
 */
export function textToLetGo(text: string | undefined, file: string): string {
  const { mark, json } = readText({ text: () => text }, file);
  const edits = [["runtimes", {}], ["default-runtime", RESERVED]] as const;
  const missing = edits.filter(([key]) => (json.value[key] ?? null) === null);
  return mark + editJson(json, missing.map(([key, value]) => ({ op: "set", path: [key], value }))).text;
}

function change(facts: EngineFacts, file: string, editsFor: (json: JsonText) => JsonEdit[]): FileChange[] {
  const { before, mark, json } = readText(facts, file);
  const edits = editsFor(json);
  return edits.length === 0 ? [] : [{ file, before, after: mark + editJson(json, edits).text }];
}

function editsToConfigure(json: JsonText, file: string, entry: RuntimeEntry): JsonEdit[] {
  const { runtimes, default: current } = runtimesOf(json, file);
  const there = runtimes.find(({ name }) => name === entry.name);
  refuseTaken({ runtimes }, entry);
  const edits: JsonEdit[] = [];
  if (!there) edits.push({ op: "set", path: ["runtimes", entry.name], value: { path: entry.path } });
  else if (there.path !== entry.path) {
    edits.push({ op: "set", path: ["runtimes", entry.name, "path"], value: entry.path });
  }
  if (entry.setAsDefault && current !== entry.name) {
    edits.push({ op: "set", path: ["default-runtime"], value: entry.name });
  }
  return edits;
}

function editsToUnconfigure(
  json: JsonText,
  file: string,
  entry: Pick<RuntimeEntry, "name" | "path">,
  previousDefault: string | undefined,
): JsonEdit[] {
  const { name } = entry;
  const { runtimes, default: current } = runtimesOf(json, file);
  const others = runtimes.filter((runtime) => runtime.name !== name || !isOurProgram(runtime.path, entry));
  if (others.length === runtimes.length) return [];
  const edits: JsonEdit[] = [
    { op: "remove", path: others.length === 0 ? ["runtimes"] : ["runtimes", name] },
  ];
  if (current !== name) return edits;
  // docker does not start with a default that it does not know.
  const known = previousDefault === RESERVED || others.some((runtime) => runtime.name === previousDefault);
  return previousDefault !== undefined && known
    ? [...edits, { op: "set", path: ["default-runtime"], value: previousDefault }]
    : [...edits, { op: "remove", path: ["default-runtime"] }];
}

function runtimesOf({ value, root, text, what }: JsonText, file: string): ConfiguredRuntimes {
  const table = value.runtimes ?? {};
  if (!isObject(table)) throw failure("json-edit", { what, path: "runtimes", why: "it is not an object" });
  const node = root.items.get("runtimes")?.value;
  const places = node?.kind === "object" ? node.items : undefined;
  const runtimes = Object.entries(table).map(([name, entry]): ConfiguredRuntime => ({
    name,
    ...(isObject(entry) && typeof entry.path === "string" ? { path: entry.path } : {}),
    file,
    line: text.slice(0, places?.get(name)?.start ?? 0).split(/\r\n|\r|\n/).length,
  }));
  const chosen = value["default-runtime"];
  return typeof chosen === "string" && chosen !== "" ? { runtimes, default: chosen } : { runtimes };
}

/** The file's text; `mark` is its byte order mark, which is kept. */
function readText(facts: EngineFacts, file: string): { before?: string; mark: string; json: JsonText } {
  const before = facts.text(file);
  const mark = before?.startsWith(BOM) ? BOM : "";
  if (mark && Number.parseInt(facts.version ?? `${READS_BOM}`) < READS_BOM) {
    throw failure("json-bom", { what: file });
  }
  const text = before?.slice(mark.length) ?? "";
  return { before, mark, json: parseStrictly(/^\s*(\{\s*\}\s*)?$/.test(text) ? EMPTY : text, file) };
}

/** Editors highlight daemon.json as JSON with comments, and docker does not start with one. */
function parseStrictly(text: string, file: string): JsonText {
  try {
    return parseJsonObject(text, file);
  } catch (thrown) {
    if (!(thrown instanceof Failure) || thrown.code !== "json-syntax") throw thrown;
    const errors: ParseError[] = [];
    parse(text, errors, { allowTrailingComma: true });
    if (errors.length > 0) throw thrown;
    return parseJsonObject(text, `${file}, where docker takes neither comments nor trailing commas,`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
