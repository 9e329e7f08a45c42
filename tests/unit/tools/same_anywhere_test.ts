import assert from "node:assert/strict";
import { nameChunks, withoutPlaces } from "../../../tools/build/same_anywhere.ts";

const MODULE = `// WAY/yaml/2.9.1/dist/visit.js
var require_visit = __commonJS({
  "WAY/yaml/2.9.1/dist/visit.js"(exports) {
    "use strict";
  }
});

// mod/core/path.ts
// BUNDLE/creator/chunk-2HVG2V4I.js
var told = "// WAY/is a text";
`;

const ANYWHERE = `// npm:yaml/2.9.1/dist/visit.js
var require_visit = __commonJS({
  "npm:yaml/2.9.1/dist/visit.js"(exports) {
    "use strict";
  }
});

// mod/core/path.ts
`;

const PLACES = [
  {
    where: "a home beside it",
    places: { project: "/work/checkout", npm: "/root/.cache/deno/npm", folder: "/var/build.1/bundle" },
    way: "../../root/.cache/deno/npm/registry.npmjs.org",
    bundle: "../../var/build.1/bundle",
  },
  {
    where: "a cache and a build below the checkout, packages from a mirror",
    places: { project: "/work/a+b", npm: "/work/a+b/.cache/npm", folder: "/work/a+b/dist/.build/bundle" },
    way: ".cache/npm/npm.example.org_8443",
    bundle: "dist/.build/bundle",
  },
];

for (const { where, places, way, bundle } of PLACES) {
  Deno.test(`a bundle does not tell where it was made: ${where}`, () => {
    const text = MODULE.replaceAll("WAY", way).replaceAll("BUNDLE", bundle);
    assert.equal(withoutPlaces(text, places), `${ANYWHERE}var told = "// ${way}/is a text";\n`);
  });
}

/** The same modules as a bundler names them in one place, with its checksums, and in another. */
function chunks(one: string, two: string, late: string): Record<string, string> {
  return {
    "main.js": `import { a } from "./chunk-${one}.js";\nimport(String("./late-${late}.js"));\n`,
    [`chunk-${one}.js`]: `import "./chunk-${two}.js";\nexport const a = 1;\n`,
    [`chunk-${two}.js`]: "globalThis.effect = 1;\n",
    [`late-${late}.js`]: `import { a } from "./chunk-${one}.js";\n`,
    [`left-ZZZZZZZZ.js`]: "nothing leads here",
  };
}

function named(modules: Record<string, string>): Record<string, string> {
  const folder = Deno.makeTempDirSync({ prefix: "hooks-chunks." });
  try {
    for (const [name, text] of Object.entries(modules)) Deno.writeTextFileSync(`${folder}/${name}`, text);
    nameChunks(folder, "main.js");
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    return Object.fromEntries(names.map((name) => [name, Deno.readTextFileSync(`${folder}/${name}`)]));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("chunks are named by their order, whatever their checksums sort like; what nothing leads to is gone", () => {
  const expected = {
    "chunk-2.js": "globalThis.effect = 1;\n",
    "chunk.js": 'import "./chunk-2.js";\nexport const a = 1;\n',
    "late.js": 'import { a } from "./chunk.js";\n',
    "main.js": 'import { a } from "./chunk.js";\nimport(String("./late.js"));\n',
  };
  assert.deepEqual(named(chunks("AAAAAAAA", "BBBBBBBB", "CCCCCCCC")), expected);
  assert.deepEqual(named(chunks("99999999", "22222222", "00000000")), expected);
});
