/** A runtime that is ourselves under another name would call itself for ever. */
import assert from "node:assert/strict";
import { makeBundle } from "../harness/bundle.ts";
import { install } from "../harness/installation.ts";
import { specTest } from "../harness/needs.ts";
import { mustRun, which } from "../harness/run.ts";

/** Ways to give a file another name. */
const WAYS: Record<string, string[]> = {
  "symbolic link": ["ln", "-s"],
  "hard link": ["ln"],
  "copy": ["cp", "--reflink=auto"],
};

for (const [way, command] of Object.entries(WAYS)) {
  specTest(`a ${way} of ourselves is not taken for the runtime`, ["root", "runc"], async ({ form, work }) => {
    const alias = `${work.folder("aliases")}/runc`;
    const installed = await install(form, work, { copy: true, runtimes: [alias] });
    await mustRun([...command, installed.program, alias]);
    for (const args of [["state", "c1"], ["create", "c1"]]) {
      const ran = await installed.asRuntime(args, { limit: 20 });
      assert.equal(ran.status, 1);
      assert.match(
        ran.stderr,
        /no OCI runtime was found: \S+\/aliases\/runc is container-hooks itself; install runc/,
      );
    }
  }, "files");

  specTest(`a ${way} of ourselves on PATH is passed over`, ["root", "runc"], async ({ form, work }) => {
    const installed = await install(form, work, { copy: true, runtimes: ["runc", which("runc")!] });
    const aliases = work.folder("aliases");
    await mustRun([...command, installed.program, `${aliases}/runc`]);
    const bundle = await makeBundle(work, { args: ["echo", "started"] });
    const ran = await installed.asRuntime([
      "run",
      "--bundle",
      bundle.path,
      `itself-${crypto.randomUUID().slice(0, 8)}`,
    ], {
      env: { PATH: `${aliases}:/usr/sbin:/usr/bin:/sbin:/bin` },
      limit: 20,
    });
    assert.deepEqual([ran.status, ran.stdout], [0, "started\n"], ran.stderr);
  }, "files");
}
