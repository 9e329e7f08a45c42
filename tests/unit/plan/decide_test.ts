import assert from "node:assert/strict";
import { setEnv } from "../../../mod/api/plugin.ts";
import { makeContainer } from "../../../mod/api/testing.ts";
import { unknown } from "../../../mod/core/facts.ts";
import type { Spec } from "../../../mod/core/oci.ts";
import { whenFacts } from "../../../mod/core/when_facts.ts";
import { type ContainerIdentity, withoutEngine } from "../../../mod/engines/identity.ts";
import { openIndex } from "../../../mod/index/open_index.ts";
import { policiesOf } from "../../../mod/index/policies.ts";
import { beginCreate, type Create } from "../../../mod/plan/create.ts";
import { decideAll } from "../../../mod/plan/decide.ts";
import { select } from "../../../mod/plan/select.ts";
import { CALL, type Decided, hostFor, programOf, RUNTIME } from "./create_host.ts";

/** Asks the plugins, and gives back what the create knows and who was asked, in order. */
async function decided(
  plugins: Record<string, Decided>,
  config = "",
  unsure: Partial<ContainerIdentity> = {},
  isolates?: Create["isolates"],
): Promise<{ create: Create; told: (string | undefined)[]; logged: string[]; refusal?: Error }> {
  const host = hostFor(Object.keys(plugins), config);
  host.programs[RUNTIME] = () => ({ stdout: new TextEncoder().encode('{"mountOptions":["ro"]}') });
  const program = programOf(plugins);
  const told: (string | undefined)[] = [];
  const logged: string[] = [];
  const create = beginCreate(host, program, CALL, {
    asking(plugin) {
      told.push(plugin);
      return { [Symbol.dispose]: () => void told.push(undefined) };
    },
    isolates,
  });
  create.log = (level, message, fields) => logged.push(`${level} ${fields?.plugin ?? ""}: ${message}`);
  const container = makeContainer({ id: CALL.id });
  const identity = { ...withoutEngine("called by hand"), ...unsure };
  const facts = whenFacts(container.spec as Spec, "create", identity);
  const selections = select(policiesOf(await openIndex(host, program), program.builtin).plugins, facts);
  try {
    await decideAll(host, create, selections, container);
    return { create, told, logged };
  } catch (thrown) {
    return { create, told, logged, refusal: thrown as Error };
  }
}

Deno.test("who is being asked is told, and that nobody is, after the gates and at the end", async () => {
  const { told } = await decided({ a: { plan: () => ({}) }, g: { gate: true, plan: () => ({}) } });
  assert.deepEqual(told, ["g", undefined, "a", undefined]);
});

/** As the service has it: nobody waits for another's isolate. */
const APART: Create["isolates"] = () => ({
  areApart: true,
  placeOf: () => Promise.reject(new Error("no plugin here is from the disk")),
  end() {},
  [Symbol.dispose]() {},
});

Deno.test("plugins that have isolates of their own are asked at once, behind the gates, and recorded in order", async () => {
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  const plugins: Record<string, Decided> = {
    a: { plan: async () => (await answered, { note: "after b" }) },
    b: { plan: () => (answer(), { note: "first" }) },
    g: { gate: true, plan: () => undefined },
  };
  const { create, told, refusal } = await decided(plugins, "", {}, APART);
  assert.equal(refusal, undefined);
  assert.deepEqual(told.slice(0, 4), ["g", undefined, "a", "b"]);
  assert.deepEqual(create.records.map(({ name }) => name), ["g", "a", "b"]);
});

Deno.test("where two that are asked at once fail, the first of them is why the container does not start", async () => {
  const { promise: failed, resolve: fail } = Promise.withResolvers<void>();
  const plugins: Record<string, Decided> = {
    a: { plan: async () => (await failed, Promise.reject(new Error("the late one"))) },
    b: { plan: () => (fail(), Promise.reject(new Error("the early one"))) },
  };
  const { create, refusal } = await decided(plugins, "", {}, APART);
  assert.match(refusal!.message, /the late one/);
  assert.deepEqual(create.records.map(({ name }) => name), ["a"]);
});

Deno.test("no other plugin is asked at once with a gate that denies", async () => {
  const plugins: Record<string, Decided> = {
    a: { plan: () => ({}) },
    g: { gate: true, plan: () => ({ deny: ["not here"] }) },
  };
  const { told, refusal } = await decided(plugins, "", {}, APART);
  assert.match(refusal!.message, /not here/);
  assert.deepEqual(told, ["g", undefined]);
});

Deno.test("a plugin is given its options, and may ask what the runtime supports", async () => {
  let features: unknown;
  const plan: Decided["plan"] = async (_, context) => {
    features = await context.features();
    return {};
  };
  await decided({ a: { plan } });
  assert.deepEqual(features, { mountOptions: ["ro"] });
});

