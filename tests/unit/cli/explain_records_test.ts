/** What `explain` finds, and what it says that became of a container. */
import assert from "node:assert/strict";
import { explain, type Flags } from "../../../mod/cli/explain/explain.ts";
import type { Outcome } from "../../../mod/host/host.ts";
import { STATE_QUERY } from "../../../mod/engines/podman/ending.ts";
import { setEnv } from "container-hooks/plugin";
import type { MemoryHost } from "../memory_host.ts";
import { inContext } from "./program_context.ts";
import { printingHost, record, type Recorded } from "./records.ts";

const FLAGS: Flags = { json: false, values: false, failed: false, quiet: false, limit: 50 };
const ID = "a".repeat(64), OTHER = `${"a".repeat(62)}bb`;
const DOCKER = { engine: "docker", bundle: `/run/docker/io.containerd.runtime.v2.task/moby/${ID}`, id: ID };

async function explained(
  records: Recorded[],
  word?: string,
  flags: Partial<Flags> = {},
  host = printingHost(),
) {
  for (const one of records) await record(host, one);
  await explain.call(inContext(host), { ...FLAGS, ...flags }, word);
  return host.printed();
}

const pod = (container: string) => ({ namespace: "shop", name: "cart-0", container });
const CRI = { engine: "containerd", names: ["web"] };

Deno.test("a container is found by its id, a name, its pod, and the beginning of an id", async () => {
  const records: Recorded[] = [
    { container: { id: ID, names: ["cart"], engine: "docker" } },
    { container: { ...CRI, id: "b1", pod: pod("web") } },
  ];
  const words = { [ID]: ID, cart: ID, aaaa: ID, "shop/cart-0/web": "b1", "shop/cart-0": "b1" };
  for (const [word, id] of Object.entries(words)) {
    assert.match(await explained(records, word), new RegExp(`^container +${id}$`, "m"), word);
  }
  await assert.rejects(explained(records, "aaaac"), {
    code: "not-found",
    message: /no container "aaaac" is on record/,
  });
});

Deno.test("an ambiguous short id, or a pod of several containers, was taken for the first of them", async () => {
  const records: Recorded[] = [
    { container: { id: ID, names: ["cart"] } },
    { container: { id: OTHER, names: ["shop"] } },
    { container: { ...CRI, id: "b1", pod: pod("web") } },
    { container: { ...CRI, id: "b2", pod: pod("sidecar") } },
  ];
  await assert.rejects(explained(records, "aaa"), {
    code: "ambiguous",
    message: /aaa may be 2 containers: aaaaaaaaaaaa \((cart|shop)\), aaaaaaaaaaaa \((cart|shop)\); name one/,
  });
  await assert.rejects(explained(records, "shop/cart-0"), {
    message: /shop\/cart-0 may be 2 containers: .*shop\/cart-0\/web/,
  });
});

Deno.test("of containers that had one name after the other the newest is meant", async () => {
  const host = printingHost();
  await record(host, { container: { id: "old", names: ["cart"] } });
  host.time += 1000;
  assert.match(
    await explained([{ container: { id: "new", names: ["cart"] } }], "cart", {}, host),
    /^container +new$/m,
  );
});

Deno.test("the list is narrowed by failure, plugin, engine and time, and cut to its limit", async () => {
  const host = printingHost();
  const asked = (name: string, selected: boolean) => ({
    name,
    version: "1",
    selected,
    reasons: [],
    edits: [],
  });
  await record(host, { container: { id: "old" } });
  host.time += 3_600_000;
  await record(host, { container: { id: "asked" }, plugins: [asked("p", true)] });
  await record(host, { container: { id: "aside", engine: "docker" }, plugins: [asked("p", false)] });
  await record(host, {
    container: { id: "refused" },
    outcome: "refused",
    failure: "no",
    refusedBy: { rule: "denied", plugin: "p" },
  });
  await record(host, {
    container: { id: "handled" },
    events: [{ event: "ended", stage: "createRuntime", plugin: "q", result: "failed", took: 1, said: "why" }],
  });
  const ids = async (flags: Partial<Flags>) => {
    let text = "";
    const listing = Object.assign(Object.create(Object.getPrototypeOf(host)), host, {
      stdout: (more: string) => void (text += more),
    });
    await explain.call(inContext(listing), { ...FLAGS, ...flags });
    return text.split("\n").slice(1).map((line) => line.split(" ")[0]).filter((id) => id && !/^\d+$/.test(id))
      .sort();
  };
  assert.deepEqual(await ids({}), ["aside", "asked", "handled", "old", "refused"]);
  assert.deepEqual(await ids({ failed: true }), ["handled", "refused"]);
  assert.deepEqual(await ids({ plugin: "p" }), ["asked", "refused"]);
  assert.deepEqual(await ids({ plugin: "q" }), ["handled"]);
  assert.deepEqual(await ids({ engine: "docker" }), ["aside"]);
  assert.deepEqual(await ids({ since: 60_000 }), ["aside", "asked", "handled", "refused"]);
  assert.equal((await ids({ limit: 2 })).length, 2);
});

