import assert from "node:assert/strict";
import { type Edit, hook, netDevice, setEnv } from "container-hooks/plugin";
import { checkPrograms, refuseUnsupported } from "../../../mod/plan/refuse_edits.ts";
import { MemoryHost } from "../memory_host.ts";

const RUNTIME = "/usr/bin/runc";
const owned = (...edits: Edit[]) => [{ plugin: "p", edits }];

function hostWith(features: unknown): MemoryHost {
  const host = new MemoryHost();
  host.file(RUNTIME, "", { mode: 0o755 });
  const stdout = new TextEncoder().encode(JSON.stringify(features));
  host.run = () => Promise.resolve({ status: 0, stdout, stderr: new Uint8Array(), timedOut: false });
  return host;
}

Deno.test("an edit that this runtime would pass over in silence is refused by its kind", async () => {
  for (
    const features of [{}, { linux: null }, { linux: { netDevices: {} } }, {
      linux: { netDevices: { enabled: "yes" } },
    }]
  ) {
    await assert.rejects(refuseUnsupported(hostWith(features), RUNTIME, owned(netDevice("tap0", "eth1"))), {
      code: "plugin-edit",
      message:
        /netDevice is not supported by this OCI runtime \(linux\.netDevices\.enabled of its features\)/,
    });
  }
  const supporting = hostWith({ linux: { netDevices: { enabled: true } } });
  await refuseUnsupported(supporting, RUNTIME, owned(netDevice("tap0", "eth1")));
});

Deno.test("a runtime is not asked where every runtime makes the edits", async () => {
  const host = hostWith({});
  host.run = () => Promise.reject(new Error("asked"));
  await refuseUnsupported(host, RUNTIME, owned(setEnv("A", "1"), hook.poststop("/bin/a")));
});

Deno.test("a program of the host has to be root's, one in the container is not looked for", () => {
  const host = new MemoryHost();
  host.file("/bin/ours", "", { mode: 0o755 });
  host.file("/bin/theirs", "", { mode: 0o755, uid: 1000 });
  checkPrograms(host, owned(hook.poststop("/bin/ours"), hook.startContainer("/nowhere"), setEnv("A", "1")));
  assert.throws(
    () => checkPrograms(host, owned(hook.poststop("/bin/theirs"))),
    /poststop hook of plugin p: program \/bin\/theirs is not trusted/,
  );
  assert.throws(
    () => checkPrograms(host, owned(hook.prestart("/nowhere"))),
    /prestart hook of plugin p: .* does not exist/,
  );
});