Deno.test("what failed and was forgiven is logged with its plugin's name", async () => {
  const plan = () => Promise.reject(new Error("out of luck"));
  const { create, logged, refusal } = await decided({ a: { plan } }, '[plugins.a]\non-error = "warn"\n');
  assert.equal(refusal, undefined);
  assert.match(logged.join("\n"), /^warn a: .*out of luck/m);
  assert.match(create.records[0]!.reasons.join(), /out of luck/);
});

Deno.test("what failed and was not forgiven is on record too", async () => {
  const { create, refusal } = await decided({ a: { plan: () => Promise.reject(new Error("out of luck")) } });
  assert.match(refusal!.message, /plugin a .*out of luck/);
  assert.deepEqual(create.records.map(({ name, failed }) => [name, failed]), [["a", true]]);
});

Deno.test("a note is among the reasons, and what is carried to handlers on record", async () => {
  const plan: Decided["plan"] = () => ({ edits: [setEnv("B", "2")], note: "because", carry: { n: 1 } });
  const { create: { records: [record] } } = await decided({ a: { plan, on: { poststop() {} } } });
  assert.ok(record!.reasons.includes("because"));
  assert.deepEqual(record!.carry, { n: 1 });
  assert.deepEqual(record!.handlers?.stages, ["poststop"]);
});

Deno.test("of the handlers there are, those that the plugin wants for this container are called", async () => {
  const on = { poststop() {}, start() {} };
  const wanted = await decided({ a: { plan: () => ({ stages: ["poststop"] }), on } });
  assert.deepEqual(wanted.create.records[0]!.handlers?.stages, ["poststop"]);
  const none = await decided({ a: { plan: () => ({ stages: [] }), on } });
  assert.equal(none.create.records[0]!.handlers, undefined);
});

Deno.test("a plugin that is only watched has no handlers called", async () => {
  const plugins = { a: { plan: () => ({}), on: { poststop() {} } } };
  const { create: { records: [record] } } = await decided(plugins, '[plugins.a]\nmode = "audit"\n');
  assert.equal(record!.handlers, undefined);
  assert.match(record!.reasons.join(), /mode = audit/);
});

Deno.test("a plugin that does not answer in time fails", async () => {
  const plan = () => new Promise<never>(() => {});
  const { refusal } = await decided({ a: { plan } }, "[plugins.a]\ntimeout = 1\n");
  assert.match(refusal!.message, /plugin a .*1 s/);
});

const UNSURE = { labels: unknown<Record<string, string>>("the database is gone") };
const BY_LABEL = { labels: { team: "." } };

Deno.test("a gate whose when cannot be judged let the container start", async () => {
  const gate = { gate: true, when: BY_LABEL, plan: () => ({}) };
  const { refusal, told, create } = await decided({ g: gate }, "", UNSURE);
  assert.match(
    refusal!.message,
    /^gate g cannot judge it: labels: not known: the database is gone; .*\[plugins\.g\.when\]/,
  );
  assert.deepEqual([told, create.records[0]!.selected], [[], false]);
});

Deno.test("on-error = warn does not soften a gate that cannot judge, and mode = audit says it in the log", async () => {
  const gate = { gate: true, when: BY_LABEL, plan: () => ({}) };
  const softened = await decided({ g: gate }, '[plugins.g]\non-error = "warn"\n', UNSURE);
  assert.match(softened.refusal!.message, /gate g cannot judge it/);
  const watched = await decided({ g: gate }, '[plugins.g]\nmode = "audit"\n', UNSURE);
  assert.equal(watched.refusal, undefined);
  assert.match(watched.logged.join("\n"), /^warn g: gate g cannot judge it: labels: not known/m);
});

Deno.test("a plugin that was not asked since labels are not known was told of in explain alone", async () => {
  const { refusal, logged, told, create } = await decided(
    { a: { when: BY_LABEL, plan: () => ({}) } },
    "",
    UNSURE,
  );
  assert.deepEqual([refusal, told.filter((name) => name)], [undefined, []]);
  assert.match(
    logged.join("\n"),
    /^warn a: plugin a is not asked, since .* labels: not known: the database is gone/m,
  );
  assert.deepEqual(create.records[0]!.reasons, ["labels: not known: the database is gone"]);
});

Deno.test("a gate that another condition keeps out lets the container start, whatever is not known", async () => {
  const gate = {
    gate: true,
    when: { ...BY_LABEL, engine: ["docker" as const] },
    plan: () => ({ deny: ["no"] }),
  };
  assert.equal((await decided({ g: gate }, "", UNSURE)).refusal, undefined);
  const narrowed = '[plugins.g.when]\nengine = ["docker"]\n[plugins.g]\n';
  const own = { gate: true, when: BY_LABEL, plan: () => ({ deny: ["no"] }) };
  assert.equal((await decided({ g: own }, narrowed, UNSURE)).refusal, undefined);
});
