import assert from "node:assert/strict";
import { problem } from "../../mod/api/plugin.ts";
import { asFailure, failure, oneLine } from "../../mod/errors.ts";

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

Deno.test("a text of many MiB was searched as a whole before it was cut", () => {
  const blanks = " \n".repeat(20 * 1024 * 1024);
  assert.equal(oneLine(`${blanks}a${blanks}b`), "a");
  assert.equal(oneLine("x".repeat(40 * 1024 * 1024)).length, 1000);
});

Deno.test("a plugin's line breaks and escapes reached the terminal", () => {
  const details = { plugin: "p", stage: "plan", why: "one\ntwo\x1b[31m", remedy: "three\r\nfour\x07" };
  assert.equal(
    failure("plugin", details).message,
    "plugin p failed at plan: one two\\u001b[31m; three four\\u0007",
  );
});

Deno.test("what the system refuses is no defect, whoever did not foresee it", () => {
  const told = [
    new Deno.errors.PermissionDenied("Permission denied (os error 13): realpath '/root/bin/runc'"),
    new Error("Read-only file system (os error 30), open '/x'"),
    new Error("No space left on device (os error 28)"),
  ].map((error) => asFailure(error));
  assert.deepEqual(told.map(({ code }) => code), ["system", "system", "system"]);
  assert.match(
    told[0]!.what,
    /refuses what container-hooks needs: realpath '\/root\/bin\/runc': permission denied$/,
  );
  assert.match(told[1]!.what, /needs: open '\/x': read-only file system$/);
  assert.match(told[2]!.what, /needs: no space left on device$/);
  assert.equal(asFailure(new TypeError("x is not a function")).code, "internal");
});
