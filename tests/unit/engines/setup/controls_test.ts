/** How CRI-O and podman are asked, with stand-ins for their programs. */
import assert from "node:assert/strict";
import { configureEngine, unconfigureEngine } from "../../../../mod/engines/setup/configure_engine.ts";
import { CONTROLS } from "../../../../mod/engines/setup/controls.ts";
import { optionValue } from "../../../../mod/engines/setup/daemons.ts";
import { findSite } from "../../../../mod/engines/setup/find_sites.ts";
import { hostWith, PID } from "./engine_host.ts";

const ENTRY = { name: "container-hooks", path: "/usr/bin/hooks", setAsDefault: true };
Deno.test("CRI-O's running configuration is asked of it, by the socket that it listens on", async () => {
  const host = hostWith("crio", (args) => {
    if (args[0] === "--version") return "crio version 1.30.1\n";
    assert.deepEqual(args, ["status", "--socket", "/run/c.sock", "config"]);
    return '[crio.runtime]\ndefault_runtime = "runc"\n[crio.runtime.runtimes.container-hooks]\nruntime_path = "/x"\n';
  }, ["--config", "/etc/crio/crio.conf", "--listen=/run/c.sock"]);
  const site = await findSite(host, CONTROLS.crio!);
  assert.deepEqual([site.version, site.daemon?.pid], ["1.30.1", PID]);
  assert.deepEqual(await CONTROLS.crio!.ask(host, site, ENTRY.name), {
    loaded: true,
    isDefault: false,
    how: "crio status config lists it",
  });
});

Deno.test("a drop-in's successor is not written where CRI-O reads whatever lies there", async () => {
  const seen: string[] = [];
  const host = hostWith("crio", () => "");
  host.fault = (call, path) => void (call === "createNew" && seen.push(path));
  const site = await findSite(host, CONTROLS.crio!);
  await configureEngine(host, site, ENTRY);
  assert.ok(seen.includes("/etc/crio/.zz-container-hooks.conf.container-hooks"), seen.join());
  assert.deepEqual(host.readFolder("/etc/crio/crio.conf.d").map(({ name }) => name), [
    "zz-container-hooks.conf",
  ]);
  await unconfigureEngine(host, site, ENTRY);
  assert.equal(host.lstat("/etc/crio"), undefined);
});

Deno.test("a drop-in that podman does not take is not put in place", async () => {
  const host = hostWith("podman", (args, env) => {
    if (args[0] === "--version") return "podman version 4.3.1\n";
    if (env.CONTAINERS_CONF) throw new Error("Error: toml: line 3");
    return "";
  });
  const site = await findSite(host, CONTROLS.podman!);
  await assert.rejects(
    () => configureEngine(host, site, ENTRY),
    /podman does not take .*: Error: toml: line 3/,
  );
  assert.equal(host.lstat("/etc/containers"), undefined);
});

Deno.test("a podman that was broken before was said to be broken by us", async () => {
  const host = hostWith("podman", () => {
    throw new Error("Error: no storage");
  });
  const site = await findSite(host, CONTROLS.podman!);
  await assert.rejects(
    () => configureEngine(host, site, ENTRY),
    /podman fails with the configuration that it has now: Error: no storage; mend that first/,
  );
  assert.equal(host.lstat("/etc/containers"), undefined);
});

Deno.test("a user's podman was asked with root's home", async () => {
  const seen: Record<string, string>[] = [];
  const host = hostWith("podman", (_, env) => {
    seen.push(env);
    return "";
  });
  Object.assign(host, { user: 1000, variables: { HOME: "/home/u", XDG_RUNTIME_DIR: "/run/user/1000" } });
  await findSite(host, CONTROLS.podman!);
  assert.deepEqual([seen[0]!.HOME, seen[0]!.XDG_RUNTIME_DIR], ["/home/u", "/run/user/1000"]);
});

Deno.test("a user's file that was not there yet was named to podman, which cannot read it", async () => {
  const seen: Record<string, string>[] = [];
  const host = hostWith("podman", (_, env) => {
    seen.push(env);
    return "container-hooks\n";
  });
  Object.assign(host, { user: 1000, variables: { HOME: "/home/u" } });
  host.folder("/home/u", { uid: 1000 });
  const file = "/home/u/.config/containers/containers.conf";
  await configureEngine(host, await findSite(host, CONTROLS.podman!, file), ENTRY);
  assert.ok(host.lstat(`${file}.d/zz-container-hooks.conf`));
  assert.deepEqual([...new Set(seen.map((env) => env.CONTAINERS_CONF))], [
    undefined,
    "/home/u/.config/containers/.zz-container-hooks.conf.container-hooks",
  ]);
});

Deno.test("a drop-in by which podman does not find the runtime is taken away again", async () => {
  const host = hostWith("podman", (args) => {
    if (args[0] === "--runtime") throw new Error("Error: not found");
    return "runc\n";
  });
  const site = await findSite(host, CONTROLS.podman!);
  await assert.rejects(() => configureEngine(host, site, ENTRY), /podman says: Error: not found/);
  assert.equal(host.lstat("/etc/containers"), undefined);
});

Deno.test("the last of an option's values counts, joined to it or not", () => {
  assert.equal(optionValue(["-c", "/a", "--config=/b"], ["--config", "-c"]), "/b");
  assert.equal(optionValue(["--configure", "/a"], ["--config"]), undefined);
});
