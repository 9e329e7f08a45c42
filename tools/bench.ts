/**
 * What we cost, beside the bare runtime in the same run, and the design's budgets. Nothing fails here: a
 * machine that does something else at the same time measures something else.
 *
 *     deno task bench [--json]
 */
import { getBorderCharacters, table } from "table";
import { measureDocker } from "../tests/bench/docker.ts";
import type { Row } from "../tests/bench/measure.ts";
import { measureRuntime } from "../tests/bench/runtime.ts";
import { measureMemory, measureStartUp } from "../tests/bench/start_up.ts";
import { builtFiles, type Form } from "../tests/harness/forms.ts";
import { whyNot } from "../tests/harness/needs.ts";
import { ensureBuilt } from "./ensure_built.ts";
import { ensurePrerequisites } from "./prerequisites.ts";

const json = Deno.args.includes("--json");
await ensurePrerequisites();
if (!Deno.env.get("CONTAINER_HOOKS_UNDER_TEST")) await ensureBuilt();

const rows: Row[] = [];
for (const { name, measure, missing } of measurements()) {
  console.error(missing === undefined ? `measuring ${name} ...` : `left out: ${name}, because ${missing}`);
  if (missing === undefined) rows.push(...await measure(builtFiles()));
}
console.log(json ? JSON.stringify(rows, null, 2) : asTable(rows));

interface Measurement {
  name: string;
  measure: (forms: Form[]) => Promise<Row[]>;
  missing: string | undefined;
}

function measurements(): Measurement[] {
  return [
    { name: "start-up", measure: measureStartUp, missing: whyNot(["root"]) },
    { name: "memory", measure: measureMemory, missing: whyNot(["root", "runc"]) },
    { name: "calls of the runtime", measure: measureRuntime, missing: whyNot(["root", "runc"]) },
    { name: "docker run", measure: measureDocker, missing: whyNot(["root", "runc", "docker"]) },
  ];
}

function asTable(rows: Row[]): string {
  const head = ["", "form", "bare", "ours", "over bare", "ratio", "budget"];
  const right = { alignment: "right" as const };
  const columns = { 2: right, 3: right, 4: right, 5: right, 6: right };
  const plain = { border: getBorderCharacters("void"), drawHorizontalLine: () => false };
  return table([head, ...rows.map(asCells)], { columns, ...plain });
}

function asCells({ what, form, unit, bare, ours, budget }: Row): string[] {
  const number = (value: number) => `${value.toFixed(1)} ${unit}`;
  return [
    what,
    form,
    bare === undefined ? "" : number(bare),
    number(ours),
    bare === undefined ? "" : `+${number(ours - bare)}`,
    bare === undefined ? "" : `x ${(ours / bare).toFixed(2)}`,
    budget === undefined ? "" : `${bare === undefined ? "" : "+"}${number(budget)}`,
  ];
}
