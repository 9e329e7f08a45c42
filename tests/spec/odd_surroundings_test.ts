/** Surroundings in which a bare runtime works, or fails in words: so do we, and nobody reads of a defect. */
import assert from "node:assert/strict";
import { makeBundle } from "../harness/bundle.ts";
import { install } from "../harness/installation.ts";
import { specTest, type Subject } from "../harness/needs.ts";
import { PROBE_STATUS, probeRuntime } from "../harness/probe.ts";
import { run } from "../harness/run.ts";

const PLUGIN = `import { definePlugin, setEnv } from "container-hooks/plugin";
export default definePlugin({
  api: 1, name: "own", version: "1.0.0", brief: "A test's",
  plan: () => ({ edits: [setEnv("FROM", "plugin")] }),
});
`;

/** What nobody is to read: our own word for a defect, and Deno's and Rust's. */
const DEFECT = /defect|panicked|RUST_BACKTRACE|os error|Uncaught|Stack backtrace/;

/**
 * Lines of a shell, in which $CREATE makes a container by $R, the runtime, and $C is the program; and what is said
 * where the runtime is not reached.
 */
type Situation = [name: string, lines: string, says?: RegExp];

const GONE = "mkdir $W/gone && cd $W/gone && rmdir $W/gone";
const AS_USER = "setpriv --reuid 1000 --regid 1000 --clear-groups env -u CONTAINER_HOOKS_RUN " +
  "-u CONTAINER_HOOKS_STATE -u CONTAINER_HOOKS_CONFIG HOME=/nonexistent CONTAINER_HOOKS_PORTABLE_DIR=$W/user";
/** A mount of this process alone. */
const mounted = (mount: string, then: string) => `unshare -m sh -c '${mount} && ${then}'`;

/** Deno's own start fails there in the compiled form, before any line of ours, unless the launcher starts it. */
const LOST: Situation[] = [
  ["the working folder was removed", `${GONE}; $CREATE`],
  ["the working folder was removed, for a call that makes no container", `${GONE}; $R state c1`],
  [
    "the working folder was removed, and the bundle is sought there",
    `${GONE}; $R create c1`,
    /the working folder was removed/,
  ],
  [
    "the working folder was removed, and the log is sought there",
    `${GONE}; $R --log l create c1`,
    /the working folder was removed/,
  ],
];

const SITUATIONS: Situation[] = [
  ["there is no HOME and no PATH", "env -u HOME -u PATH $CREATE"],
  ["standard input is closed", "$CREATE <&-"],
  ["standard output is closed", "$CREATE >&-"],
  ["standard error is closed", "$CREATE 2>&-"],
  ["all three are closed", "$CREATE <&- >&- 2>&-"],
  ["standard error is full", "$CREATE 2>/dev/full"],
  ["few files may be open", "ulimit -n 32; $CREATE"],
  ["no signal may be pending", "prlimit --sigpending=0:0 $CREATE", /timer|pending signals/],
  [
    "variables are not UTF-8",
    "export FOO=$(printf '\\377') HOME=$(printf '/\\377') PATH=$(printf '/\\377:')$PATH; $CREATE",
  ],
  [
    "a variable of ours is not UTF-8",
    "export CONTAINER_HOOKS_CONFIG=$(printf '/\\377'); $CREATE",
    /CONTAINER_HOOKS_CONFIG is not UTF-8|does not exist/,
  ],
  ["the working folder's name is not UTF-8", "D=$W/$(printf 'd\\377'); mkdir $D; cd $D; $CREATE"],
  [
    "the bundle is sought in a folder whose name is not UTF-8",
    "D=$W/$(printf 'd\\377'); mkdir $D; cd $D; $R create c1",
    /the working folder cannot be told/,
  ],
  ["a plugin's name is not UTF-8", "touch $W/plugins/$(printf 'x\\377.ts.old'); $CREATE"],
  [
    "a path is too long",
    "$R create --bundle /$(printf '%05000d' 0) c1",
    /cannot be found: file name too long/,
  ],
  [
    "the bundle is a link to itself",
    "ln -s $W/loop $W/loop; $R create --bundle $W/loop c1",
    /cannot be found: too many levels of symbolic links/,
  ],
  [
    "the run folder is a file",
    "export CONTAINER_HOOKS_RUN=/etc/passwd; $CREATE",
    /cannot be written: not a directory/,
  ],
  [
    "the state folder is a file",
    "export CONTAINER_HOOKS_STATE=/etc/passwd; $CREATE",
    /cannot be (read|written)/,
  ],
  [
    "the run folder is read-only",
    "$CREATE; rm -rf $W/run/bypass; " +
    mounted("mount --bind $W/run $W/run && mount -o remount,ro,bind $W/run", "$CREATE"),
    /cannot be written: read-only file system/,
  ],
  [
    "the run folder is full",
    "mkdir -p $W/run; " +
    mounted("mount -t tmpfs -o size=4k,mode=0700 none $W/run && echo x >$W/run/x", "$CREATE"),
    /no space left on device/,
  ],
  [
    "the state folder is read-only",
    "$CREATE; " + mounted("mount --bind $W/state $W/state && mount -o remount,ro,bind $W/state", "$CREATE"),
  ],
  [
    "the state folder is full",
    "mkdir -p $W/state; " +
    mounted("mount -t tmpfs -o size=4k,mode=0700 none $W/state && echo x >$W/state/x", "$CREATE"),
    /no space left on device/,
  ],
  [
    "the bundle is read-only",
    mounted("mount --bind $B $B && mount -o remount,ro,bind $B", "$CREATE"),
    /read-only file system/,
  ],
  [
    "there is no /dev",
    mounted("mount -t tmpfs none /dev", "$CREATE"),
    /cannot be started|dev\/null|runtime was called/,
  ],
  ["/tmp is read-only", mounted("mount -t tmpfs -o ro none /tmp", "$CREATE")],
  ["there is no /sys", mounted("mount -t tmpfs none /sys", "$CREATE")],
];

