/** Upgrades and downgrades while the service runs and containers are started all the time: none is lost. */
import assert from "node:assert/strict";
import { MARKING_PLUGIN } from "../harness/marking.ts";
import { specTest, type Subject } from "../harness/needs.ts";
import { privateHost } from "../harness/private_host.ts";
import type { Ran } from "../harness/run.ts";
import { servedHost } from "../harness/served_host.ts";
import { startAllTheTime } from "../harness/starting.ts";
import { startSystemd } from "../harness/systemd_host.ts";
import { until } from "../harness/until.ts";
import { anotherVersion } from "../harness/versions.ts";

const COMMAND = "/usr/bin/container-hooks";
const LAUNCHER = "/usr/bin/container-hooks-runtime";
const PLUGIN = "/etc/container-hooks/plugins/marking.ts";

/** Containers that are started before, and after, the versions are exchanged. */
const SOME = 4;

/** What a host can do that has the program and its service. */
interface Host {
  run(argv: string[]): Promise<Ran>;
  mustRun(argv: string[]): Promise<Ran>;
}

interface Status {
  runs: boolean;
  pid: number;
  program: string;
  since: number;
  warm: number;
}

async function statusOf(host: Host): Promise<Status> {
  return JSON.parse((await host.mustRun([COMMAND, "serve", "--status", "--json"])).stdout);
}

/** The service is of the installed program, and plans for whoever asks. */
async function becomesWarm(host: Host): Promise<Status> {
  return await until("the service of the installed version plans", async () => {
    const program = (await host.mustRun(["readlink", "-f", COMMAND])).stdout.trim();
    const status = await statusOf(host);
    return status.runs && status.program === program && status.warm > 0 && status;
  });
}

/** Exchanges the versions one after the other. @param check Told the service before and after each. */
async function exchange(
  host: Host,
  { work }: Subject,
  files: string[],
  check: (before: Status, after: Status) => void,
): Promise<void> {
  const starting = startAllTheTime(work, (args) => host.run([LAUNCHER, ...args]), /^MARKED=yes$/m);
  let stopped: string[] | undefined;
  try {
    let before = await becomesWarm(host);
    for (const file of files) {
      await starting.more(SOME);
      const count = starting.count();
      await host.mustRun([file, "install"]);
      assert.ok(starting.count() > count, "containers were started while the versions were exchanged");
      await starting.more(SOME);
      const after = await becomesWarm(host);
      assert.notEqual(after.program, before.program);
      check(before, after);
      before = after;
    }
  } finally {
    stopped = await starting.stop();
  }
  assert.deepEqual(stopped, []);
  const { stdout } = await host.mustRun([COMMAND, "explain", "--json", "--limit", "1000"]);
  assert.ok(JSON.parse(stdout).length >= starting.count(), "each is on record");
  const ended = await host.mustRun(["sh", "-c", "ls /run | grep -c ^ended-starting-"]);
  assert.equal(Number(ended.stdout), starting.count(), "each had its handler called");
}

specTest(
  "without an init of ours the service becomes each version that is installed, in the same process",
  ["root", "runc"],
  async (subject) => {
    const { form, work } = subject;
    const newer = anotherVersion(form, work, 3);
    await using here = await servedHost(form);
    await here.host.write(PLUGIN, MARKING_PLUGIN);
    await here.start();
    await exchange(here.host, subject, [newer, form.path], (before, after) => {
      assert.equal(after.pid, before.pid);
      assert.ok(after.since >= before.since);
    });
  },
  "files",
);

specTest(
  "under systemd each version that is installed has its service, and no container is lost",
  ["root", "runc", "systemd"],
  async (subject) => {
    const { form, work } = subject;
    const newer = anotherVersion(form, work, 4);
    await using host = await privateHost();
    await using systemd = await startSystemd(host);
    await systemd.mustRun([form.path, "install"]);
    await host.write(PLUGIN, MARKING_PLUGIN);
    await exchange(systemd, subject, [newer, form.path], () => {});
  },
  "files",
);
