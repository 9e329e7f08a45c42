/** The examples that the program carries: tested by the built file alone, and at work on real containers. */
import assert from "node:assert/strict";
import { EXAMPLES } from "../../mod/cli/plugin/command.ts";
import type { Spec } from "../../mod/core/oci.ts";
import { makeBundle } from "../harness/bundle.ts";
import { install } from "../harness/installation.ts";
import { specTest, type Subject } from "../harness/needs.ts";
import { run } from "../harness/run.ts";

specTest("each example is made, and passes its tests", ["root"], async (subject) => {
  const installed = await install(subject.form, subject.work);
  const cwd = subject.work.folder("author");
  const call = (...words: string[]) => run([installed.program, ...words], { cwd, env: installed.env });
  for (const example of EXAMPLES) {
    const made = await call("plugin", "new", `my-${example}`, "--like", example);
    assert.equal(made.status, 0, made.stderr);
    const tested = await call("plugin", "test", `my-${example}`);
    assert.match(tested.stdout, /\n[1-9][0-9]* passed, 0 failed\n$/, tested.stdout + tested.stderr);
  }
}, "files");

/** A container on runc. */
interface Scene {
  example: string;
  /** Of the plugin, in config.toml's words. */
  options?: string;
  id?: string;
  bundle?: string;
  args?: string[];
  edit?: (spec: Spec) => void;
}

async function runWith({ form, work }: Subject, { example, options, id, bundle, args, edit }: Scene) {
  const policy = options === undefined ? "" : `\n[plugins.${example}.options]\n${options}\n`;
  work.folder("plugins");
  for (const { name } of Deno.readDirSync(`examples/${example}`)) {
    work.file(`plugins/${example}/${name}`, Deno.readTextFileSync(`examples/${example}/${name}`));
  }
  const installed = await install(form, work, { policy });
  const made = await makeBundle(work, { args, edit, name: bundle });
  return await installed.asRuntime(["run", "--bundle", made.path, id ?? `example-${crypto.randomUUID()}`]);
}

const NEEDS = ["root", "runc"] as const;

