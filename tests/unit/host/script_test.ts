import assert from "node:assert/strict";
import { checkScript } from "../../../mod/host/script.ts";
import { MemoryHost } from "../memory_host.ts";

const PATH = "/srv/hook";

/** Checks a program with this content, beside an interpreter of root's and one of a user's. */
function check(content: string): void {
  const host = new MemoryHost();
  host.file("/bin/sh", "\x7fELF\0", { mode: 0o755 });
  host.file("/opt/python", "\x7fELF\0", { mode: 0o777 });
  host.file(PATH, content, { mode: 0o755 });
  checkScript(host, PATH, "program");
}

for (const content of ["#!/bin/sh\n", "#! /bin/sh -e\nexit\r\n", "#!/bin/sh", "\x7fELF\x02\0"]) {
  Deno.test(`a program that the kernel starts is well: ${JSON.stringify(content)}`, () => check(content));
}

const WRONG: [content: string, says: RegExp][] = [
  ["", /program \/srv\/hook is empty, so that the kernel does not start it; begin it with .*#!\/bin\/sh/],
  ["echo hello\n", /is a text without #! at its beginning/],
  ["\ufeff#!/bin/sh\n", /is a text without #! at its beginning/],
  ["#!/bin/sh\r\necho\r\n", /has Windows' line ends.*carriage return.*sed -i/],
  ["#!sh\n", /names no interpreter by an absolute path/],
  ["#!\n", /names no interpreter by an absolute path/],
  ["#!/bin/gone\n", /program \/srv\/hook: interpreter \/bin\/gone does not exist/],
  ["#!/opt/python -u\n", /interpreter \/opt\/python is not trusted: it can be written by others/],
];

for (const [content, says] of WRONG) {
  Deno.test(`a script that the kernel does not start as meant was found well: ${JSON.stringify(content)}`, () => {
    assert.throws(() => check(content), says);
  });
}