Deno.test("a container that the launcher has let pass or stopped by itself was not on record", async () => {
  const host = printingHost();
  const lines = "2023-11-14T22:13:18Z bypassed web the bypass is on: the launcher let it pass\n" +
    "2023-11-14T22:13:19Z refused db container-hooks was killed\n";
  host.file("/run/container-hooks/past-the-program", lines, { mode: 0o600 });
  const list = await explained([], undefined, {}, host);
  assert.match(list, /^db .* refused +nothing\nweb .* bypassed +nothing$/m);
});

Deno.test("a list of --failed did not tell that it was a handler that failed", async () => {
  const events = [{
    event: "ended",
    stage: "poststop",
    plugin: "p",
    result: "failed",
    took: 1,
    said: "",
  }] as const;
  assert.match(await explained([{ events: [...events] }]), /edited +1 failed$/m);
});

Deno.test("edits of a refused create were counted as done", async () => {
  const plugins = [{ name: "p", version: "1", selected: true, reasons: [], edits: [setEnv("A", "1")] }];
  assert.match(await explained([{ outcome: "refused", failure: "no", plugins }]), /refused +nothing$/m);
  assert.match(await explained([{ plugins }]), /edited +1 edit$/m);
});

Deno.test("explain ended at the plan: a handler that stopped the container is told, with its words", async () => {
  const text = await explained([{
    events: [
      { event: "called", stage: "createRuntime", plugin: "p" },
      {
        event: "ended",
        stage: "createRuntime",
        plugin: "p",
        result: "failed",
        took: 12.3,
        said: "no network",
      },
      { event: "undone", stage: "createRuntime", plugin: "p", failed: [] },
      { event: "called", stage: "poststop", plugin: "q" },
    ],
  }], "web");
  assert.match(text, /^outcome +handler failed$/m);
  assert.match(text, /^ended +did not start: no network$/m);
  assert.match(text, /^createRuntime +p +failed +12 ms +no network$/m);
  assert.match(text, /^createRuntime +p +taken back/m);
  assert.match(text, /^poststop +q +never ended +it runs still, or was killed$/m);
});

const RUNTIME = { runtime: "/usr/bin/runc", root: "/run/runc", log: "/b/log.json" };

/** A host whose runtime answers. */
function withRuntime(answer: Partial<Outcome>): MemoryHost & { printed(): string; asked: string[][] } {
  const host = printingHost();
  const asked: string[][] = [];
  host.file(RUNTIME.runtime, "", { mode: 0o755 });
  host.programs[RUNTIME.runtime] = ({ args }) => (asked.push(args), answer);
  return Object.assign(host, { asked });
}

Deno.test("the runtime is asked for the container, below the same root", async () => {
  const stdout = new TextEncoder().encode('{"status":"running","pid":42}');
  const host = withRuntime({ status: 0, stdout });
  assert.match(
    await explained([{ asked: RUNTIME }], "web", {}, host),
    /^ended +running, pid 42 \(says runc\)$/m,
  );
  assert.deepEqual(host.asked, [["--root", "/run/runc", "state", "web"]]);
});

