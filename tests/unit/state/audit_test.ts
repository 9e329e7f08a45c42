import assert from "node:assert/strict";
import { audit, type AuditEvent, sweepAudit } from "../../../mod/state/audit.ts";
import { dispatched, ENTRY, type Planned, planned } from "../dispatch/dispatched.ts";
import { MemoryHost } from "../memory_host.ts";

const FILE = "/var/log/audit.jsonl";
const REFUSED: AuditEvent = {
  event: "refused",
  container: "a1",
  name: "shop/cart-0/web",
  engine: "containerd",
  pod: { namespace: "shop", name: "cart-0", container: "web" },
  plugin: "deny-privileged",
  rule: "denied",
  why: "container a1 is privileged",
};

function hostWithLog(): MemoryHost {
  const host = new MemoryHost();
  host.folder("/var/log");
  return host;
}

function lines(host: MemoryHost): Record<string, unknown>[] {
  return (host.text(FILE) ?? "").split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

Deno.test("an event is one line, root's alone to read", async () => {
  const host = hostWithLog();
  await audit(host, FILE, { event: "allowed", container: "a1", plugins: ["p"], edits: 2 });
  assert.deepEqual(lines(host), [
    { time: "2023-11-14T22:13:20.000Z", event: "allowed", container: "a1", plugins: ["p"], edits: 2 },
  ]);
  assert.equal(host.lstat(FILE)!.mode, 0o600);
});

Deno.test("a kubelet that tries again and again was a line each time; it is one, and one with a count", async () => {
  const host = hostWithLog();
  for (let attempt = 1; attempt <= 5; attempt++) {
    // Each attempt is another container.
    await audit(host, FILE, {
      ...REFUSED,
      container: `a${attempt}`,
      why: `container a${attempt} is privileged`,
    });
    host.time += 60_000;
  }
  sweepAudit(host);
  assert.equal(lines(host).length, 1, "it may go on");
  host.time += 15 * 60_000;
  sweepAudit(host);
  const [first, repeated] = lines(host);
  assert.deepEqual([first!.container, first!.count], ["a1", undefined]);
  assert.deepEqual([repeated!.count, repeated!.since, repeated!.name, repeated!.time], [
    4,
    "2023-11-14T22:13:20.000Z",
    "shop/cart-0/web",
    "2023-11-14T22:17:20.000Z",
  ]);
  sweepAudit(host);
  assert.equal(lines(host).length, 2);
});

Deno.test("a series that goes on for more than an hour is told then, and begins anew", async () => {
  const host = hostWithLog();
  for (let attempt = 0; attempt < 14; attempt++) {
    await audit(host, FILE, REFUSED);
    host.time += 5 * 60_000;
  }
  assert.deepEqual(lines(host).map(({ count }) => count), [undefined, 11, undefined]);
});

Deno.test("another reason, plugin, pod or image is another event; of a container without a name each is", async () => {
  const host = hostWithLog();
  const others: Partial<AuditEvent>[] = [
    {},
    { why: "another" },
    { plugin: "other" },
    { name: "shop/cart-1/web" },
    { name: undefined },
    { name: undefined, container: "a2" },
  ];
  for (const other of others) await audit(host, FILE, { ...REFUSED, ...other });
  assert.equal(lines(host).length, others.length);
});

Deno.test("a trail that cannot be written, or a series that cannot be kept, is in nobody's way", async () => {
  for (const failing of ["append", "write", "makeFolder", "lstat", "rename"] as const) {
    const host = hostWithLog();
    host.fault = (call) => {
      if (call === failing) throw new Error("No space left on device (os error 28)");
    };
    await audit(host, FILE, REFUSED);
    await audit(host, FILE, { ...REFUSED, event: "allowed" });
  }
});

Deno.test("the trail is renamed and begun anew where it has grown, and follows a logrotate that renames it", async () => {
  const host = hostWithLog();
  host.file(FILE, "x".repeat(17 * 1024 * 1024), { mode: 0o600 });
  await audit(host, FILE, { event: "allowed", container: "a1" });
  assert.equal(lines(host).length, 1);
  assert.ok(host.lstat(`${FILE}.1`)!.size > 16 * 1024 * 1024);
  host.rename(FILE, `${FILE}.2`);
  await audit(host, FILE, { event: "allowed", container: "a2" });
  assert.deepEqual(lines(host).map(({ container }) => container), ["a2"]);
});

Deno.test("what an image chose as its name breaks no line and reaches no terminal", async () => {
  const host = hostWithLog();
  await audit(host, FILE, { event: "allowed", container: "a1", image: "a\n\u202e\x1b[2J" });
  assert.equal(host.text(FILE)!.split("\n").length, 2);
  assert.ok(!host.text(FILE)!.includes("\u202e"));
});

Deno.test("a handler that refuses a container is in the trail with its stage; one at poststop refuses nothing", async () => {
  const fails = () => {
    throw new Error("out of luck");
  };
  const plugins: Planned[] = [{ name: "a", on: { createRuntime: fails, poststop: fails } }];
  const host = planned(plugins);
  const entry = JSON.parse(host.text(ENTRY)!);
  Object.assign(entry, { container: { ...entry.container, names: ["cart"], engine: "docker" } });
  host.file(ENTRY, JSON.stringify({ ...entry, dispatch: { ...entry.dispatch, auditLog: FILE } }), {
    mode: 0o600,
  });
  for (const stage of ["createRuntime", "poststop"]) await dispatched(host, stage, plugins);
  assert.deepEqual(lines(host).map(({ event, name, plugin, stage }) => [event, name, plugin, stage]), [
    ["refused", "cart", "a", "createRuntime"],
  ]);
});
