import assert from "node:assert/strict";
import { failure, oneLine, quote } from "../../mod/errors.ts";
import { formatLine } from "../../mod/host/own_log.ts";
import { printJson, printTable } from "../../mod/cli/kit/output.ts";
import { visible } from "../../mod/visible.ts";
import { MemoryHost } from "./memory_host.ts";

/** Turned writing, line ends of Unicode, C1 and C0 controls, what has no width or no ink, a tag, half a pair. */
const UNSEEN = [
  "\u202e",
  "\u2066",
  "\u061c",
  "\u2028",
  "\u2029",
  "\u0085",
  "\u009b",
  "\u001b",
  "\u0000",
  "\u007f",
  "\u200b",
  "\ufeff",
  "\u{e0041}",
  "\u{e0100}",
  "\ufe0f",
  "\u034f",
  "\u115f",
  "\u3164",
  "\uffa0",
  "\u2800",
  "\ud800",
];

/** Plain letters of any writing stay. */
const SEEN = "Grüße, 世界 🚀 שלום";

function isClean(text: string): boolean {
  return !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}\u2800]/u.test(text.replaceAll("\n", ""));
}

Deno.test("a table, --json, a message or a log line printed U+202E, U+2028 and C1 controls raw", async () => {
  for (const bad of UNSEEN) {
    const text = `web${bad}gnp.exe`;
    const host = new MemoryHost();
    printJson(host, { names: [text], [text]: 1 });
    assert.deepEqual(JSON.parse(host.out), { names: [text], [text]: 1 });
    await printTable(host, ["NAME"], [[text]]);
    const line = { plugin: text };
    host.stdout(formatLine("json", 0, "warn", text, line) + formatLine("text", 0, "warn", text, line));
    host.stdout(quote(text) + oneLine(text) + visible(text));
    host.stdout(failure("json-empty", { what: text }).message);
    host.stdout(failure("not-found", { what: text, remedy: text }).message);
    assert.ok(isClean(host.out), JSON.stringify([bad, host.out]));
  }
});

Deno.test("letters of other writings are no escapes", () => {
  assert.equal(visible(SEEN), SEEN);
  assert.equal(oneLine(SEEN), SEEN);
  assert.equal(visible("a\u{e0041}b"), "a\\udb40\\udc41b");
});
