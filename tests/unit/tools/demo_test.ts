/** What the README shows of the demo is what the demo has. */
import assert from "node:assert/strict";
import { drawTerminal } from "../../../tools/picture/terminal.ts";

const read = (path: string) => Deno.readTextFileSync(new URL(`../../../${path}`, import.meta.url));

Deno.test("README shows the plugin that the demo asks", () => {
  assert.ok(read("README.md").includes("```ts\n" + read("tools/demo/team.ts") + "```"));
});

Deno.test("README's picture is of what the demo prints", () => {
  const picture = read("docs/demo.svg");
  assert.match(picture, /plugin team denies it: team shop may not start/);
  assert.match(picture, />\+ +"TEAM=shop"</);
  assert.doesNotMatch(picture, /hooks-test\.|-[0-9a-f]{8}</, "no private folder or id is shown");
});

Deno.test("a terminal's text stays text in a picture, and long lines are broken between words", () => {
  const long = `container-hooks: cannot ${"word ".repeat(30)}end`;
  const drawn = drawTerminal(["$ echo '</text><script>&'", long]);
  assert.match(drawn, /&lt;\/text&gt;&lt;script&gt;&amp;/);
  const rows = [...drawn.matchAll(/<text class="(\w+)"[^>]*>([^<]*)/g)].map(([, kind, text]) => [kind, text]);
  assert.deepEqual(rows.map(([kind]) => kind), ["command", "refused", "refused"]);
  assert.ok(rows.every(([, text]) => text!.replaceAll("&lt;", "<").length <= 100 + 12));
  assert.equal(rows.slice(1).map(([, text]) => text!.trim()).join(" "), long);
});
