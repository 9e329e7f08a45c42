import assert from "node:assert/strict";
import type { Failure } from "../../../mod/errors.ts";
import { readBypass, switchBypassOff, switchBypassOn } from "../../../mod/state/bypass.ts";
import { MemoryHost } from "../memory_host.ts";

const RUN = "/run/container-hooks/bypass", ETC = "/etc/container-hooks/bypass";
const BOOT = "0b1e54c8-6f5e-4a43-9a55-6f2a8a3f3f3c";

/** A machine that has run for so many seconds since its start `boot`. */
function machine(seconds = 1000, boot = BOOT): MemoryHost {
  const host = new MemoryHost();
  host.folder("/etc/container-hooks");
  started(host, seconds, boot);
  return host;
}

function started(host: MemoryHost, seconds: number, boot = BOOT): void {
  host.file("/proc/sys/kernel/random/boot_id", `${boot}\n`);
  host.file("/proc/uptime", `${seconds}.37 99999.10\n`);
}

Deno.test("the switch is one line, which a shell reads too", () => {
  const host = machine();
  switchBypassOn(host, {
    duration: 1_800_500,
    log: { file: "/var/log/a b.log", level: "info", format: "json" },
  });
  assert.equal(
    host.text(RUN),
    `on ${BOOT} 2801 ${host.time} ${host.time + 1_800_500} json /var/log/a b.log\n`,
  );
  switchBypassOn(host);
  assert.equal(host.text(RUN), `on ${BOOT} - ${host.time} -\n`);
});

Deno.test("where the run folder is full or read-only, the switch lies beside config.toml, and only there", () => {
  const host = machine();
  switchBypassOn(host);
  host.fault = (call, path) => {
    if (call === "createNew" && path.startsWith("/run/")) {
      throw new Error("No space left on device (os error 28)");
    }
  };
  const bypass = switchBypassOn(host, { duration: 60_000 });
  assert.deepEqual([bypass.path, bypass.until, host.text(RUN)], [ETC, host.time + 60_000, undefined]);
  switchBypassOff(host);
  assert.deepEqual([readBypass(host), host.text(ETC)], [undefined, undefined]);
});

Deno.test("a switch that can be put nowhere says where it was tried, and why", () => {
  const host = machine();
  host.fault = (call) => {
    if (call === "createNew") throw new Error("Read-only file system (os error 30)");
  };
  assert.throws(
    () => switchBypassOn(host),
    (error: Failure) =>
      error.code === "bypass-unwritable" && error.message.includes(RUN) && error.message.includes(ETC) &&
      error.message.includes("read-only file system"),
  );
});

Deno.test("an earlier switch that cannot be removed is told as it stands", () => {
  const host = machine();
  host.fault = (call, path) => {
    if (call === "createNew" && path.startsWith("/run/")) {
      throw new Error("Read-only file system (os error 30)");
    }
  };
  switchBypassOn(host);
  host.fault = (call, path) => {
    if (call === "remove" && path.startsWith("/etc/")) throw new Error("Read-only file system (os error 30)");
  };
  assert.equal(switchBypassOn(host, { duration: 60_000 }).until, undefined);
  assert.throws(() => switchBypassOff(host), (error: Failure) => error.code === "file-unremovable");
});

Deno.test("it ends by the clock that nobody sets", () => {
  const host = machine();
  switchBypassOn(host, { duration: 60_000 });
  host.time += 3_600_000;
  assert.ok(readBypass(host));
  started(host, 1059);
  assert.ok(readBypass(host));
  started(host, 1061);
  assert.equal(readBypass(host), undefined);
});

Deno.test("without /proc it ends by the other one", () => {
  const host = new MemoryHost();
  switchBypassOn(host, { duration: 60_000 });
  host.time += 59_999;
  assert.ok(readBypass(host));
  host.time += 1;
  assert.equal(readBypass(host), undefined);
});

Deno.test("a restart of the machine ends it, wherever it lies", () => {
  const host = machine();
  switchBypassOn(host);
  host.file(ETC, host.text(RUN)!);
  started(host, 5, "00000000-6f5e-4a43-9a55-6f2a8a3f3f3c");
  assert.equal(readBypass(host), undefined);
});

for (const text of ["on\n", "on", "", "\n", "on - - - -\n"]) {
  Deno.test(`what a person writes is a switch: ${JSON.stringify(text)}`, () => {
    const host = machine();
    host.file(ETC, text);
    assert.deepEqual(readBypass(host), {
      path: ETC,
      since: undefined,
      until: undefined,
      endsWithBoot: false,
    });
  });
}

Deno.test("a switch that cannot be understood, or that is not root's, is in no other's way", () => {
  const host = machine();
  host.file(RUN, "yes please\n");
  assert.throws(() => readBypass(host), (error: Failure) => error.code === "bypass-unreadable");
  host.file(RUN, "on\n", { mode: 0o666 });
  assert.throws(() => readBypass(host), (error: Failure) => error.code === "untrusted");
  host.file(ETC, "on\n");
  assert.equal(readBypass(host)?.path, ETC);
});

Deno.test("what a user may not look at is not his switch", () => {
  const host = machine();
  host.user = 1000;
  host.folder("/run/container-hooks", { mode: 0o700 });
  assert.equal(readBypass(host), undefined);
});

Deno.test("rootless, it lies in the user's own folders", () => {
  const host = machine();
  host.user = 1000;
  host.variables = { XDG_RUNTIME_DIR: "/run/user/1000", HOME: "/home/u" };
  host.folder("/run/user/1000", { uid: 1000, mode: 0o700 });
  host.folder("/home/u/.config", { uid: 1000 });
  assert.equal(switchBypassOn(host).path, "/run/user/1000/container-hooks/bypass");
  switchBypassOff(host);
  host.folder("/run/user/1000/container-hooks", { mode: 0o500 });
  assert.equal(switchBypassOn(host).path, "/home/u/.config/container-hooks/bypass");
});
