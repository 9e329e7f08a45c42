import assert from "node:assert/strict";
import { routesWith } from "../../../mod/cli/app.ts";
import { allNodes, commandTree } from "../../../mod/cli/completions/command_tree.ts";
import { man } from "../../../mod/cli/man/man.ts";
import { manPages } from "../../../mod/cli/man/pages.ts";
import { listKeys } from "../../../mod/config/key.ts";
import { KEYS, POLICY_KEYS } from "../../../mod/config/keys.ts";
import { MemoryHost } from "../memory_host.ts";
import { inContext } from "./program_context.ts";

const routes = routesWith({});
const pages = manPages({ routes });
const plain = (name: string) => pages.find((page) => page.name === name)!.text.replaceAll("\\-", "-");

Deno.test("each command has a page with its own commands and options", () => {
  for (const command of commandTree(routes).commands) {
    const text = plain(`container-hooks-${command.words[0]}`);
    for (const { usage, options, commands } of allNodes(command)) {
      if (commands.length > 0) continue;
      assert.ok(text.includes(usage), usage);
      for (const { name, brief } of options) {
        assert.ok(text.includes(`\\fB--${name}\\fR`), `${usage} --${name}`);
        assert.ok(text.includes(`${brief}.`), brief);
      }
    }
    assert.ok(plain("container-hooks").includes(`.TP\n\\fB${command.words[0]}\\fR\n${command.brief}.`));
  }
});

Deno.test("container-hooks.toml(5) has every key with what it takes", () => {
  const text = plain("container-hooks.toml");
  for (const { section, name, takes } of [...listKeys(KEYS), ...listKeys(POLICY_KEYS)]) {
    const [, own = ""] = text.split(`.SH [${section}]\n`);
    const [, entry = ""] = own.split("\n.SH ")[0]!.split(`.TP\n\\fB${name}\\fR\n`);
    assert.ok(entry.split("\n.TP")[0]!.includes(`Takes ${takes.wanted}; default: `), `${section}.${name}`);
  }
});

function printed(word?: string, flags = { json: false, quiet: false }): string {
  const host = new MemoryHost();
  man.call({ ...inContext(host), routes }, flags, word);
  return host.out;
}

Deno.test("man takes a command's name, a page's, and one with its section", () => {
  assert.match(printed(), /^\.TH CONTAINER\\-HOOKS 8 /);
  for (const word of ["explain", "container-hooks-explain", "container-hooks-explain(8)"]) {
    assert.match(printed(word), /^\.TH CONTAINER\\-HOOKS\\-EXPLAIN 8 /);
  }
  for (const word of ["container-hooks.toml", "container-hooks.toml.5", "config.toml"]) {
    assert.match(printed(word), /^\.TH CONTAINER\\-HOOKS\.TOML 5 /);
  }
  assert.throws(() => printed("explian"), { message: /"explian"; did you mean explain\?$/ });
  assert.throws(() => printed("zzz"), { message: /`container-hooks man --quiet` lists/ });
  const names = printed(undefined, { json: false, quiet: true }).trim().split("\n");
  assert.equal(new Set(names).size, names.length);
  for (const name of names) assert.ok(printed(name).startsWith(".TH "), name);
});
