/** Back out with one command, wherever our runtime was put. */
import assert from "node:assert/strict";
import { specTest } from "../harness/needs.ts";
import { privateHost } from "../harness/private_host.ts";

const COMMAND = "/usr/bin/container-hooks";
const ELSEWHERE = ["--runtime", "docker", "--config", "/etc/elsewhere/daemon.json", "--name", "foo"];

specTest(
  "a file and a name of their own kept uninstall from ever going on",
  ["root", "runc", "docker"],
  async ({ form }) => {
    await using host = await privateHost();
    const before = await host.changes();
    await host.mustRun([form.path, "install"]);
    await host.mustRun([COMMAND, "runtime", "configure", ...ELSEWHERE]);
    await host.mustRun([COMMAND, "runtime", "configure", "--runtime", "docker", "--name", "bar"]);
    const { stdout: told } = await host.run([COMMAND, "runtime", "status"]);
    assert.match(told, /^docker .* foo +\/etc\/elsewhere\/daemon\.json:\d/m);
    assert.match(told, /^docker .* bar +\/etc\/docker\/daemon\.json:\d/m);
    const refused = await host.run([COMMAND, "uninstall"]);
    assert.match(
      refused.stderr,
      /elsewhere\/daemon\.json:\d+.*`container-hooks runtime unconfigure --all` takes/,
    );
    await host.mustRun([COMMAND, "runtime", "unconfigure", "--all"]);
    await host.mustRun([COMMAND, "uninstall"]);
    assert.deepEqual(await host.changes(), before);
  },
  "files",
);
