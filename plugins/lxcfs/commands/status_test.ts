import assert from "node:assert/strict";
import { MemoryHost } from "../../../tests/unit/memory_host.ts";
import type { Context } from "../../../mod/cli/kit/context.ts";
import { status } from "./status.ts";

const MOUNTS = "27 1 254:0 / / rw - ext4 /dev/vda rw\n44 27 0:41 / /var/lib/lxcfs rw - fuse.lxcfs lxcfs rw\n";

/** A host on which lxcfs is mounted, and asking it ends like this. */
function hostWith(asked: { status?: number; timedOut?: boolean }): MemoryHost {
  const host = new MemoryHost();
  host.file("/proc/self/mountinfo", MOUNTS);
  host.programs["/bin/sh"] = () => asked;
  return host;
}

async function said(host: MemoryHost): Promise<string> {
  await status.call({ host } as unknown as Context, { json: false });
  return host.out;
}

Deno.test("an lxcfs that hangs is said not to answer, and what to do", async () => {
  assert.match(await said(hostWith({ timedOut: true })), /does not answer.*systemctl restart lxcfs/);
});

Deno.test("an lxcfs that answers runs, and one that does not any more does not", async () => {
  assert.match(await said(hostWith({})), /^lxcfs at \/var\/lib\/lxcfs: running$/m);
  assert.match(await said(hostWith({ status: 1 })), /not running \(systemctl start lxcfs\)/);
});

Deno.test("who may not read the journal is told to be root, and not of a defect", async () => {
  const host = hostWith({});
  host.folder("/run/container-hooks", { mode: 0o700 });
  host.user = 65534;
  await assert.rejects(said(host), /journal \S+ cannot be read: permission denied; run it as root/);
});
