import assert from "node:assert/strict";
import { checkOptions } from "../../../mod/config/options.ts";
import type { KeyPath } from "../../../mod/config/where_set.ts";
import type { OptionDescriptor } from "../../../mod/core/manifest.ts";

const DESCRIPTORS: Record<string, OptionDescriptor> = {
  socket: { type: "string", default: "/run/a.sock", pattern: "^/", brief: "socket" },
  level: { type: "string", choices: ["low", "high"], brief: "level" },
  depth: { type: "integer", default: 3, minimum: 1, maximum: 9, brief: "depth" },
  strict: { type: "boolean", default: false, brief: "strict" },
  names: { type: "strings", brief: "names" },
};

function check(given: Record<string, unknown>, asked: KeyPath[] = []): Promise<Record<string, unknown>> {
  return checkOptions("audit", DESCRIPTORS, given, (key) => {
    asked.push(key);
    return Promise.resolve({ file: "/etc/c.toml", line: 7 });
  });
}

Deno.test("options that are not set have the plugin's defaults, or are left out", async () => {
  assert.deepEqual(await check({}), { socket: "/run/a.sock", depth: 3, strict: false });
});

Deno.test("options that are set take the place of the defaults", async () => {
  const given = { socket: "/b", level: "high", depth: 9, strict: true, names: ["a"] };
  const asked: KeyPath[] = [];
  assert.deepEqual(await check(given, asked), given);
  assert.deepEqual(asked, [], "a place was looked for without need");
});

const refused: [Record<string, unknown>, string][] = [
  [
    { sokcet: "/a" },
    "has an unknown key plugins.audit.options.sokcet; did you mean plugins.audit.options.socket?",
  ],
  [{ toString: "/a" }, "has an unknown key plugins.audit.options.toString; remove it"],
  [{ socket: 1 }, "sets the option plugins.audit.options.socket, which must be a string, not 1"],
  [{ socket: "a" }, 'sets the option plugins.audit.options.socket, which must match "^/"'],
  [
    { level: "mid" },
    'sets the option plugins.audit.options.level, which must be one of low, high, not "mid"',
  ],
  [{ depth: 0 }, "sets the option plugins.audit.options.depth, which must be at least 1"],
  [{ depth: 10 }, "sets the option plugins.audit.options.depth, which must be at most 9"],
  [{ depth: "3" }, 'sets the option plugins.audit.options.depth, which must be a whole number, not "3"'],
  [{ strict: "yes" }, 'sets the option plugins.audit.options.strict, which must be true or false, not "yes"'],
  [{ names: "a" }, 'sets the option plugins.audit.options.names, which must be an array, not "a"'],
];

for (const [given, message] of refused) {
  Deno.test(`the options ${JSON.stringify(given)} are refused`, async () => {
    const asked: KeyPath[] = [];
    const error = await check(given, asked).then(() => undefined, (error) => error);
    assert.ok(error.message.startsWith(`/etc/c.toml:7 ${message}`), error.message);
    assert.deepEqual(asked, [["plugins", "audit", "options", ...Object.keys(given)]]);
  });
}

Deno.test("an option whose place is gone is refused without a line", async () => {
  await assert.rejects(
    checkOptions("audit", DESCRIPTORS, { depth: 0 }, () => Promise.resolve(undefined)),
    { message: /^config\.toml sets the option plugins\.audit\.options\.depth, which must be at least 1;/ },
  );
});
