import assert from "node:assert/strict";
import { annotationPatterns } from "../../../../mod/engines/setup/annotation_patterns.ts";

Deno.test("a key that is spelled out is a pattern of its own", () => {
  assert.deepEqual(annotationPatterns(["^org\\.example\\.audit$", "^example\\.com/hook$"]), [
    "org.example.audit",
    "example.com/hook",
  ]);
});

Deno.test("an expression without an end is a pattern with a star, on either side of the slash", () => {
  assert.deepEqual(annotationPatterns(["^org\\.example", "^org\\.example.*$"]), [
    "org.example*",
    "org.example*/*",
  ]);
  assert.deepEqual(annotationPatterns(["^example\\.com/.*"]), ["example.com/*"]);
});

Deno.test("what would let everybody's annotations through has no pattern", () => {
  assert.deepEqual(
    annotationPatterns([".*", "", "^$", "^.*$", "(a|b)", "^[a-z]+$", "\\.", "^a.*b$", "*"]),
    [],
  );
});

Deno.test("what a runtime acts by itself is not handed to pods' owners for a plugin's sake", () => {
  assert.deepEqual(
    annotationPatterns(["^run\\.oci\\.handler$", "^org\\.systemd\\.property\\..*$", "^ru", "^org"]),
    [],
  );
});