specTest("privileged-list denies a privileged container, and no other", [...NEEDS], async (subject) => {
  const denied = await runWith(subject, { example: "privileged-list", edit: privileged });
  assert.notEqual(denied.status, 0);
  assert.match(denied.stderr, /privileged-list denies it: it is privileged \(.*all-devices/);
});

specTest(
  "privileged-list lets a container start that asks for nothing special",
  [...NEEDS],
  async (subject) => {
    const ran = await runWith(subject, { example: "privileged-list", args: ["echo", "started"] });
    assert.deepEqual([ran.status, ran.stdout], [0, "started\n"], ran.stderr);
  },
);

/** What `docker run --privileged` makes of it. */
function privileged({ process, linux }: Spec): void {
  const all = Array.from({ length: 41 }, (_, number) => CAPABILITIES[number]!);
  process!.capabilities = { bounding: all, effective: all, permitted: all };
  linux!.maskedPaths = [];
  linux!.readonlyPaths = [];
  linux!.resources = { devices: [{ allow: true, access: "rwm" }] };
}

/** By their numbers: capabilities(7). */
const CAPABILITIES =
  ("CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE " +
    "NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE " +
    "SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL " +
    "SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE")
    .split(" ").map((name) => `CAP_${name}`);

specTest("ca-bundle gives a container the host's certificates, read-only", [...NEEDS], async (subject) => {
  const pem = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n";
  const file = subject.work.file("ca.pem", pem);
  const show = 'cat "$SSL_CERT_FILE"; echo x 2>/dev/null >>"$SSL_CERT_FILE" || echo read-only';
  const ran = await runWith(subject, {
    example: "ca-bundle",
    options: `bundle = ${JSON.stringify(file)}`,
    args: ["sh", "-c", show],
  });
  assert.equal(ran.stdout, `${pem}read-only\n`, ran.stderr);
});

specTest("audit-socket gives its socket to the container that asks", [...NEEDS], async (subject) => {
  const path = `${subject.work.path}/audit.sock`;
  using _daemon = Deno.listen({ transport: "unix", path });
  const ran = await runWith(subject, {
    example: "audit-socket",
    options: `socket = ${JSON.stringify(path)}`,
    args: ["sh", "-c", 'test -S "$AUDIT_SOCKET" && echo there'],
    edit: (spec) => spec.annotations = { "org.example.audit": "yes" },
  });
  assert.equal(ran.stdout, "there\n", ran.stderr);
});

specTest("image-limits bounds the processes of a container without a limit", [...NEEDS], async (subject) => {
  const ran = await runWith(subject, {
    example: "image-limits",
    options: 'rules = ["registry.example.com/ pids=9", "* pids=42"]',
    args: ["sh", "-c", "cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max 2>/dev/null"],
    edit({ mounts }) {
      mounts!.push({ destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["ro"] });
    },
  });
  assert.equal(ran.stdout, "42\n", ran.stderr);
});

specTest("log-shipping calls its program when the container has ended", [...NEEDS], async (subject) => {
  const { work } = subject;
  const id = "5".repeat(62) + String(Math.floor(Math.random() * 90) + 10);
  const program = work.program("ship", `#!/bin/sh\necho "$@" >>${work.path}/shipped\n`);
  const bundle = `storage/vfs-containers/${id}/userdata`;
  // As podman's list has it.
  const record = { id, names: ["web"], metadata: '{"image-name":"docker.io/library/web:1"}' };
  work.file("storage/vfs-containers/containers.json", JSON.stringify([record]));
  const ran = await runWith(subject, {
    example: "log-shipping",
    options: `program = ${JSON.stringify(program)}`,
    id,
    bundle,
  });
  assert.equal(ran.status, 0, ran.stderr);
  assert.equal(Deno.readTextFileSync(`${work.path}/shipped`), `${id} web ${work.path}/${bundle}/ctr.log\n`);
});

specTest("a container that was recorded is a fixture of a plugin's tests", ["root"], async (subject) => {
  const installed = await install(subject.form, subject.work);
  const cwd = subject.work.folder("author");
  const { path } = await makeBundle(subject.work, { env: ["PASSWORD=hunter2"], args: ["sleep", "1"] });
  const call = (...words: string[]) => run([installed.program, ...words], { cwd, env: installed.env });
  assert.equal((await call("plugin", "new", "mine")).status, 0);
  const recorded = await call("explain", "--record", "mine/web.ts", "--bundle", path);
  assert.equal(recorded.status, 0, recorded.stderr);
  const text = Deno.readTextFileSync(`${cwd}/mine/web.ts`);
  assert.match(text, /"PASSWORD=\(redacted\)"/);
  assert.ok(!text.includes("hunter2"));
  Deno.writeTextFileSync(
    `${cwd}/mine/plugin_test.ts`,
    `import { assertEquals, makeContainer, test } from "container-hooks/testing";
import { container } from "./web.ts";
test("it is the container", () => assertEquals(makeContainer(container).process.args, ["sleep", "1"]));
`,
  );
  const tested = await call("plugin", "test", "mine");
  assert.match(tested.stdout, /1 passed, 0 failed/, tested.stdout + tested.stderr);
  const checked = await call("plugin", "check", "mine");
  assert.equal(checked.status, 0, checked.stdout);
  const again = await call("explain", "--record", "mine/web.ts", "--bundle", path);
  assert.match(again.stderr, /mine\/web\.ts is there already/);
}, "files");

const KEEPING = `import { definePlugin, setEnv } from "container-hooks/plugin";
let team: string | undefined;
export default definePlugin({
  api: 1,
  name: "keeping",
  version: "1.0.0",
  brief: "Takes every container for the first",
  plan: ({ labels }) => ({ edits: [setEnv("TEAM", team ??= labels.team ?? "")] }),
});
`;

specTest(
  "what a plugin keeps of the first container fails its tests in both orders",
  ["root"],
  async (subject) => {
    const installed = await install(subject.form, subject.work);
    subject.work.file("keeping/plugin.ts", KEEPING);
    subject.work.file(
      "keeping/plugin_test.ts",
      `import { ask, assertEquals, test } from "container-hooks/testing";
import plugin from "./plugin.ts";
for (const team of ["a", "b"]) {
  test(\`team \${team}\`, async () => assertEquals((await ask(plugin, { labels: { team } })).edits?.length, 1));
  test(\`value \${team}\`, async () => {
    const { edits } = await ask(plugin, { labels: { team } });
    assertEquals(edits?.map((edit) => edit.edit === "env" && edit.value), [team]);
  });
}
`,
    );
    const { status, stdout } = await installed.command(["plugin", "test", `${subject.work.path}/keeping`]);
    assert.equal(status, 1);
    assert.match(stdout, /FAILED +value a[^]*it fails where the tests run in the reverse order/);
    assert.match(stdout, /FAILED +value b[^]*it fails where the tests run in their order/);
    assert.match(stdout, /keep nothing there/);
    assert.match(stdout, /\n2 passed, 2 failed\n$/);
  },
  "files",
);
