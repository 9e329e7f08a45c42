import assert from "node:assert/strict";
import { capabilities, type Edit, hook, mount, netDevice, set, setEnv } from "container-hooks/plugin";
import { checkPrograms, checkSources, refuseUnsupported } from "../../../mod/plan/refuse_edits.ts";
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

const UNSUPPORTED: [features: unknown, says: RegExp][] = [
  [{}, /it has no command "features" that would say linux\.netDevices\.enabled/],
  [{ linux: null }, /its features say nothing of linux\.netDevices\.enabled/],
  [{ linux: { netDevices: {} } }, /its features say nothing of linux\.netDevices\.enabled/],
  [{ linux: { netDevices: { enabled: "yes" } } }, /its features say nothing of linux\.netDevices\.enabled/],
  [{ linux: { netDevices: { enabled: false } } }, /its features have linux\.netDevices\.enabled as false/],
];

Deno.test("an edit that this runtime would pass over in silence is refused by its kind, and says why", async () => {
  for (const [features, says] of UNSUPPORTED) {
    await assert.rejects(refuseUnsupported(hostWith(features), RUNTIME, owned(netDevice("tap0", "eth1"))), {
      code: "plugin-edit",
      message: new RegExp(`netDevice is not supported by the OCI runtime /usr/bin/runc: ${says.source}`),
    });
  }
  const supporting = hostWith({ linux: { netDevices: { enabled: true } } });
  await refuseUnsupported(supporting, RUNTIME, owned(netDevice("tap0", "eth1")));
});

Deno.test("a capability that the runtime's list lacks is refused, and is let through where there is no list", async () => {
  const edit = capabilities({ add: ["CAP_NEW"] });
  await assert.rejects(
    refuseUnsupported(hostWith({ linux: { capabilities: ["CAP_CHOWN"] } }), RUNTIME, owned(edit)),
    { code: "plugin-edit", message: /its features do not have CAP_NEW in linux\.capabilities/ },
  );
  await refuseUnsupported(hostWith({ linux: { capabilities: ["CAP_NEW"] } }), RUNTIME, owned(edit));
  await refuseUnsupported(hostWith({}), RUNTIME, owned(edit));
});

Deno.test("a mount with ids of its own was mounted without them by a runtime that does not know of them", async () => {
  const mappings = [{ containerID: 0, hostID: 1000, size: 1 }];
  const edit = mount({ source: "/a", destination: "/a", options: ["bind"], uidMappings: mappings });
  const says = /say nothing of linux\.mountExtensions\.idmap\.enabled/;
  await assert.rejects(refuseUnsupported(hostWith({ linux: {} }), RUNTIME, owned(edit)), { message: says });
  const idmap = { linux: { mountExtensions: { idmap: { enabled: true } } } };
  await refuseUnsupported(hostWith(idmap), RUNTIME, owned(edit));
});

Deno.test("a field that is set asks for its feature, also where it lies in the value or around it", async () => {
  const edits = [
    set("/linux/intelRdt/schemata", ["L3:0=f"]),
    set("/linux/intelRdt", { schemata: ["L3:0=f"] }),
    set("/linux/memoryPolicy", { mode: "MPOL_BIND" }),
  ];
  for (const edit of edits) {
    await assert.rejects(refuseUnsupported(hostWith({ linux: {} }), RUNTIME, owned(edit)), {
      message: /say nothing of linux\.(intelRdt|memoryPolicy)/,
    });
  }
  const features = hostWith({
    linux: { intelRdt: { enabled: true, schemata: true }, memoryPolicy: { modes: [] } },
  });
  await refuseUnsupported(features, RUNTIME, owned(...edits));
  await refuseUnsupported(
    hostWith({}),
    RUNTIME,
    owned(set("/linux/memoryPolicy", null), set("/hostname", "a")),
  );
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

Deno.test("a mount whose source is gone was told by the runtime, without the plugin's name", () => {
  const host = new MemoryHost();
  host.file("/srv/there", "");
  host.symlink("/srv/broken", "/srv/gone");
  const bind = (source: string, options = ["rbind"]): Edit => ({
    edit: "mount",
    mount: { destination: "/x", source, options },
  });
  checkSources(host, owned(bind("/srv/there"), bind("/dev/sda1", []), bind("relative")));
  for (const path of ["/srv/gone", "/srv/broken"]) {
    assert.throws(
      () => checkSources(host, owned(bind(path))),
      new RegExp(`plugin p mounts ${path}, which does not exist on the host; create it`),
    );
  }
});
