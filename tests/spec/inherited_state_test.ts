/** What an engine hands to its runtime must reach it through us as if we were not there. */
import assert from "node:assert/strict";
import { makeBundle } from "../harness/bundle.ts";
import { install } from "../harness/installation.ts";
import { specTest, type Subject } from "../harness/needs.ts";
import { type Inherited, PROBE_STATUS, probeRuntime } from "../harness/probe.ts";
import { run } from "../harness/run.ts";

/** An engine's peculiarities: none of these is what a process has by itself. */
const SETUP = `
umask 027
ulimit -Hn 4000
ulimit -Sn 612
echo 300 >/proc/self/oom_score_adj
exec 3</etc/hostname 7<>/dev/null
cd "$WORK"
exec >"$WORK/out" 2>&1
`;

const ENGINE_VARIABLES = {
  LISTEN_FDS: "1",
  LISTEN_PID: "4242",
  NOTIFY_SOCKET: "/run/notify",
  XDG_RUNTIME_DIR: "/run/user/0",
  _LIBCONTAINER_ODD: "a b=c",
};

interface Seen {
  bare: Inherited;
  wrapped: Inherited;
  /** The process that stood for the engine when we were called. */
  engine: number;
}

/** Calls the probe by itself and through us, from a shell that stands for the engine. */
async function bareAndWrapped({ form, work }: Subject, setup: string, command: string): Promise<Seen> {
  const probe = probeRuntime(work);
  const installed = await install(form, work, {
    runtimes: [probe.path],
    hooks: { poststop: [{ path: "/bin/true" }] },
  });
  const bundle = await makeBundle(work);
  const args = command === "create" ? ["create", "--bundle", bundle.path, "inherits"] : [command, "inherits"];
  const env = { ...installed.env, ...ENGINE_VARIABLES, WORK: work.path };
  const call = async (program: string) => {
    const ran = await run(["sh", "-c", `${setup}\n"$@"; exit $?`, "sh", program, ...args], { env });
    assert.equal(ran.status, PROBE_STATUS, Deno.readTextFileSync(`${work.path}/out`));
    return ran.pid;
  };
  await call(probe.path);
  const bare = probe.inherited();
  const engine = await call(installed.runtime);
  return { bare, wrapped: probe.inherited(), engine };
}

for (const command of ["create", "state"]) {
  specTest(
    `${command} hands on all that the engine set up, in its own process`,
    ["root", "runc"],
    async (subject) => {
      const { bare, wrapped, engine } = await bareAndWrapped(subject, SETUP, command);
      assert.deepEqual(wrapped.facts, bare.facts);
      assert.equal(wrapped.parent, engine);
      for (const fact of ["umask 0027", "soft limit of open files 612", "oom_score_adj 300", "SigIgn 0"]) {
        assert.ok(bare.facts.includes(fact), `the test itself has lost ${fact}`);
      }
    },
  );

  specTest(`${command} leaves SIGPIPE ignored under an engine that ignores it, as conmon does`, [
    "root",
    "runc",
  ], async (subject) => {
    const { bare, wrapped } = await bareAndWrapped(subject, `${SETUP}\ntrap "" PIPE`, command);
    assert.deepEqual(wrapped.facts, bare.facts);
    assert.ok(bare.facts.includes("SigIgn 1000"), "the test itself has lost SIGPIPE");
  });
}
