import assert from "node:assert/strict";
import { killing, momentsOf } from "../../harness/kill_moments.ts";

/** What `strace -y` shows, with -f and without, and what is made of it: call, targets, where it is met. */
const CASES: [line: string, ...moment: [call: string, targets: string[], traced: string] | []][] = [
  ['rename("/a/x.new", "/a/x") = 0', "rename", ["/a/x.new", "/a/x"], "/a/x.new"],
  // A name in an opened folder was not seen at all.
  ['renameat(5</a>, "x.new", 5</a>, "x") = 0', "renameat", ["/a/x.new", "/a/x"], "/a"],
  ['renameat(AT_FDCWD</w>, "/a/x", AT_FDCWD</w>, "/a/y") = 0', "renameat", ["/a/x", "/a/y"], "/a/x"],
  ['17 openat(5</a>, "x", O_WRONLY|O_CREAT|O_EXCL, 0600) = 6</a/x>', "openat", ["/a/x"], "/a"],
  ['17 openat(5</a>, "x", O_RDONLY) = 6</a/x>'],
  ["fsync(6</a/x>)                          = 0", "fsync", ["/a/x"], "/a/x"],
  ["17 fchmod(6</a/x>, 0600 <unfinished ...>", "fchmod", ["/a/x"], "/a/x"],
  ['symlink("/target", "/a/link") = 0', "symlink", ["/a/link"], "/a/link"],
  ['symlinkat("/target", 5</a>, "link") = 0', "symlinkat", ["/a/link"], "/a"],
  ['unlink("/a/x") = -1 ENOENT (No such file or directory)'],
  ["+++ killed by SIGKILL +++"],
];

for (const [line, ...expected] of CASES) {
  Deno.test(`a moment of ${line}`, () => {
    const found = momentsOf(line).map(({ call, targets, traced }) => [call, targets, traced]);
    assert.deepEqual(found, expected.length === 0 ? [] : [expected]);
  });
}

Deno.test("calls are counted for each path that they name, as strace counts them, and those that fail too", () => {
  const moments = momentsOf([
    '1 unlink("/a/x") = -1 ENOENT (No such file or directory)',
    '1 unlink("/a/y") = 0',
    '2 unlink("/a/x") = 0',
    '1 unlink("/a/x") = 0',
    '1 rename("/a/z", "/a/x") = 0',
    '1 rename("/a/x", "/a/z") = 0',
  ].join("\n"));
  assert.deepEqual(moments.map(({ nth }) => nth), [1, 1, 2, 1, 2]);
  assert.deepEqual(killing(moments[2]!), [
    ...["-qq", "--trace=unlink", "--trace-path=/a/x", "--output=/dev/null"],
    "--inject=unlink:signal=KILL:when=2",
  ]);
});
