import assert from "node:assert/strict";
import { findRuntime } from "../../../mod/wrapper/find_runtime.ts";
import { launcherText } from "../../../mod/wrapper/launcher_text.ts";
import { MemoryHost } from "../memory_host.ts";

const SELF = "/opt/container-hooks";
const RUNC = "/usr/bin/runc";

/** A host with this program and an OCI runtime. */
function hostWith(): MemoryHost {
  const host = new MemoryHost();
  host.variables = { PATH: "/usr/local/bin:/usr/bin" };
  host.file(SELF, "the program, and long enough to be one", { mode: 0o755 });
  host.file(RUNC, "\u007fELF", { mode: 0o755 });
  return host;
}

function find(host: MemoryHost, ...candidates: string[]): string {
  return findRuntime(host, candidates, SELF);
}

Deno.test("a runtime is looked up on PATH, in its order", () => {
  const host = hostWith();
  assert.equal(find(host, "runc"), RUNC);
  host.file("/usr/local/bin/runc", "\u007fELF", { mode: 0o755 });
  assert.equal(find(host, "runc"), "/usr/local/bin/runc");
});

Deno.test("without PATH, the system's folders are looked in", () => {
  const host = hostWith();
  host.variables = {};
  assert.equal(find(host, "runc"), RUNC);
});

Deno.test("a folder of PATH that is relative could be chosen by a bundle's owner, and is passed over", () => {
  const host = hostWith();
  host.variables = { PATH: ":bin:/usr/bin" };
  host.file("/runc", "", { mode: 0o755 });
  host.file("/bin/runc", "", { mode: 0o755 });
  assert.equal(find(host, "runc"), RUNC);
});

Deno.test("the path is the one that was named, links and all: runtimes look at their name", () => {
  const host = hostWith();
  host.symlink("/usr/bin/docker-runc", RUNC);
  assert.equal(find(host, "/usr/bin/docker-runc"), "/usr/bin/docker-runc");
});

const selves: Record<string, (host: MemoryHost) => void> = {
  "a symbolic link": (host) => host.symlink("/usr/local/bin/runc", SELF),
  "a hard link": (host) => {
    host.folder("/usr/local/bin");
    host.link(SELF, "/usr/local/bin/runc");
  },
  "a copy": (host) => host.file("/usr/local/bin/runc", host.text(SELF)!, { mode: 0o755 }),
  "a script that leads back": (host) =>
    host.file("/usr/local/bin/runc", '#!/bin/sh\nexec "/opt/container-hooks-runtime" "$@"\n', {
      mode: 0o755,
    }),
  "our launcher": (host) => {
    const text = launcherText({ program: SELF, runtime: RUNC, version: "1" });
    host.file("/usr/local/bin/runc", text, { mode: 0o755 });
  },
  "another version in its portable form": (host) => {
    const text = "#!/bin/sh\n# container-hooks 0.0.9, portable form: this script, then its modules\n";
    host.file("/usr/local/bin/runc", text, { mode: 0o755 });
  },
};

for (const [name, put] of Object.entries(selves)) {
  Deno.test(`this program under the runtime's name is not the runtime: ${name}`, () => {
    const host = hostWith();
    put(host);
    assert.equal(find(host, "runc"), RUNC);
    assert.throws(() => find(host, "/usr/local/bin/runc"), {
      code: "runtime-missing",
      message: /is container-hooks itself/,
    });
  });
}

Deno.test("a program of the same size that is another one is the runtime", () => {
  const host = hostWith();
  host.file(RUNC, host.text(SELF)!.replace("the", "THE"), { mode: 0o755 });
  assert.equal(find(host, "runc"), RUNC);
});

for (
  const [what, line] of [
    ["comment", "# called by container-hooks, and by docker"],
    ["comment behind a command", "umask 022 # as container-hooks-runtime has it"],
    ["log file", "exec 2>>/var/log/container-hooks.log"],
    ["configuration", ". /etc/container-hooks/settings"],
    ["longer name", "/usr/bin/my-container-hooks-check"],
  ] as const
) {
  Deno.test(`a script whose ${what} names us was taken for us`, () => {
    const host = hostWith();
    host.file(RUNC, `#!/bin/sh\n${line}\nexec /usr/sbin/runc "$@"\n`, { mode: 0o755 });
    assert.equal(find(host, "runc"), RUNC);
  });
}

Deno.test("another script is the runtime", () => {
  const host = hostWith();
  host.file(RUNC, "#!/bin/sh\nexec crun\n", { mode: 0o755 });
  assert.equal(find(host, "runc"), RUNC);
});

Deno.test("where none can be used, each is named with what is wrong with it", () => {
  const host = hostWith();
  host.file("/opt/plain", "", { mode: 0o644 });
  assert.throws(() => find(host, "crun", "/opt/gone", "/opt/plain", SELF), {
    code: "runtime-missing",
    message: /crun.*is not on PATH.*gone.*does not exist.*plain.*is not executable.*itself/s,
  });
});

Deno.test("one that others could write stops the search, and no other is taken in silence", () => {
  const host = hostWith();
  host.file("/opt/crun", "", { mode: 0o777 });
  assert.throws(() => find(host, "/opt/crun", "runc"), { code: "untrusted" });
});
