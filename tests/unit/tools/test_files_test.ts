import assert from "node:assert/strict";
import { findTestFiles, runSideBySide, usesEngines, type WholeFile } from "../../../tools/test_files.ts";
import { PROJECT } from "../../harness/forms.ts";

Deno.test("without words it is every file", () => {
  const { parts, whole } = findTestFiles(PROJECT, []);
  for (const path of ["tests/unit/tools/test_files_test.ts", "tests/fuzz/when_test.ts"]) {
    assert.ok(parts.includes(path), path);
  }
  assert.ok(parts.some((path) => path.startsWith("plugins/lxcfs/commands/")));
  for (const path of ["tests/faults/create_faults_test.ts", "tests/spec/wrapper_test.ts"]) {
    assert.ok(whole.some((file) => file.path === path), path);
  }
});

Deno.test("a folder or a file is what it names, and nothing whose name begins like it", () => {
  const { parts, whole } = findTestFiles(PROJECT, [
    "tests/unit/tools/",
    "tests/spec/config_test.ts",
    "tests/spec/con",
  ]);
  assert.ok(parts.includes("tests/unit/tools/test_files_test.ts"));
  assert.deepEqual(whole.map(({ path }) => path), ["tests/spec/config_test.ts"]);
});

Deno.test("a file uses engines that needs one, or stands on what starts one", () => {
  assert.ok(usesEngines('specTest("x", ["root", "docker"], body);'));
  assert.ok(usesEngines('import { setUp } from "../harness/nic.ts";'));
  assert.ok(
    !usesEngines('import { install } from "../harness/installation.ts";\nspecTest("docker and I", ["runc"])'),
  );
});

const files: WholeFile[] = ["a", "b!", "c!", "d", "e!"].map((path) => ({
  path,
  usesEngines: path.endsWith("!"),
}));

for (const atOnce of [1, 2, 4]) {
  Deno.test(`${atOnce} at once: each file runs once, and no two that use engines side by side`, async () => {
    const running = new Set<WholeFile>();
    const ran: string[] = [];
    let most = 0;
    await runSideBySide(files, atOnce, async (file) => {
      running.add(file);
      most = Math.max(most, running.size);
      assert.ok([...running].filter(({ usesEngines }) => usesEngines).length <= 1);
      await new Promise((resolve) => setTimeout(resolve, file.usesEngines ? 2 : 1));
      running.delete(file);
      ran.push(file.path);
    });
    assert.deepEqual(ran.toSorted(), files.map(({ path }) => path).toSorted());
    assert.equal(most, Math.min(atOnce, 3));
  });
}
