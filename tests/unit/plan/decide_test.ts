import assert from "node:assert/strict";
import { setEnv } from "../../../mod/api/plugin.ts";
import { makeContainer } from "../../../mod/api/testing.ts";
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
): Promise<{ create: Create; told: (string | undefined)[]; logged: string[]; refusal?: Error }> {
  const host = hostFor(Object.keys(plugins), config);
  host.programs[RUNTIME] = () => ({ stdout: new TextEncoder().encode('{"mountOptions":["ro"]}') });
  const program = programOf(plugins);
  const told: (string | undefined)[] = [];
  const logged: string[] = [];
  const create = beginCreate(host, program, CALL, (plugin) => told.push(plugin));
  create.log = (level, message, fields) => logged.push(`${level} ${fields?.plugin ?? ""}: ${message}`);
  const container = makeContainer({ id: CALL.id });
  const selections = select(policiesOf(await openIndex(host, program), program.builtin).plugins, container);
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
