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

Deno.test("without ip, what to install is told", () => {
  const host = { lstat: () => undefined, run: () => Promise.reject(new Error("never")) };
  assert.throws(() => new Ip(host), { message: /there is no program ip in/, remedy: "install iproute2" });
});
