import assert from "node:assert/strict";
import plugin, { brokenImportRule } from "../../../tools/import_rules.ts";
import { PROJECT } from "../../harness/forms.ts";

const allowed: [string, string][] = [
  ["mod/core/a.ts", "../errors.ts"],
  ["mod/plan/a.ts", "./b.ts"],
  ["mod/plan/a.ts", "../core/b.ts"],
  ["mod/plan/a.ts", "../state/b.ts"],
  ["mod/install/a.ts", "../cli/kit/b.ts"],
  ["mod/engines/docker/a.ts", "../setup/b.ts"],
  ["mod/cli/a.ts", "npm:table"],
  ["mod/cli/a.ts", "@stricli/core"],
  ["plugins/x/plugin.ts", "container-hooks/plugin"],
  ["plugins/x/plugin.ts", "./parse.ts"],
  ["plugins/x/doctor.ts", "../../mod/config/a.ts"],
  ["plugins/x/commands/list.ts", "../../../mod/state/a.ts"],
  ["plugins/x/commands/list.ts", "../../../mod/plan/a.ts"],
  ["plugins/x/commands.ts", "./commands/list.ts"],
  ["plugins/x/commands/list.ts", "../plugin.ts"],
  ["plugins/x/commands/list.ts", "./tools.ts"],
  ["plugins/x/doctor.ts", "./commands/tools.ts"],
  ["plugins/x/doctor_words.ts", "./commands_words.ts"],
  ["plugins/x/plugin_test.ts", "./commands/tools.ts"],
  ["plugins/x/plugin_test.ts", "node:assert/strict"],
  ["plugins/builtin.ts", "./x/plugin.ts"],
  ["main.ts", "./mod/cli/main.ts"],
  ["tools/build.ts", "node:zlib"],
];

for (const [file, specifier] of allowed) {
  Deno.test(`${file} may import ${specifier}`, () => {
    assert.equal(brokenImportRule(file, specifier), undefined);
  });
}

const refused: [string, string, RegExp][] = [
  ["mod/core/a.ts", "../host/host.ts", /mod\/core may not import mod\/host, which stands above it/],
  ["mod/plan/a.ts", "../dispatch/b.ts", /mod\/plan may not import mod\/dispatch/],
  ["mod/config/a.ts", "../wrapper/b.ts", /mod\/config may not import mod\/wrapper/],
  ["mod/core/a.ts", "container-hooks/plugin", /mod\/core may not import mod\/api/],
  ["mod/errors.ts", "./host/host.ts", /mod\/errors\.ts may not import mod\/host/],
  ["mod/cli/kit/a.ts", "../a.ts", /mod\/cli\/kit may not import mod\/cli,/],
  ["mod/wrapper/a.ts", "../host/process.ts", /the real outside world, which main.ts hands in/],
  ["plugins/a/commands/b.ts", "../../../mod/host/invocation.ts", /the real outside world/],
  ["mod/nowhere/a.ts", "../core/b.ts", /in no room/],
  ["mod/cli/a.ts", "../../tools/build.ts", /not part of mod/],
  ["mod/cli/a.ts", "node:path", /no node: module/],
  ["main.ts", "node:process", /no node: module/],
  ["plugins/x/plugin.ts", "../../mod/core/oci.ts", /container-hooks\/plugin and its own folder alone/],
  ["plugins/x/plugin.ts", "../y/plugin.ts", /its own folder alone/],
  ["plugins/x/parse.ts", "smol-toml", /its own folder alone/],
  ["plugins/x/commands.ts", "../../mod/wrapper/a.ts", /rooms up to mod\/plan/],
  ["plugins/x/plugin.ts", "./commands.ts", /is for commands/],
  ["plugins/x/plugin.ts", "./doctor.ts", /is for commands/],
  ["plugins/x/plugin.ts", "./commands/tools.ts", /is for commands/],
  ["plugins/x/parse.ts", "./deeper/../commands/tools.ts", /is for commands/],
  ["plugins/x/deeper/parse.ts", "../doctor.ts", /is for commands/],
  ["plugins/x/doctor_words.ts", "./doctor.ts", /is for commands/],
];

for (const [file, specifier, message] of refused) {
  Deno.test(`${file} may not import ${specifier}`, () => {
    assert.match(brokenImportRule(file, specifier) ?? "", message);
  });
}

function messages(file: string, source: string): string[] {
  return Deno.lint.runPlugin(plugin, `${PROJECT}/${file}`, source).map((found) => found.message);
}

Deno.test("node:sqlite is imported late, and by the one file that may", () => {
  const late = 'const a = await import("node:sqlite");';
  assert.deepEqual(messages("mod/host/sqlite.ts", late), []);
  for (
    const [file, source] of [
      ["mod/host/sqlite.ts", 'import { DatabaseSync } from "node:sqlite";'],
      ["mod/host/sqlite.ts", 'const a = await import("node:fs");'],
      ["mod/host/other.ts", late],
      ["plugins/x/plugin.ts", late],
    ] as const
  ) assert.match(messages(file, source).join(), /no node: module/, source);
});

Deno.test("every way to import is looked at", () => {
  const ways = [
    'import { a } from "../host/host.ts";',
    'import type { a } from "../host/host.ts";',
    'export { a } from "../host/host.ts";',
    'export * from "../host/host.ts";',
    'const a = await import("../host/host.ts");',
    'type A = import("../host/host.ts").A;',
  ];
  for (const source of ways) assert.equal(messages("mod/core/a.ts", source).length, 1, source);
});

Deno.test("Deno is for main.ts, mod/host, tests and tools alone", () => {
  const source = 'globalThis.Deno.pid; Deno.cwd(); // Deno\nconst text = "Deno.pid"; type A = Deno.FileInfo;';
  assert.equal(messages("mod/plan/a.ts", source).length, 3);
  for (const file of ["main.ts", "mod/host/a.ts", "mod/plan/a_test.ts", "tools/a.ts"]) {
    assert.deepEqual(messages(file, source), []);
  }
});
