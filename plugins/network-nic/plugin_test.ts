import assert from "node:assert/strict";
import { type HandlerStage, netDevice, type Plan } from "container-hooks/plugin";
import { type ContainerFields, makeContainer } from "container-hooks/testing";
import plugin from "./plugin.ts";
import { parseRequest } from "./request.ts";
import type { Snapshot } from "./snapshot.ts";

/** A host whose device tap0 and bridge br0 exist, and whose root may do everything. */
const HOST: Record<string, string> = {
  "/proc/self/uid_map": "         0          0 4294967295\n",
  "/proc/self/status": "Name:\tdispatch\nCapEff:\t000001ffffffffff\n",
  "/proc/sys/net/ipv4/conf/tap0": "",
  "/proc/sys/net/ipv4/conf/br0": "",
  "/sbin/ip": "",
};
const POLICY = { "allow-devices": ["tap*"], "allow-bridges": ["br0"], "allow-addresses": ["10.0.0.0/24"] };
const OWN = { namespaces: [{ type: "network" }] };

/** What a container that is gone had. */
const WAS: Snapshot = {
  taken: 0,
  name: "tap1",
  ifindex: 8,
  settings: {},
  altnames: [],
  up: false,
  addresses: [],
  routes: [],
  neighbours: [],
  sysctls: {},
};

/** What a test lays down beside the container. */
interface Settings {
  options?: Record<string, unknown>;
  files?: Record<string, string>;
  kept?: Record<string, unknown>;
  links?: Record<string, string>;
  features?: Record<string, unknown>;
  /** What `ip -V` says. */
  version?: string;
}

/** Asks the plugin, on a host whose `ip` lists one tap. */
async function ask(fields: ContainerFields, settings: Settings): Promise<Plan> {
  const { options, files = HOST, kept = {}, links = {}, features = {} } = settings;
  const { version = "ip utility, iproute2-6.1.0\n" } = settings;
  const defaults = Object.entries(plugin.options!).map(([name, { default: value }]) => [name, value]);
  const host = {
    readTextFile: (path: string) => files[path],
    lstat: (path: string) => files[path] === undefined ? undefined : {},
    readLink(path: string) {
      if (links[path] === undefined) throw new Error(`${path} is no link`);
      return links[path];
    },
    kept: () => kept,
    run: (_path: string, [word]: string[]) =>
      Promise.resolve({ status: 0, stdout: word === "-V" ? version : LISTING, stderr: "" }),
  };
  const plan = await plugin.plan!(makeContainer(fields), {
    options: { ...Object.fromEntries(defaults), ...options },
    host,
    features: () => Promise.resolve(features),
  } as never);
  return plan ?? {};
}

function asking(text: string, fields: ContainerFields = {}, files = HOST) {
  const annotations = { "container-hooks.nic.myTap": text };
  return ask({ annotations, linux: OWN, ...fields }, { options: POLICY, files });
}

Deno.test("a container that asks for nothing costs no call of a handler", async () => {
  const { stages, edits, note } = await ask({ linux: OWN }, { files: HOST });
  assert.deepEqual([stages, edits], [[], undefined]);
  assert.match(note!, /no network device is asked for/);
});

Deno.test("what is asked for is carried to createRuntime", async () => {
  const { stages, carry, edits } = await asking("host=tap0,address=10.0.0.2/24");
  assert.deepEqual<HandlerStage[] | undefined>(stages, ["createRuntime", "poststop"]);
  const { requests, key } = carry as { requests: { source: unknown }[]; key: string };
  assert.match(key, /^[0-9a-f]{32}$/);
  assert.deepEqual(requests[0]!.source, { kind: "device", host: "tap0" });
  assert.deepEqual(edits, []);
});

Deno.test("docker that has no network hook in config.json gets its devices at start", async () => {
  assert.deepEqual((await asking("host=tap0", { engine: "docker" })).stages, ["start", "poststop"]);
  const hooks = { prestart: [{ path: "/proc/9/exe", args: ["libnetwork-setkey", "-exec-root=/run"] }] };
  assert.deepEqual((await asking("host=tap0", { engine: "docker", hooks })).stages, [
    "createRuntime",
    "poststop",
  ]);
});

Deno.test("labels ask under docker alone", async () => {
  const userLabels = { "container-hooks.nic.myTap": "host=tap0" };
  const settings = { options: POLICY, files: HOST };
  const { stages } = await ask({ userLabels, linux: OWN, engine: "docker" }, settings);
  assert.deepEqual(stages, ["start", "poststop"]);
  assert.deepEqual((await ask({ userLabels, linux: OWN, engine: "podman" }, settings)).stages, []);
});