Deno.test("what the runtime said when it refused is read where its log still is, else it is not known", async () => {
  const gone = { status: 1, stdout: new Uint8Array() };
  const host = withRuntime(gone);
  const line = (level: string, msg: string, at: number) =>
    `${JSON.stringify({ level, msg, time: new Date(at).toISOString() })}\n`;
  host.file(
    RUNTIME.log,
    line("error", "of an earlier create", host.time - 60_000) + line("warning", "nothing", host.time) +
      line("error", 'exec: "nope": not found', host.time + 5) + "\0\nnull\n",
  );
  assert.match(
    await explained([{ asked: RUNTIME }], "web", {}, host),
    /^ended +did not start: exec: "nope": not found \(says runc's log\)$/m,
  );
  assert.match(
    await explained([{ asked: RUNTIME }], "web", {}, withRuntime(gone)),
    /^ended +not known: runc has no such container any more, and no engine has a record of it$/m,
  );
});

const dockers: [State: object, says: RegExp][] = [
  [
    { Running: true, StartedAt: "2023-11-14T22:13:21Z" },
    /running, since 2023-11-14T22:13:21Z \(says docker\)/,
  ],
  [
    { Running: false, StartedAt: "2023-11-14T22:13:21Z", FinishedAt: "2023-11-14T22:13:25.5Z", ExitCode: 3 },
    /stopped, since .*21Z, until .*25Z, exit status 3 \(says docker\)/,
  ],
  [
    {
      Running: false,
      StartedAt: "0001-01-01T00:00:00Z",
      Error: "OCI runtime create failed: no such file",
      ExitCode: 127,
    },
    /did not start, exit status 127: OCI runtime create failed: no such file \(says docker\)/,
  ],
  [
    { OOMKilled: true, StartedAt: "2023-11-14T22:13:21Z", ExitCode: 137 },
    /137: it was killed, because memory ran out/,
  ],
];

for (const [State, says] of dockers) {
  Deno.test(`docker's record says how it ended: ${says.source}`, async () => {
    const host = printingHost();
    host.file(`/var/lib/docker/containers/${ID}/config.v2.json`, JSON.stringify({ ID, State }));
    assert.match(await explained([{ container: DOCKER }], ID, {}, host), says);
  });
}

Deno.test("of an earlier create of the same container engine and runtime are not asked", async () => {
  const host = printingHost();
  host.file(
    `/var/lib/docker/containers/${ID}/config.v2.json`,
    JSON.stringify({ ID, State: { Running: true } }),
  );
  await record(host, { container: DOCKER, outcome: "refused", failure: "no" });
  host.time += 1000;
  const text = await explained([{ container: DOCKER }], ID, {}, host);
  assert.match(text, /^ended +running/m);
  assert.match(text, /earlier creates of this container\n.*\n.*refused/);
});

Deno.test("containerd's record of a pod's container says how it ended", async () => {
  const host = printingHost();
  const bundle = `/run/containerd/io.containerd.runtime.v2.task/k8s.io/${ID}`;
  const status = {
    Version: "v1",
    StartedAt: 0,
    FinishedAt: host.time * 1_000_000,
    ExitCode: 128,
    Reason: "StartError",
    Message: "failed to create containerd task",
  };
  host.file(`/var/lib/containerd/io.containerd.grpc.v1.cri/containers/${ID}/status`, JSON.stringify(status));
  assert.match(
    await explained([{ container: { ...CRI, id: ID, bundle } }], ID, {}, host),
    /did not start, exit status 128: StartError: failed to create containerd task \(says containerd\)/,
  );
});

Deno.test("podman's database says how it ended", async () => {
  const host = printingHost();
  const bundle = `/var/lib/containers/storage/overlay-containers/${ID}/userdata`;
  host.file("/var/lib/containers/storage/db.sql", "", { mode: 0o600 });
  const JSON_ = JSON.stringify({ state: 6, startedTime: "2023-11-14T22:13:21+01:00", exitCode: 7 });
  host.databases["/var/lib/containers/storage/db.sql"] = (query, id) =>
    query === STATE_QUERY && id === ID ? { JSON: JSON_ } : undefined;
  assert.match(
    await explained([{ container: { engine: "podman", id: ID, bundle } }], ID, {}, host),
    /stopped, since 2023-11-14T21:13:21Z, exit status 7 \(says podman\)/,
  );
});

// deno-lint-ignore no-control-regex -- what turns a colour on and off
const COLOUR = /\x1b\[\d+m/g;

Deno.test("on a terminal a table keeps within its width, and has colours; elsewhere neither", async () => {
  const failure = "cannot start: ".padEnd(300, "word ");
  const records: Recorded[] = [{
    outcome: "refused",
    failure,
    container: { id: ID, names: ["n".repeat(100)] },
  }];
  for (const width of [60, 100]) {
    for (const word of [undefined, ID]) {
      const text = await explained(records, word, {}, printingHost(width));
      const lines = text.replace(COLOUR, "").split("\n");
      assert.deepEqual(lines.filter((line) => line.length > width), []);
      assert.ok(text.includes("\x1b[31mrefused"));
    }
  }
  const plain = await explained(records);
  assert.ok(!plain.includes("\x1b"));
  assert.equal(plain.split("\n").length, 3);
});

Deno.test("what a container chose as its name, and a handler as its words, reaches no terminal as it is", async () => {
  const text = await explained([{
    container: { names: ["a\x1b[2J\u202eb"] },
    events: [
      { event: "called", stage: "poststop", plugin: "p" },
      { event: "ended", stage: "poststop", plugin: "p", result: "done", took: 1, said: "x\x1b[2Jy\nz" },
    ],
  }], "web");
  assert.deepEqual(["\x1b", "\u202e"].filter((unseen) => text.includes(unseen)), []);
});

Deno.test("--json has the result, the events and the ending", async () => {
  const events: Recorded["events"] = [
    { event: "ended", stage: "createRuntime", plugin: "p", result: "failed", took: 1, said: "why" },
  ];
  const one = JSON.parse(await explained([{ events }], "web", { json: true }));
  assert.deepEqual([one.result, one.events.length, one.ending.state], ["handler failed", 1, "did not start"]);
  const [listed] = JSON.parse(await explained([{ events }], undefined, { json: true }));
  assert.equal(listed.result, "handler failed");
});
