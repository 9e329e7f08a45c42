/** Why a call of the C library failed, which is read after it. */
import assert from "node:assert/strict";
import { LIBC, openLibrary, RESULT } from "../../../mod/host/ffi.ts";
import { systemCall, systemCallUnlessAbsent, SystemError } from "../../../mod/host/system_error.ts";

const libc = openLibrary(LIBC, {
  location: { name: "__errno_location", parameters: [], result: RESULT.long },
  copyTo: { name: "memcpy", parameters: ["usize", "buffer", "usize"], result: RESULT.long },
});

/** Fails as a call does, with these numbers one after the other, the last one for ever. */
function failing(...numbers: number[]) {
  const action = () => {
    const number = numbers[Math.min(action.calls++, numbers.length - 1)]!;
    libc.copyTo(libc.location(), new Uint8Array(new Int32Array([number]).buffer), 4);
    return -1;
  };
  action.calls = 0;
  return action;
}

const ENOENT = 2, EINTR = 4, EAGAIN = 11, EACCES = 13, ETIMEDOUT = 110;

Deno.test("a number that V8's waiting left is not taken for the call's: a lock that is missing was no lock", () => {
  assert.equal(systemCallUnlessAbsent("openat", failing(EAGAIN, ENOENT)), undefined);
  assert.equal(systemCallUnlessAbsent("openat", failing(ETIMEDOUT, EAGAIN, EINTR, ENOENT)), undefined);
});

Deno.test("a call that fails for its own reason is told at once", () => {
  const action = failing(EACCES);
  assert.throws(
    () => systemCall("openat", action),
    (error) => error instanceof SystemError && error.number === EACCES,
  );
  assert.equal(action.calls, 1);
});

Deno.test("a call that would have to wait says so in the end", () => {
  assert.throws(
    () => systemCall("flock", failing(EAGAIN)),
    (error) => error instanceof SystemError && error.number === EAGAIN,
  );
});