async function inSurroundings({ form, work }: Subject, [, lines, says]: Situation): Promise<void> {
  const probe = probeRuntime(work);
  work.folder("plugins");
  work.file("plugins/own.ts", PLUGIN);
  const { runtime, program, env } = await install(form, work, { runtimes: [probe.path] });
  const bundle = await makeBundle(work);
  const words = {
    R: runtime,
    C: program,
    W: work.path,
    B: bundle.path,
    CREATE: `${runtime} create --bundle ${bundle.path} c1`,
  };
  const { status, stdout, stderr } = await run(["sh", "-c", lines], { env: { ...env, ...words } });
  assert.doesNotMatch(stdout + stderr, DEFECT);
  if (says) assert.match(stdout + stderr, says);
  else assert.equal(status, PROBE_STATUS, stderr);
}

for (const situation of SITUATIONS) {
  specTest(
    `nobody reads of a defect where ${situation[0]}`,
    ["root"],
    (subject) => inSurroundings(subject, situation),
  );
}

for (const situation of LOST) {
  specTest(`nobody reads of a defect where ${situation[0]}`, ["root"], async (subject) => {
    if (subject.form.name === "compiled") return; // docs/troubleshooting.md, "Limits of the compiled file"
    await inSurroundings(subject, situation);
  });
}

/** What a user sees whose PATH and folders are root's, as after `su`; and that the exit status is no defect's. */
const USERS: Situation[] = [
  [
    "a create",
    `${AS_USER} $CREATE`,
    /XDG_RUNTIME_DIR is not set, and user 1000 may not write \/run\/container-hooks/,
  ],
  [
    "a call that makes no container",
    `${AS_USER} PATH=$W/secret/bin:$W/secret:$PATH $R state c1`,
    /runtime was called|runc|lstat/,
  ],
  // What it may look at depends on whether root has had containers on this machine.
  [
    "explain",
    `${AS_USER} $C explain`,
    /no container is on record|journal cannot be read: permission denied; run it as root/,
  ],
  ["doctor", `${AS_USER} $C doctor`, /XDG_RUNTIME_DIR is not set/],
  ["bypass", `${AS_USER} $C bypass on`, /could not be switched on/],
  [
    "doctor in folders of others",
    `${AS_USER} CONTAINER_HOOKS_RUN=$W/secret/run CONTAINER_HOOKS_STATE=$W/secret/state CONTAINER_HOOKS_CONFIG=$W/secret/c.toml $C doctor`,
    /permission denied/,
  ],
  ["a folder that may not be looked into", `cd $W/secret && ${AS_USER} $C version`, /version/],
];

for (const situation of USERS) {
  specTest(
    `another user reads of no defect: ${situation[0]}`,
    ["root", "setpriv", "runc"],
    async (subject) => {
      const { work } = subject;
      const program = work.folder("user");
      await run([
        "sh",
        "-c",
        'chmod 755 "$0"; mkdir -m 700 "$0/secret"; chown 1000:1000 "$1"',
        work.path,
        program,
      ]);
      const file = `${work.path}/program`;
      await run(["cp", "--reflink=auto", subject.form.path, file]);
      await inSurroundings({ work, form: { ...subject.form, path: file } }, situation);
    },
    "files",
  );
}

specTest("without /proc the program says so", ["root"], async ({ form, work }) => {
  if (form.name === "compiled") return; // It is denort that says it.
  const { program, env } = await install(form, work);
  const { status, stderr } = await run(["sh", "-c", mounted("mount -t tmpfs none /proc", "$C version")], {
    env: { ...env, C: program },
  });
  assert.deepEqual([status, stderr.trim().split("\n").length], [1, 1], stderr);
  assert.match(stderr, /there is no \/proc, without which Deno cannot start; mount -t proc proc \/proc/);
}, "files");

specTest(
  "where too few files may be open, the portable form says how many",
  ["root"],
  async ({ form, work }) => {
    if (form.name !== "portable") return;
    const { program, env } = await install(form, work);
    const { status, stderr } = await run(["sh", "-c", "ulimit -n 16; $C version"], {
      env: { ...env, C: program },
    });
    assert.equal(status, 1);
    assert.match(stderr, /only 16 files may be open, too few for Deno; raise the limit/);
  },
  "files",
);
