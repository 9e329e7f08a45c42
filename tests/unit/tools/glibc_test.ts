/** What Deno is linked with, as ldd tells. */
import assert from "node:assert/strict";
import { parseLdd } from "../../../tools/build/glibc.ts";

const LDD = `\tlinux-vdso.so.1 (0x00007fd176e88000)
\tlibm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007fd170f20000)
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007fd170d3e000)
\t/lib64/ld-linux-x86-64.so.2 (0x00007fd176e8a000)
`;

Deno.test("libraries and loader are read, and what the kernel maps is left out", () => {
  assert.deepEqual(parseLdd(LDD), {
    interpreter: "/lib64/ld-linux-x86-64.so.2",
    loader: "glibc/ld-linux-x86-64.so.2",
    files: [
      { name: "glibc/ld-linux-x86-64.so.2", path: "/lib64/ld-linux-x86-64.so.2" },
      { name: "glibc/libc.so.6", path: "/lib/x86_64-linux-gnu/libc.so.6" },
      { name: "glibc/libm.so.6", path: "/lib/x86_64-linux-gnu/libm.so.6" },
    ],
  });
});

Deno.test("a machine without glibc is told, not given an empty library", () => {
  assert.throws(() => parseLdd("\t/lib/ld-musl-x86_64.so.1 (0x7f)\n"), /names no loader.*built with glibc/);
});
