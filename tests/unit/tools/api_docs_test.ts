import assert from "node:assert/strict";
import { makePage, pageOf, readModules } from "../../../tools/api_docs.ts";

const modules = readModules();

Deno.test("docs/api.md is what the sources say; `deno task docs` writes it", async () => {
  const page = await Deno.readTextFile(new URL("../../../docs/api.md", import.meta.url));
  // Not by deepEqual, which shows both.
  assert.ok(await makePage() === page, "docs/api.md is stale; run `deno task docs`");
});

for (const { name: module, symbols } of modules) {
  for (const { name, kind, doc, examples } of symbols) {
    Deno.test(`${name} of ${module} is documented${kind === "type" ? "" : ", with an example that asserts"}`, () => {
      assert.match(doc, /^[A-Za-z].*[.:;,]/, "what it is, as a sentence");
      if (kind !== "type") assert.match(examples.join("\n"), /\bassert\w*[.(]/);
    });
  }
}

Deno.test("every symbol has a section, and every link leads to one", () => {
  const page = pageOf(modules);
  const titles = Array.from(page.matchAll(/^### (.+)$/gm), ([, title]) => title!);
  assert.deepEqual(
    titles.toSorted(),
    modules.flatMap(({ symbols }) => symbols.map(({ name }) => name)).toSorted(),
  );
  const seen = new Map<string, number>();
  const anchors = titles.map((title) => {
    const slug = title.toLowerCase();
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
  for (const [, anchor] of page.matchAll(/\]\(#([^)]+)\)/g)) {
    assert.ok(anchors.includes(anchor!), `#${anchor}`);
  }
});

/** Type parameters, and what TypeScript has. */
const KNOWN = new Set(
  `Omit Pick Partial Required Readonly Record Promise AbortSignal Error Uint8Array Exclude RegExp
  O D T E K I`.split(/\s+/),
);

Deno.test("a type that a public declaration names is public as well", () => {
  const names = new Set(modules.flatMap(({ symbols }) => symbols.map(({ name }) => name)));
  const unknown = modules.flatMap(({ symbols }) =>
    symbols.flatMap(({ name, declaration }) => {
      const code = declaration.replace(/\/\*\*[^]*?\*\//g, "").replace(/\/\/.*|"[^"]*"|`[^`]*`/g, "");
      const words = Array.from(code.matchAll(/\b[A-Z][a-z]\w*\b/g), ([word]) => word);
      return words.filter((word) => !names.has(word) && !KNOWN.has(word)).map((word) => `${name}: ${word}`);
    })
  );
  assert.deepEqual(unknown, []);
});
