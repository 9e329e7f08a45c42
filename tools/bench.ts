/**
 * What we cost, beside the bare runtime in the same run, and the design's budgets. Nothing fails here: a
 * machine that does something else at the same time measures something else.
 *
 *     deno task bench [--json] [--only NAME]
 *     deno task bench --only service-memory --plans 100000
 *     deno task bench --phases      where the time of a call goes, in the portable form
 */
import { getBorderCharacters, table } from "table";
import { measureCrowd } from "../tests/bench/crowd.ts";
import { measureDocker } from "../tests/bench/docker.ts";
import { measureLxcfs } from "../tests/bench/lxcfs.ts";
import { guardGroups } from "../tests/bench/groups.ts";
import type { Row } from "../tests/bench/measure.ts";
import { measureNetworkNic } from "../tests/bench/network_nic.ts";
import { measureNvidia, whyNoToolchain } from "../tests/bench/nvidia.ts";
import { measureHandlers, measurePlugins } from "../tests/bench/plugins.ts";
import { measurePhases } from "../tests/bench/phases.ts";
import { measureRuntime } from "../tests/bench/runtime.ts";
import { measureServiceMemory } from "../tests/bench/service_memory.ts";
import { measureMemory, measureStartUp } from "../tests/bench/start_up.ts";
import { measureWarm, measureWarmCrowd } from "../tests/bench/warm.ts";
import { measureWarmEngines } from "../tests/bench/warm_engines.ts";
import { builtFiles, type Form, waysOfCalling } from "../tests/harness/forms.ts";
import { type Need, whyNot } from "../tests/harness/needs.ts";
import { ensureBuilt } from "./ensure_built.ts";
import { ensurePrerequisites } from "./prerequisites.ts";

interface Measurement {
  name: string;
  measure: (forms: Form[]) => Promise<Row[]>;
  /** What is measured: the built files, or every way of calling them. */
  forms: () => Form[];
  needs: Need[];
  /** What else is missing here. */
  missing?: () => string | undefined;
}

const ENGINES: Need[] = ["root", "runc", "docker", "containerd", "podman"];

const MEASUREMENTS: Measurement[] = [
  { name: "start-up", measure: measureStartUp, forms: builtFiles, needs: ["root"] },
  { name: "memory", measure: measureMemory, forms: builtFiles, needs: ["root", "runc"] },
  { name: "runtime", measure: measureRuntime, forms: waysOfCalling, needs: ["root", "runc"] },
  { name: "plugins", measure: measurePlugins, forms: waysOfCalling, needs: ["root", "runc"] },
  { name: "handlers", measure: measureHandlers, forms: waysOfCalling, needs: ["root", "runc"] },
  { name: "lxcfs", measure: measureLxcfs, forms: waysOfCalling, needs: ["root", "runc", "lxcfs"] },
  { name: "network-nic", measure: measureNetworkNic, forms: waysOfCalling, needs: ["root", "runc", "ip"] },
  { name: "crowd", measure: measureCrowd, forms: waysOfCalling, needs: ["root", "runc"] },
  { name: "docker", measure: measureDocker, forms: builtFiles, needs: ["root", "runc", "docker"] },
  { name: "warm", measure: measureWarm, forms: builtFiles, needs: ["root", "runc", "lxcfs", "ip"] },
  { name: "warm-crowd", measure: measureWarmCrowd, forms: builtFiles, needs: ["root", "runc"] },
  { name: "warm-engines", measure: measureWarmEngines, forms: builtFiles, needs: ENGINES },
  { name: "nvidia", measure: measureNvidia, forms: builtFiles, needs: ENGINES, missing: whyNoToolchain },
  {
    name: "service-memory",
    measure: (forms) => measureServiceMemory(forms, plansAsked()),
    forms: builtFiles,
    needs: ["root", "runc"],
  },
];

const RIGHT = { alignment: "right" as const };

const json = Deno.args.includes("--json");
const chosen = chooseMeasurements();
await ensurePrerequisites();
if (!Deno.env.get("CONTAINER_HOOKS_UNDER_TEST")) await ensureBuilt();

if (Deno.args.includes("--phases")) {
  await printPhases();
  Deno.exit(0);
}

const rows: Row[] = [];
await using _groups = await guardGroups();
for (const { name, measure, forms, needs, ...more } of chosen) {
  const missing = whyNot(needs) ?? more.missing?.();
  console.error(missing === undefined ? `measuring ${name} ...` : `left out: ${name}, because ${missing}`);
  if (missing === undefined) rows.push(...await measure(forms()));
}
console.log(json ? JSON.stringify(rows, null, 2) : asTable(rows));

function chooseMeasurements(): Measurement[] {
  const option = Deno.args.indexOf("--only");
  if (option === -1) return MEASUREMENTS;
  const chosen = MEASUREMENTS.filter(({ name }) => name === Deno.args[option + 1]);
  if (chosen.length > 0) return chosen;
  console.error(`--only takes one of: ${MEASUREMENTS.map(({ name }) => name).join(", ")}`);
  Deno.exit(2);
}

/** Plans after which the memory of the service is looked at last. */
function plansAsked(): number {
  const option = Deno.args.indexOf("--plans");
  return option === -1 ? 1000 : Number(Deno.args[option + 1]);
}

async function printPhases(): Promise<void> {
  const form = builtFiles().find(({ name }) => name === "portable");
  if (!form) {
    console.error("--phases is about the portable form: build it, or name it in CONTAINER_HOOKS_UNDER_TEST");
    Deno.exit(2);
  }
  const cells = await measurePhases(form);
  if (json) console.log(JSON.stringify(cells, null, 2));
  else console.log(drawn(cells, { 1: RIGHT, 2: RIGHT, 3: RIGHT }));
}

function asTable(rows: Row[]): string {
  const head = ["", "form", "without", "ours", "difference", "ratio", "fastest", "ratio", "budget"];
  const numbers = head.map((_, column) => column).slice(2);
  return drawn([head, ...rows.map(asCells)], Object.fromEntries(numbers.map((column) => [column, RIGHT])));
}

function drawn(cells: string[][], columns: Record<number, typeof RIGHT>): string {
  const plain = { border: getBorderCharacters("void"), drawHorizontalLine: () => false };
  return table(cells, { columns, ...plain });
}

function asCells({ what, form, unit, bare, ours, fastest, budget }: Row): string[] {
  const number = (value: number) => unit === "" ? String(value) : `${value.toFixed(1)} ${unit}`;
  const difference = (bare?: number, ours?: number) =>
    bare === undefined || ours === undefined ? "" : `${ours < bare ? "" : "+"}${number(ours - bare)}`;
  const ratio = (bare?: number, ours?: number) =>
    bare === undefined || ours === undefined ? "" : `x ${(ours / bare).toFixed(2)}`;
  return [
    what,
    form,
    bare === undefined ? "" : number(bare),
    number(ours),
    difference(bare, ours),
    ratio(bare, ours),
    difference(fastest?.bare, fastest?.ours),
    ratio(fastest?.bare, fastest?.ours),
    budget === undefined ? "" : `${bare === undefined ? "" : "+"}${number(budget)}`,
  ];
}
