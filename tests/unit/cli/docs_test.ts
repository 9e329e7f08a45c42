import assert from "node:assert/strict";
import { docs } from "../../../mod/cli/docs/docs.ts";
import { render } from "../../../mod/cli/docs/render.ts";
import { MemoryHost } from "../memory_host.ts";
import { programWith } from "../program.ts";
import { inContext } from "./program_context.ts";

const ENGINES = "# Engines: what is known\n\nPlugins decide by `names`.\n";
const CARRIED = {
  "types/plugin.d.ts": "",
  "examples/audit-socket/README.md": "# audit-socket\n",
  "examples/audit-socket/plugin.ts": "",
  "documents/docs/engines.md": ENGINES,
  "documents/docs/demo.svg": "<svg/>",
  "documents/plugins/lxcfs/README.md": "# lxcfs: `/proc` for containers\n",
  "documents/README.md": "# container-hooks\n",
};

async function printed(word?: string, more: { json?: boolean; quiet?: boolean; terminal?: boolean } = {}) {
  const host = new MemoryHost();
  host.terminal = more.terminal ?? false;
  const program = programWith({ embedded: () => JSON.stringify(CARRIED) });
  const context = { ...inContext(host), program };
  await docs.call(context, { json: more.json ?? false, quiet: more.quiet ?? false }, word);
  return host.out;
}

Deno.test("docs lists what there is to read: the program's, plugins', examples'", async () => {
  assert.equal(await printed(undefined, { quiet: true }), "engines\nreadme\nlxcfs\naudit-socket\n");
  const rows = (await printed()).trim().split("\n").map((line) => line.split(/ {2,}/));
  assert.deepEqual(rows[1], ["engines", "Engines: what is known"]);
  assert.deepEqual(rows[3], ["lxcfs", "lxcfs: /proc for containers"]);
  assert.deepEqual(JSON.parse(await printed(undefined, { json: true }))[2], {
    name: "lxcfs",
    title: "lxcfs: /proc for containers",
    path: "plugins/lxcfs/README.md",
  });
});

Deno.test("docs of a topic is its Markdown for a program, and laid out on a terminal", async () => {
  for (const word of ["engines", "Engines.md"]) assert.equal(await printed(word), ENGINES);
  const shown = await printed("engines", { terminal: true });
  assert.ok(shown.startsWith("\x1b[1mEngines: what is known\x1b[0m\n\n  Plugins decide by \x1b[36mnames"));
  assert.equal(JSON.parse(await printed("engines", { json: true })).text, ENGINES);
});

Deno.test("an unknown topic is told with the one that may be meant", async () => {
  const cases: [string, RegExp][] = [
    ["engnies", /no topic "engnies"; did you mean engines\?$/],
    ["audit", /did you mean audit-socket\?$/],
    ["zzz", /no topic "zzz"; `container-hooks docs` lists/],
    ["", /no topic ""; `container-hooks docs` lists/],
  ];
  for (const [word, message] of cases) await assert.rejects(printed(word), { message });
});

const TEXT = `# Title

A paragraph that is long enough to be wrapped on a terminal which is narrow, with \`code\` and a
[link](https://example.org/) and **strong** words.

- one point that goes on and on until it has to be wrapped as well
  1. inner

\`\`\`sh
container-hooks a command that is longer than the terminal is wide and is not wrapped at all
\`\`\`

| option | meaning |
| ------ | ------- |
| \`--root DIR\` | installs into the root of another system, such as an image, and into nothing else |
`;

for (const width of [40, 60, 80, 120]) {
  Deno.test(`nothing but code is wider than a terminal of ${width} columns`, async () => {
    const host = new MemoryHost();
    const lines = (await render(host, TEXT, width)).split("\n");
    for (const line of lines.filter((line) => !line.includes("container-hooks"))) {
      assert.ok(line.length <= width, line);
    }
    assert.ok(lines.some((line) => line === "Title"));
    assert.ok(lines.some((line) => /^ {2}- one point/.test(line)));
    assert.ok(lines.some((line) => line.includes("--root DIR")));
    assert.ok(lines.join(" ").replace(/\s+/g, " ").includes("link (https://example.org/)"));
    const marks = ["\x1b", "**", "| "].filter((mark) => lines.some((line) => line.includes(mark)));
    assert.deepEqual(marks, [], "no colour, no marks of Markdown");
  });
}

Deno.test("every page of the project can be laid out", async () => {
  const root = new URL("../../../", import.meta.url);
  const docs = [...Deno.readDirSync(new URL("docs/", root))].map(({ name }) => `docs/${name}`);
  for (const path of ["README.md", "CHANGELOG.md", ...docs.filter((name) => name.endsWith(".md"))]) {
    const host = new MemoryHost();
    host.terminal = true;
    const shown = await render(host, await Deno.readTextFile(new URL(path, root)), 80);
    assert.doesNotMatch(shown, /\[object /, path);
    assert.ok(shown.length > 500, path);
  }
});
