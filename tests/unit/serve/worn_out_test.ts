import assert from "node:assert/strict";
import { isWornOut } from "../../../mod/serve/worn_out.ts";

const MB = 1024 * 1024;
const FRESH = { memory: 60 * MB, heap: 10 * MB, asked: 1000 };

Deno.test("a service that has gathered too much ends once nobody waits", () => {
  assert.equal(isWornOut(FRESH, 0), false);
  for (const worn of [{ memory: 401 * MB }, { heap: 97 * MB }, { asked: 50_001 }]) {
    assert.equal(isWornOut({ ...FRESH, ...worn }, 0), true, JSON.stringify(worn));
    assert.equal(isWornOut({ ...FRESH, ...worn }, 1), false, JSON.stringify(worn));
  }
});

Deno.test("one that takes the machine's memory ends whoever waits", () => {
  assert.equal(isWornOut({ ...FRESH, memory: 1201 * MB }, 7), true);
});