Deno.test("a label of the image does not take a device of the host", async () => {
  const labels = { "container-hooks.nic.myTap": "host=tap0" };
  const { stages, edits, note } = await ask({ labels, linux: OWN, engine: "docker" }, {
    options: POLICY,
    files: HOST,
  });
  assert.deepEqual([stages, edits], [[], undefined]);
  assert.match(note!, /nic\.myTap is not known to be a label of docker's user/);
});

Deno.test("a macvlan of an annotation does not take every frame of the host's network", async () => {
  const asked = async (mode: string, modes?: string[]) => {
    const options = { ...POLICY, "allow-parents": ["br0"], ...modes && { "allow-macvlan-modes": modes } };
    const annotations = { "container-hooks.nic.n": `macvlan=br0,mode=${mode}` };
    return (await ask({ annotations, linux: OWN }, { options, files: HOST })).deny;
  };
  assert.match((await asked("passthru"))![0]!, /macvlan mode passthru may not be asked for/);
  assert.match((await asked("vepa"))![0]!, /macvlan mode vepa may not be asked for/);
  assert.match((await asked("private", ["bridge"]))![0]!, /macvlan mode private may not be asked for/);
  assert.match((await asked("bridge", ["passthru"]))![0]!, /"passthru"; it takes bridge, private, vepa/);
  assert.deepEqual([await asked("bridge"), await asked("private")], [undefined, undefined]);
  assert.equal(await asked("vepa", ["vepa"]), undefined);
  const options = { devices: ["name=wan,macvlan=br0,mode=passthru"] };
  assert.equal((await ask({ linux: OWN }, { options, files: HOST })).deny, undefined);
});

Deno.test("nothing may be asked for until the administrator allows it", async () => {
  const annotations = { "container-hooks.nic.n": "bridge=br0,address=10.0.0.2/24,mac=02:00:00:00:00:01" };
  const { deny } = await ask({ annotations, linux: OWN }, { files: HOST });
  assert.deepEqual(deny?.map((reason) => reason.replace(/ may not.*/, "")), [
    "container-hooks.nic.n: bridge br0",
    "container-hooks.nic.n: address 10.0.0.2/24",
    "container-hooks.nic.n: MAC address 02:00:00:00:00:01",
  ]);
});

Deno.test("rootless and without the capabilities, what to run the engine as is told, not to change a policy", async () => {
  const remedy = "run the engine as root of the host, with these capabilities";
  const rootless = { ...HOST, "/proc/self/uid_map": "0 1000 1\n1 100000 65536\n" };
  const weak = { ...HOST, "/proc/self/status": "CapEff:\t0000000000000000\n" };
  await assert.rejects(asking("host=tap0", {}, rootless), {
    message: /cannot be given away rootless/,
    remedy,
  });
  await assert.rejects(asking("host=tap0", {}, weak), {
    message: /without CAP_NET_ADMIN and CAP_SYS_ADMIN/,
    remedy,
  });
});

Deno.test("a container that wants a device is refused before it is made where ip does not work", async () => {
  const settings = { options: POLICY, version: "BusyBox v1.36\n" };
  const annotations = { "container-hooks.nic.n": "host=tap0" };
  await assert.rejects(ask({ annotations, linux: OWN }, settings), /\/sbin\/ip is not iproute2's: BusyBox/);
});

Deno.test("the host's network is denied", async () => {
  assert.match(
    (await asking("host=tap0", { linux: { namespaces: [] } })).deny![0]!,
    /has the host's network/,
  );
});

Deno.test("a device that is not there is denied by name", async () => {
  assert.deepEqual((await asking("host=tap1")).deny, ["device tap1 does not exist on this host"]);
});

Deno.test("a device of a container that is gone may be asked for: it is taken back first", async () => {
  const kept = {
    gone: {
      key: "gone",
      since: 0,
      namespace: "net:[7]",
      pin: "container-hooks-gone",
      holders: [{ key: "gone", id: "web", pid: 42 }],
      devices: [{ request: parseRequest("n", "host=tap1"), was: WAS }],
      placed: true,
    },
  };
  const annotations = { "container-hooks.nic.n": "host=tap1" };
  const settings = { options: POLICY, files: HOST, kept };
  const dead = await ask({ annotations, linux: OWN }, settings);
  assert.deepEqual(dead.stages, ["createRuntime", "poststop"]);
  const links = { "/proc/42/ns/net": "net:[7]" };
  const living = await ask({ annotations, linux: OWN }, { ...settings, links });
  assert.match(living.deny![0]!, /device tap1 is taken by container web since 1970/);
});

/** A host whose `ip` lists one tap that is down. */
const LISTING = JSON.stringify([{
  ifindex: 7,
  ifname: "tap0",
  flags: ["BROADCAST"],
  mtu: 1400,
  txqlen: 9,
  address: "02:00:00:00:00:07",
  linkinfo: { info_kind: "tun", info_data: { type: "tap", pi: false, user: "1000" } },
  addr_info: [],
}]);

Deno.test("where the runtime moves devices, it is asked to, and what the device was is carried", async () => {
  const annotations = { "container-hooks.nic.myTap": "host=tap0" };
  const features = { linux: { netDevices: { enabled: true } } };
  const plan = await ask({ annotations, linux: OWN }, { options: POLICY, features });
  assert.deepEqual(plan?.edits, [netDevice("tap0", "myTap")]);
  assert.deepEqual(plan?.stages, ["createRuntime", "poststop"]);
  const [was] = (plan?.carry as unknown as { moved: Snapshot[] }).moved;
  assert.deepEqual([was!.name, was!.mac, was!.settings.mtu, was!.kind], [
    "tap0",
    "02:00:00:00:00:07",
    "1400",
    "tun",
  ]);
  assert.deepEqual(was!.tap, { mode: "tap", flags: [], user: "1000" });
});
