/** What dumps of containerd's configuration say of runtimes, and whether two differ in anything that is not ours. */
import { parse } from "smol-toml";

type Table = Record<string, unknown>;

/**
 * Gets the first place where they differ, other than our runtime `name`, the default runtime and the list of files
 * that were read; undefined where there is none.
 */
export function firstDifference(before: string, after: string, name: string): string | undefined {
  return difference(withoutOurs(before, name), withoutOurs(after, name), "");
}

/** The runtimes that a dump's CRI plugin has. */
export interface DumpedRuntimes {
  names: string[];
  default?: string;
}

/** What CRI would have of runtimes. */
export function runtimesInDump(dump: string): DumpedRuntimes {
  const sections = sectionsIn(parse(dump, { integersAsBigInt: "asNeeded" }) as Table);
  const chosen = sections.map((section) => section.default_runtime_name).find((one) =>
    typeof one === "string"
  );
  return {
    names: sections.flatMap(({ runtimes }) => Object.keys(asTable(runtimes))),
    ...(chosen === undefined ? {} : { default: chosen }),
  };
}

/** The tables that hold `runtimes`; of which plugin, each version says differently. */
function sectionsIn({ plugins }: Table): Table[] {
  return Object.values(asTable(plugins)).map((plugin) => asTable(asTable(plugin).containerd));
}

function withoutOurs(dump: string, name: string): Table {
  const { imports: _, ...rest } = parse(dump, { integersAsBigInt: "asNeeded" }) as Table;
  for (const containerd of sectionsIn(rest)) {
    delete asTable(containerd.runtimes)[name];
    delete containerd.default_runtime_name;
  }
  return rest;
}

function difference(one: unknown, other: unknown, place: string): string | undefined {
  if (!isTable(one) || !isTable(other)) {
    return text(one) === text(other) ? undefined : place;
  }
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const found = difference(one[key], other[key], place === "" ? key : `${place}.${key}`);
    if (found !== undefined) return found;
  }
}

/** Arrays are compared whole. */
function text(value: unknown): string | undefined {
  return JSON.stringify(value, (_, inner) => typeof inner === "bigint" ? `${inner}n` : inner);
}

function asTable(value: unknown): Table {
  return isTable(value) ? value : {};
}

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !(value instanceof Array) && !(value instanceof Date);
}
