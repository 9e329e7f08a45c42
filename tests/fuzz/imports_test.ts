/**
 * What V8 imports, the scanner has seen: forms of imports behind and between everything that can change what a
 * character means, generated, and run by V8 itself.
 */
import fc from "fast-check";
import { importsOf } from "../../mod/plugin/imports.ts";

/** What V8 is given to import: it counts how often that happened. */
const TARGET = "data:text/javascript,globalThis.imported=(globalThis.imported??0)+1";

const counter = globalThis as unknown as { imported?: number };

/** Expressions around an expression `@`, with everything that can change what a character after it means. */
const AROUND = fc.constantFrom(
  ...[
    "@",
    "(@)",
    "[...[@]]",
    "[1, @]",
    "({ x: @ })",
    "({ [@]: 1 })",
    "!@",
    "void @",
    "typeof @",
    "1 / @ / 1",
    "a / @ / a",
  ],
  ...["a.return / @ / 1", "a. return / @ / 1", "a.if / @ / 1", "a?.of / @ / 1", "b++ / @ / 1", "(a) / @ / 1"],
  ...[
    "a[0] / @ / 1",
    "({}) / @ / 1",
    "`x` / @ / 1",
    "/x/ / @ / 1",
    "/[/]/.y / @ / 1",
    "/\\//g / @ / 1",
    "this / @ / 1",
  ],
  ...["`${@}`", "`${`}`}${@}`", "`/*${@}*/`", "`//${@}`", "['/*', @, '*/']", '["//", @]', "['\\u2028', @]"],
  ...["(() => @)()", "(() => { return @ })()", "(async () => await @)()", "(function () { return @ })()"],
  ...[
    "new (class { x = @ })()",
    "new (class { static { @ } })()",
    "(class { static x = @ })",
    "(class { static [@] = 1 })",
  ],
  ...[
    "((x = @) => x)()",
    "(({ x = @ }) => x)({})",
    "(a ? @ : 1)",
    "(a && @)",
    "(null ?? @)",
    "(x => {}, @)",
    "a.x?.[@]",
  ],
  ...[
    "(function* () { yield\n@ })().next()",
    "(function* () { yield /x/; yield @ })().next()",
    "a?.5/@/1:1",
    "(let_ /= @ / 1)",
  ],
);

/** Statements around an expression `@`. */
const STATEMENTS = fc.constantFrom(
  ...[
    "@",
    "@;",
    "{ @ }",
    "if (1) @",
    "if (0); else @",
    "if (1) /x/; @",
    "do @; while (0)",
    "for (; c-- > 0;) @",
    "label: @",
  ],
  ...[
    "switch (1) { case 1: @ }",
    "try { @ } catch {}",
    "{}\n/x/; @",
    "function f() {} /x/; @",
    "var d = x => {}\n/x/; @",
  ],
  ...[
    "while (c-- > 0) /x/; @",
    "export default @",
    "export const e = @",
    "throw @",
    "var { z = @ } = {}",
    "of\n/x/g; @",
    "a\n++c\n/x/g; @",
  ],
);

/** What counts for nothing where two tokens meet. */
const BETWEEN = fc.constantFrom(
  ...["", " ", "\n", "\u2028", "\u2029", "\ufeff", "/* c */", "/* / */", "/* // */", "/* ` */", "/**/"],
  ...["// c\n", "// c\r", "// c\u2028", "// c\u2029", "// ' /* `\u2028", "/* \u2028 */"],
);

/** Imports, with `T` for what they import and `_` where anything may stand that counts for nothing. */
const IMPORT = fc.constantFrom(
  ...["import_(T)", "import_(_T_)", "import(T, {})", "import(T_,_)", "(0, import(T))", "(await import(T))"],
  ...[
    "import.meta",
    "a.import",
    "({ import: 1 })",
    "'import(T)'",
    "/import/",
    "im\\u0070ort(T)",
    "`import(T)`",
  ],
);

/** Declarations, which stand alone. */
const DECLARATION = fc.constantFrom(
  ...[
    "import T",
    "export * from T",
    "export {} from T",
    "import * as n from T",
    "import n from T",
    "import_{_}_from_T",
  ],
);

/** A text whose every `_` is something of `BETWEEN`. */
function filled(text: string): fc.Arbitrary<string> {
  const parts = text.split("_");
  return fc.array(BETWEEN, { minLength: parts.length - 1, maxLength: parts.length - 1 })
    .map((between) => parts.map((part, index) => part + (between[index] ?? "")).join(""));
}

const form = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.array(AROUND, { maxLength: 3 }), IMPORT, STATEMENTS) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constant([]), DECLARATION, fc.constantFrom("@", "/x/;\n@", "var q = 1 / 2\n@")),
  },
).chain(([around, form, statement]) =>
  // Not by replace, to which $ means something.
  filled([...around, statement].reduce((inner, outer) => outer.split("@").join(`_${inner}_`), form))
);

const code = form.map((text) =>
  `var a = { return: 1, if: 1, of: 1 }, b = 1, c = 1, of = 1, g = 1, let_ = 1;\n${
    text.replaceAll("T", JSON.stringify(TARGET))
  }`
);

/** How often V8 imports the target while it runs the text; undefined where the text does not parse. */
async function importedByV8(text: string): Promise<number> {
  counter.imported = 0;
  // A name of its own each time: what was loaded once is not loaded again.
  const own = text.replaceAll(TARGET, `${TARGET};"${crypto.randomUUID()}"`.replaceAll('"', "'"));
  try {
    await import(`data:text/javascript,${encodeURIComponent(own)}`);
  } catch {
    // It does not parse, or it ends with an exception; what was imported before that counts.
  }
  // What was begun and not waited for.
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setTimeout(resolve));
  return counter.imported;
}

async function isRefused(text: string): Promise<boolean> {
  try {
    await importsOf({ name: "a.js", path: "/p/a.js", text }, text);
    return false;
  } catch {
    return true;
  }
}

Deno.test("V8 imported what the scanner had not seen", async () => {
  addEventListener("unhandledrejection", ignore);
  try {
    await fc.assert(
      fc.asyncProperty(code, async (text) => {
        // The target is nothing that a plugin may import, so whatever imports it has to be refused.
        return await isRefused(text) || await importedByV8(text) === 0;
      }),
      { numRuns: 1500 },
    );
  } finally {
    removeEventListener("unhandledrejection", ignore);
  }
});

function ignore(event: Event): void {
  event.preventDefault();
}
