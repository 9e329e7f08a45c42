import assert from "node:assert/strict";
import fc from "fast-check";
import { stringify } from "smol-toml";
import { lineOf } from "../../mod/config/where_set.ts";
import { readConfig } from "../../mod/config/config.ts";
import { Failure } from "../../mod/errors.ts";
import { MemoryHost } from "../unit/memory_host.ts";

async function outcomeOf(files: (string | Uint8Array)[]) {
  const host = new MemoryHost();
  files.forEach((content, index) => host.file(`/etc/container-hooks/conf.d/${index}.toml`, content));
  try {
    return await readConfig(host);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

const KEYS =
  ("container-hooks container-hooks-runtime container-hooks-ctk plugins path deadline runtimes log-level " +
    "debug a mode timeout order when options always env image __proto__ constructor").split(" ");

/** Trees that go wrong deep inside as well as at once. */
const tree = fc.letrec((tie) => ({
  table: fc.dictionary(fc.constantFrom(...KEYS), tie("value"), { maxKeys: 4 }),
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom("/a", "off", "info", "", "^a", "("),
    fc.integer({ min: -2, max: 200 }),
    fc.double(),
    fc.boolean(),
    fc.date({ noInvalidDate: true, min: new Date("1000-01-01"), max: new Date("9000-01-01") }),
    fc.array(fc.constantFrom("/a", "create", "docker", "("), { maxLength: 3 }),
    tie("table"),
  ),
}));

/** Pieces of TOML in any order: most are broken in a way of their own. */
const snippet = fc.array(
  fc.oneof(
    fc.constantFrom(
      "[",
      "]",
      "{",
      "}",
      "=",
      ".",
      ",",
      '"',
      "'",
      '"""',
      "\n",
      "\r\n",
      "#",
      "\\u",
      "0x",
      "1e9",
      "\ufeff",
    ),
    fc.constantFrom(
      "[plugins.a]\n",
      "[container-hooks]\n",
      "[plugins.a.when]\n",
      "mode = 'off'\n",
      "x = 1\n",
    ),
    fc.constantFrom(...KEYS),
    fc.string({ unit: "binary" }),
  ),
  { maxLength: 12 },
).map((pieces) => pieces.join(""));

Deno.test("whatever bytes a file has, there is a configuration or a sentence", async () => {
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), async (bytes) => {
    await outcomeOf([bytes]);
  }));
});

Deno.test("whatever pieces of TOML files have, there is a configuration or one line with a file", async () => {
  await fc.assert(fc.asyncProperty(fc.array(snippet, { maxLength: 3 }), async (files) => {
    const outcome = await outcomeOf(files);
    if (outcome instanceof Failure) {
      assert.match(outcome.message, /^\/etc\/container-hooks\/conf\.d\/\d\.toml:\d+[^\n]*$/);
    }
  }));
});

Deno.test("a valid file that is refused is refused with the line of its key", async () => {
  await fc.assert(fc.asyncProperty(tree.table as fc.Arbitrary<Record<string, unknown>>, async (table) => {
    const outcome = await outcomeOf([stringify(table)]);
    if (outcome instanceof Failure) assert.match(outcome.message, /0\.toml:\d+[: ]/);
  }));
});

/** Policies, most of them good. */
const policy = fc.record({
  mode: fc.constantFrom("enforce", "audit", "off", "Off"),
  timeout: fc.oneof(fc.integer({ min: 0, max: 101 }), fc.double()),
  order: fc.oneof({ weight: 9, arbitrary: fc.integer() }, { weight: 1, arbitrary: fc.double() }),
  options: fc.dictionary(fc.constantFrom(...KEYS), fc.oneof(fc.integer(), fc.string(), fc.boolean())),
}, { requiredKeys: [] });

Deno.test("a configuration has the last value of each key, and none that its key does not take", async () => {
  await fc.assert(fc.asyncProperty(policy, policy, async (earlier, later) => {
    const outcome = await outcomeOf([earlier, later].map((a) => stringify({ plugins: { a } })));
    const last = { mode: "enforce", timeout: 10, order: 0, ...earlier, ...later };
    const good = [earlier, later].every(({ mode, timeout = 1, order = 0 }) =>
      mode !== "Off" && timeout >= 1 && timeout <= 100 && Number.isSafeInteger(order)
    );
    assert.equal(!(outcome instanceof Failure), good);
    if (outcome instanceof Failure) return;
    const { mode, timeout, order, options } = outcome.plugins.a!;
    assert.deepEqual({ mode, timeout, order: order + 0 }, {
      mode: last.mode,
      timeout: last.timeout,
      order: last.order + 0,
    });
    const wanted = [...Object.entries(earlier.options ?? {}), ...Object.entries(later.options ?? {})];
    assert.deepEqual(options, Object.fromEntries(wanted));
  }));
});

Deno.test("the line of each key is the one that it was written on", async () => {
  const words = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 8 });
  await fc.assert(fc.asyncProperty(words, fc.nat(3), async (keys, gap) => {
    const lines = keys.flatMap((
      key,
    ) => [`${JSON.stringify(key).replaceAll("\x7f", "\\u007f")} = 1`, ...Array(gap).fill("#")]);
    for (const [index, key] of keys.entries()) {
      assert.equal(await lineOf(`[t]\n${lines.join("\n")}`, ["t", key]), 2 + index * (gap + 1));
    }
  }));
});
