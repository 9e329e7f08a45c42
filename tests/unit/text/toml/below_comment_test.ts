import assert from "node:assert/strict";
import { setBelowComment } from "../../../../mod/text/toml/below_comment.ts";

const SOURCE = { reader: "container-hooks", file: "config.toml" };

const TEXTS: [what: string, before: string, after: string | undefined][] = [
  ["below the comment that shows its default", "[a]\n#k = 1\n#l = 2\n", "[a]\n#k = 1\nk = 9\n#l = 2\n"],
  [
    "with the comment's indentation and the file's line ends",
    "[a]\r\n  # k=1\r\n",
    "[a]\r\n  # k=1\r\n  k = 9\r\n",
  ],
  ["at the end of a text that is not ended", "[a]\n#k = 1", "[a]\n#k = 1\nk = 9"],
  ["past a byte order mark", "\ufeff[a]\n#k = 1\n", "\ufeff[a]\n#k = 1\nk = 9\n"],
  ["not where it has a value", "[a]\n#k = 1\nk = 2\n", undefined],
  ["not in another table", "[b]\n#k = 1\n[a]\n", undefined],
  ["not in the next table", "[a]\n[b]\n#k = 1\n", undefined],
  ["not in a table that is itself a comment", "[a]\n#[b]\n#k = 1\n", undefined],
  ["not at a key that only begins like it", "[a]\n#k2 = 1\n", undefined],
  ["not at a sentence about it", "[a]\n# k is 1\n", undefined],
  ["not inside a text that spans lines", '[a]\nt = """\n#k = 1\n"""\n', undefined],
];

for (const [what, before, after] of TEXTS) {
  Deno.test(`a new value stands ${what}`, () => {
    assert.equal(setBelowComment(before, SOURCE, ["a", "k"], 9), after);
  });
}
