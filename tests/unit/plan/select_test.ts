import assert from "node:assert/strict";
import type { When } from "../../../mod/api/plugin.ts";
import { byAuthor, byEngine, unknown } from "../../../mod/core/facts.ts";
import type { Spec } from "../../../mod/core/oci.ts";
import { whenFacts } from "../../../mod/core/when_facts.ts";
import { type ContainerIdentity, withoutEngine } from "../../../mod/engines/identity.ts";
import type { ConfiguredPlugin } from "../../../mod/index/configured_plugin.ts";
import { select, selectByFacts } from "../../../mod/plan/select.ts";
import { ASKS_NOTHING, asksOf } from "../../../mod/plugin/asks.ts";

function plugin(
  name: string,
  own?: When,
  narrowed?: When,
  rest: Partial<ConfiguredPlugin> = {},
): ConfiguredPlugin {
  return { manifest: { name, when: own }, when: narrowed, asks: ASKS_NOTHING, ...rest } as ConfiguredPlugin;
}

const SPEC: Spec = { annotations: { "a.b": "1" } };
const IDENTITY: ContainerIdentity = { ...withoutEngine("x"), engine: byEngine("docker") };
const FACTS = whenFacts(SPEC, "create", IDENTITY);

const cases: [string, When | undefined, When | undefined, boolean][] = [
  ["a plugin without conditions applies", undefined, undefined, true],
  ["its own condition that holds is enough", { engine: ["docker"] }, undefined, true],
  ["its own condition that does not hold keeps it out", { engine: ["podman"] }, undefined, false],
  ["the administrator's condition narrows it", { engine: ["docker"] }, { engine: ["podman"] }, false],
  ["the administrator's condition cannot widen it", { engine: ["podman"] }, { engine: ["docker"] }, false],
  ["both that hold let it in", { engine: ["docker"] }, { annotations: { "a.b": "1" } }, true],
];

for (const [name, own, narrowed, selected] of cases) {
  Deno.test(`of who is asked: ${name}`, () => {
    const [selection] = select([plugin("a", own, narrowed)], FACTS);
    assert.equal(selection!.selected, selected, selection!.reasons.join());
    if (!selected) assert.notEqual(selection!.reasons.length, 0);
  });
}

Deno.test("each plugin is answered for, in the order that was given", () => {
  const plugins = [plugin("b"), plugin("a", { engine: ["podman"] })];
  const found = select(plugins, FACTS).map((
    { plugin: { manifest }, selected },
  ) => [manifest.name, selected]);
  assert.deepEqual(found, [["b", true], ["a", false]]);
});

/** Labels are not known before they are looked up. */
function withDatabase(labels: Record<string, string> | undefined) {
  const looks = { count: 0 };
  const identity: ContainerIdentity = {
    ...IDENTITY,
    labels: unknown("not looked up"),
    lookUp() {
      looks.count++;
      return Promise.resolve({ ...IDENTITY, labels: labels ? byAuthor(labels) : unknown("damaged") });
    },
  };
  const found = async (one: ConfiguredPlugin) => {
    const { selections: [selection] } = await selectByFacts([one], SPEC, "create", identity);
    return selection!;
  };
  return { looks, found };
}

const BY_LABEL: When = { labels: { "^team$": "^payments$" } };
const READS_LABELS = { asks: asksOf([{ code: "plan: (container) => container.labels.team" }]) };

Deno.test("the engine's database is read for a plugin that asks for labels, in when or in its code", async () => {
  for (
    const one of [
      plugin("a", BY_LABEL),
      plugin("a", undefined, BY_LABEL),
      plugin("a", undefined, undefined, READS_LABELS),
    ]
  ) {
    const { looks, found } = withDatabase({ team: "payments" });
    const { selected, unknown } = await found(one);
    assert.deepEqual([selected, unknown, looks.count], [true, [], 1]);
  }
});

Deno.test("the engine's database is read for nobody else", async () => {
  const others = [
    plugin("a"),
    plugin("a", { ...BY_LABEL, engine: ["podman"] }),
    plugin("a", { engine: ["podman"] }, undefined, READS_LABELS),
    plugin("a", undefined, undefined, { asks: asksOf([{ code: "plan: (container) => container.env.A" }]) }),
  ];
  for (const one of others) {
    const { looks, found } = withDatabase({ team: "payments" });
    assert.deepEqual([(await found(one)).unknown, looks.count], [[], 0]);
  }
});

Deno.test("what the database does not tell either leaves a gate that looks at it in its code unasked", async () => {
  const rest = { ...READS_LABELS };
  const gate = plugin("g", undefined, undefined, rest);
  gate.manifest.gate = true;
  const { selected, unknown, reasons } = await withDatabase(undefined).found(gate);
  assert.deepEqual([selected, unknown], [false, ["labels: not known: damaged"]]);
  assert.deepEqual(reasons, ["no when: every workload", "labels: not known: damaged"]);
  const other = await withDatabase(undefined).found(plugin("a", undefined, undefined, rest));
  assert.deepEqual([other.selected, other.unknown], [true, ["labels: not known: damaged"]]);
});

Deno.test("a plugin that looks at container.facts sees for itself what is not known", async () => {
  const asks = asksOf([{ code: "plan: ({ labels, facts }) => facts.labels.state" }]);
  const gate = plugin("g", undefined, undefined, { asks });
  gate.manifest.gate = true;
  const { looks, found } = withDatabase(undefined);
  const { selected, unknown } = await found(gate);
  assert.deepEqual([selected, unknown, looks.count], [true, [], 1]);
});

Deno.test("what a plugin's code looks at is told by its words, in any of its files", () => {
  assert.deepEqual(asksOf([{ code: "x" }, { code: "const { userLabels } = container" }]), {
    facts: ["labels"],
    seesGaps: false,
  });
  assert.deepEqual(asksOf([{ code: "container.image.id; container.facts" }]), {
    facts: ["image"],
    seesGaps: true,
  });
  assert.deepEqual(asksOf([{ code: "relabelled; imagery" }]).facts, []);
});
