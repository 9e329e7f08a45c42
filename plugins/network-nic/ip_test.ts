import assert from "node:assert/strict";
import { Ip } from "./ip.ts";

/** A host that runs nothing and remembers what it was asked to run. */
function recordingHost(stderr = "") {
  const runs: { args: string[]; stdin?: string }[] = [];
  const host = {
    lstat: (path: string) =>
      path === "/sbin/ip" ? { kind: "", mode: 0o755, uid: 0, gid: 0, size: 1 } : undefined,
    run(_path: string, args: string[], { stdin }: { stdin?: string } = {}) {
      runs.push({ args, stdin });
      return Promise.resolve({ status: stderr ? 1 : 0, stdout: "", stderr });
    },
  };
  return { host, runs };
}

Deno.test("commands go as one batch; a word that a batch would read otherwise goes as an argument", async () => {
  const { host, runs } = recordingHost();
  await new Ip(host).does([["link", "set", "dev", "a", "up"], ["link", "set", "dev", "b", "up"]], "ns");
  await new Ip(host).does([["link", "set", "dev", 'a"#', "down"]]);
  assert.deepEqual(runs, [
    { args: ["-netns", "ns", "-batch", "-"], stdin: "link set dev a up\nlink set dev b up\n" },
    { args: ["link", "set", "dev", 'a"#', "down"], stdin: undefined },
  ]);
});

Deno.test("a failing line of a batch is told as its command, with the kernel's reason", async () => {
  const { host } = recordingHost("RTNETLINK answers: File exists\nCommand failed -:2\n");
  await assert.rejects(
    new Ip(host).does([["link", "set", "dev", "a", "up"], ["address", "add", "10.0.0.1/24", "dev", "a"]]),
    /ip address add 10\.0\.0\.1\/24 dev a failed: file exists/,
  );
});

Deno.test("one command that fails does not lose those after it", async () => {
  const { host, runs } = recordingHost("Error: Nexthop has invalid gateway.\nCommand failed -:1\n");
  const commands = [["route", "append", "default", "via", "10.9.9.9"], [
    "route",
    "append",
    "10.1.0.0/16",
    "dev",
    "a",
  ]];
  assert.deepEqual(await new Ip(host).attempts(commands), [
    { command: commands[0]!, why: "nexthop has invalid gateway" },
  ]);
  assert.deepEqual(runs.map(({ args }) => args), [["-force", "-batch", "-"]]);
});

Deno.test("a word that ends the whole batch is met again alone, and the other commands are done", async () => {
  const runs: string[][] = [];
  const run = (_path: string, args: string[]) => {
    runs.push(args);
    const bad = args.includes("-batch") || args.includes("bogus");
    return Promise.resolve({
      status: bad ? 255 : 0,
      stdout: "",
      stderr: bad ? 'Error: "bogus" is garbage.\n' : "",
    });
  };
  const bad = ["link", "set", "dev", "a", "bogus", "1"];
  const good = ["link", "set", "dev", "a", "up"];
  const failed = await new Ip({ run, lstat: () => ({}) } as never).attempts([bad, good]);
  assert.deepEqual(failed, [{ command: bad, why: '"bogus" is garbage' }]);
  assert.deepEqual(runs.slice(1), [bad, good]);
});

Deno.test("a device whose name is a control character does not make a listing unreadable", async () => {
  const stdout = '[{"ifname":"a\u0001b","ifindex":7}]\n';
  const run = () => Promise.resolve({ status: 0, stdout, stderr: "" });
  const [link] = await new Ip({ run, lstat: () => ({}) } as never).links("ns");
  assert.equal(link!.ifname, "a\ufffdb");
});

Deno.test("without ip, what to install is told", () => {
  const host = { lstat: () => undefined, run: () => Promise.reject(new Error("never")) };
  assert.throws(() => new Ip(host), { message: /there is no program ip in/, remedy: "install iproute2" });
});
