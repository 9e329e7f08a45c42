import assert from "node:assert/strict";
import { problem } from "../../mod/api/plugin.ts";
import { asFailure, failure } from "../../mod/errors.ts";

Deno.test("a problem of a built-in plugin's command is not reported as a defect of ours", () => {
  const { code, message, status } = asFailure(problem("there is no program ip", "install iproute2"));
  assert.deepEqual([code, message, status], ["problem", "there is no program ip; install iproute2", 1]);
});

Deno.test("what nobody foresaw is a defect, and a failure stays what it is", () => {
  assert.equal(asFailure(new TypeError("x is undefined")).code, "internal");
  assert.equal(asFailure(Object.assign(new Error("odd"), { remedy: 7 })).code, "internal");
  assert.equal(asFailure("text").code, "internal");
  const own = failure("not-found", { what: "it is gone", remedy: "look for it" });
  assert.equal(asFailure(own), own);
});
