import assert from "node:assert/strict";
import { hintAtHost, WITHHELD, withholdGlobals } from "../../../mod/sandbox/globals.ts";

Deno.test("what leads around host is gone, and an error that comes of it says what to use", () => {
  const kept = Object.fromEntries(
    WITHHELD.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]),
  );
  try {
    withholdGlobals();
    assert.deepEqual(WITHHELD.filter((name) => name in globalThis), []);
    const thrown = assertThrown(() => new Function("Deno.exit(0)")());
    assert.match((hintAtHost(thrown) as { remedy?: string }).remedy ?? "", /`host` alone/);
  } finally {
    for (const [name, property] of Object.entries(kept)) {
      if (property) Object.defineProperty(globalThis, name, property);
    }
  }
});

Deno.test("another error keeps to itself", () => {
  for (
    const thrown of [
      new ReferenceError("nothing is not defined"),
      new Error("Deno"),
      "Deno is not defined",
      null,
    ]
  ) {
    assert.equal((hintAtHost(thrown) as { remedy?: string } | null)?.remedy, undefined);
  }
});

function assertThrown(action: () => void): unknown {
  try {
    action();
  } catch (thrown) {
    return thrown;
  }
  throw new Error("it did not throw");
}
