/** `config set`, on files and values that nobody thought of. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { set } from "../../mod/cli/config/set.ts";
import { readConfig } from "../../mod/config/config.ts";
import { writeValue } from "../../mod/text/toml/write.ts";
import { inContext } from "../unit/cli/program_context.ts";
import { MemoryHost } from "../unit/memory_host.ts";

const MAIN = "/etc/container-hooks/config.toml";

/** Lines that may stand around the key, in any order and number. */
const line = fc.constantFrom("", "# a comment = [", "  ", "# [plugins.a]", "#x=1");
const lines = fc.array(line, { maxLength: 4 });

const value = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.maxSafeInteger(),
  fc.boolean(),
  fc.array(fc.string({ unit: "binary" }), { maxLength: 3 }),
);

Deno.test("a value that is set is the value that is read, and no other line changes", async () => {
  await fc.assert(
    fc.asyncProperty(lines, lines, lines, value, value, async (top, middle, end, before, after) => {
      const text = (held: unknown) =>
        [...top, "[plugins.a.options]", ...middle, `held = ${writeValue(held as string)} # kept`, ...end, ""]
          .join("\n");
      const host = new MemoryHost();
      host.file(MAIN, text(before));
      const word = `plugins.a.options.held=${writeValue(after)}`;
      await set.call(inContext(host), { json: false, dryRun: false }, word);
      assert.deepEqual((await readConfig(host)).plugins.a?.options, { held: after });
      assert.equal(host.text(MAIN), text(after));
    }),
  );
});
