import assert from "node:assert/strict";
import { checkIp } from "./programs.ts";

/** What is said of an `ip` that says this of itself. */
async function checked(stdout: string, status = 0): Promise<string> {
  const run = () =>
    Promise.resolve({ status, stdout, stderr: status === 0 ? "" : "cannot execute binary file" });
  return await checkIp({ run, lstat: () => ({}) } as never);
}

Deno.test("releases from 5.0 on are taken, which until 5.8 say the day they were made", async () => {
  for (const version of ["iproute2-6.1.0, libbpf 1.1.2", "iproute2-ss190319", "iproute2-v5.9.0-12"]) {
    assert.equal(await checked(`ip utility, ${version}\n`), `ip utility, ${version}`);
  }
});

Deno.test("an ip that is too old, another's, or does not run is refused with what to do", async () => {
  await assert.rejects(checked("ip utility, iproute2-ss190107"), {
    message: /is older than iproute2 5\.0/,
    remedy: "install a newer iproute2",
  });
  await assert.rejects(checked(""), { message: /is not iproute2's: it says nothing/ });
  await assert.rejects(checked("", 126), {
    message: "/usr/sbin/ip -V failed: cannot execute binary file",
    remedy: "install iproute2 again",
  });
});
