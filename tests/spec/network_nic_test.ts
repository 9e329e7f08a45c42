/** The plugin network-nic on real runtimes, in networks that each test makes. */
import assert from "node:assert/strict";
import { specTest } from "../harness/needs.ts";
import { assertAsBefore, LOOK, newId, type Scene, setUp, type Spec } from "../harness/nic.ts";

/** Runs a container that looks, to its end. @returns what it saw */
async function look(
  scene: Scene,
  requests: Record<string, string>,
  edit?: (spec: Spec) => void,
): Promise<string> {
  const bundle = await scene.bundle("look", requests, LOOK, edit);
  const ran = await scene.runtime(["run", "--bundle", bundle.path, newId("look")]);
  assert.equal(ran.status, 0, ran.stderr);
  return ran.stdout;
}

for (const runtime of ["runc", "crun"] as const) {
  specTest(
    `plain ${runtime}: tap0 of the host is myTap in the container, and tap0 again afterwards`,
    ["root", "runc", runtime, "ip"],
    async (subject) => {
      using scene = await setUp(subject, runtime);
      const seen = await look(scene, { myTap: "host=tap0,address=10.0.0.2/24,default=10.0.0.1" });
      assert.match(seen, /myTap: .*UP/);
      assert.match(seen, /inet 10\.0\.0\.2\/24/);
      assert.match(seen, /default via 10\.0\.0\.1 dev myTap/);
      assert.doesNotMatch(seen, /10\.9\.0\.1|tap0/);
      await assertAsBefore(scene);
    },
  );
}

const KINDS: { what: string; request: string; sees: RegExp[] }[] = [
  {
    what: "a pair on a bridge",
    request: "bridge=br0,address=10.0.0.3/24,address=fd00::3/64,default=10.0.0.1 metric 50",
    sees: [
      /nic0@\w+: .*UP,LOWER_UP/,
      /10\.0\.0\.3\/24/,
      /fd00::3\/64/,
      /default via 10\.0\.0\.1 .*metric 50/,
    ],
  },
  { what: "a pair that is left alone", request: "peer=lone0,address=10.0.0.4/24", sees: [/10\.0\.0\.4\/24/] },
  {
    what: "a macvlan on a parent",
    request: "macvlan=parent0,mode=private,address=10.0.0.5/24",
    sees: [/nic0@\w+: .*UP,LOWER_UP/, /10\.0\.0\.5\/24/],
  },
];

for (const { what, request, sees } of KINDS) {
  specTest(
    `${what} is there before the program, and gone after it`,
    ["root", "runc", "ip"],
    async (subject) => {
      using scene = await setUp(subject);
      const seen = await look(scene, { nic0: request });
      for (const pattern of sees) assert.match(seen, pattern);
      await assertAsBefore(scene);
    },
  );
}

specTest("every setting of a device is there before the program", ["root", "runc", "ip"], async (subject) => {
  using scene = await setUp(subject);
  const request = [
    "bridge=br0,mac=02:00:00:00:00:07,mtu=1300,queue=77,address=10.0.0.7/24",
    "route=10.5.0.0/16 via 10.0.0.1 metric 9,neighbour=10.0.0.9 02:00:00:00:00:09,sysctl=ipv4.rp_filter=2",
  ].join(",");
  const bundle = await scene.bundle("settings", { nic0: request }, [
    "sh",
    "-c",
    "busybox ip link show nic0; busybox ip route; busybox ip neigh; cat /proc/sys/net/ipv4/conf/nic0/rp_filter",
  ]);
  const { stdout, stderr, status } = await scene.runtime(["run", "--bundle", bundle.path, newId("settings")]);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /mtu 1300 .*qlen 77/);
  assert.match(stdout, /link\/ether 02:00:00:00:00:07/);
  assert.match(stdout, /10\.5\.0\.0\/16 via 10\.0\.0\.1 dev nic0 {2}metric 9/);
  assert.match(stdout, /10\.0\.0\.9 dev nic0 lladdr 02:00:00:00:00:09 .*PERMANENT/);
  assert.match(stdout, /^2$/m);
});

specTest(
  "config.toml gives devices too, and needs no policy for them",
  ["root", "runc", "ip"],
  async (subject) => {
    using scene = await setUp(
      subject,
      "runc",
      '[plugins.network-nic.options]\ndevices = ["name=eth0,bridge=br0,address=192.168.7.2/24"]\n',
    );
    assert.match(await look(scene, {}), /inet 192\.168\.7\.2\/24/);
    await assertAsBefore(scene);
  },
);

specTest("a container in a user namespace gets its device", ["root", "runc", "ip"], async (subject) => {
  using scene = await setUp(subject);
  const mappings = [{ containerID: 0, hostID: 100000, size: 65536 }];
  const seen = await look(scene, { myTap: "host=tap0,address=10.0.0.2/24" }, (spec) => {
    const linux = spec.linux as { namespaces: { type: string }[] };
    linux.namespaces.push({ type: "user" });
    Object.assign(linux, { uidMappings: mappings, gidMappings: mappings });
  });
  assert.match(seen, /inet 10\.0\.0\.2\/24 .*myTap/);
  await assertAsBefore(scene);
});

specTest(
  "containers of one namespace share a device until the last is gone",
  ["root", "runc", "ip"],
  async (subject) => {
    using scene = await setUp(subject);
    await scene.network.ip("netns", "add", "pod");
    const before = await scene.network.picture();
    const request = { myTap: "host=tap0,address=10.0.0.2/24" };
    const join = (spec: Spec) => {
      const { namespaces } = spec.linux as { namespaces: { type: string; path?: string }[] };
      namespaces.find(({ type }) => type === "network")!.path = "/run/netns/pod";
    };
    const [one, two] = [newId("one"), newId("two")];
    for (const id of [one, two]) {
      const bundle = await scene.bundle(id, request, ["sleep", "1000"], join);
      const made = await scene.runtime(["create", "--bundle", bundle.path, id]);
      assert.equal(made.status, 0, made.stderr);
    }
    const [held] = JSON.parse((await scene.nic("ls", "--json")).stdout);
    assert.deepEqual(held.containers, [one, two]);
    await scene.runtime(["delete", "--force", one]);
    assert.match(await scene.network.ip("-netns", "pod", "address"), /10\.0\.0\.2\/24 .*myTap/);
    await scene.runtime(["delete", "--force", two]);
    assert.equal(await scene.network.picture(), before);
  },
);

/** What a container that asks for it is told, and leaves the host as it was. */
const REFUSED: {
  what: string;
  request: Record<string, string>;
  says: RegExp;
  edit?: (spec: Spec) => void;
}[] = [
  {
    what: "no device of that name",
    request: { n: "host=tap7" },
    says: /device tap7 does not exist on this host/,
  },
  {
    what: "a name of 16 characters",
    request: { abcdefghijklmnop: "host=tap0" },
    says: /device name "abcdefghijklmnop" has 16 characters, and the kernel takes 15/,
  },
  {
    what: "the host's network",
    request: { n: "host=tap0" },
    says: /it has the host's network, whose devices would be renamed/,
    edit(spec) {
      const linux = spec.linux as { namespaces: { type: string }[] };
      linux.namespaces = linux.namespaces.filter(({ type }) => type !== "network");
    },
  },
  {
    what: "the host's network by its path",
    request: { n: "host=tap0" },
    says: /the container has the host's network/,
    edit(spec) {
      const { namespaces } = spec.linux as { namespaces: { type: string; path?: string }[] };
      namespaces.find(({ type }) => type === "network")!.path = "/proc/self/ns/net";
    },
  },
  {
    what: "an address in use",
    request: { n: "bridge=br0,address=10.0.0.1/24" },
    says: /address 10\.0\.0\.1\/24 is in use on this host, by br0/,
  },
  {
    what: "an address without a length",
    request: { n: "host=tap0,address=10.0.0.1" },
    says: /"10\.0\.0\.1" is no address with a length/,
  },
  {
    what: "an MTU out of range",
    request: { n: "host=tap0,mtu=9" },
    says: /mtu "9" is no whole number from 68 to 65535/,
  },
  {
    what: "what the policy does not allow",
    request: { n: "bridge=br9,address=10.8.0.1/24" },
    says: /bridge br9 may not be asked for .*address 10\.8\.0\.1\/24 may not be asked for/,
  },
  {
    what: "a macvlan that takes every frame of its parent",
    request: { n: "macvlan=parent0,mode=passthru" },
    says: /macvlan mode passthru may not be asked for/,
  },
  {
    what: "a gateway that cannot be reached, once the device is moved",
    request: { n: "host=tap0,default=10.66.0.1" },
    says: /ip route replace default via 10\.66\.0\.1 dev n failed: nexthop has invalid gateway/,
  },
];

for (const { what, request, says, edit } of REFUSED) {
  specTest(`refused and the host left as it was: ${what}`, ["root", "runc", "ip"], async (subject) => {
    using scene = await setUp(subject);
    const bundle = await scene.bundle("refused", request, ["true"], edit);
    const ran = await scene.runtime(["run", "--bundle", bundle.path, newId("refused")]);
    assert.notEqual(ran.status, 0);
    assert.match(ran.stderr, says);
    await assertAsBefore(scene);
  });
}

specTest(
  "a device that another container has is refused by that one's name",
  ["root", "runc", "ip"],
  async (subject) => {
    using scene = await setUp(subject);
    const first = newId("first");
    const holder = await scene.bundle("first", { a: "host=tap0" }, ["sleep", "1000"]);
    assert.equal((await scene.runtime(["create", "--bundle", holder.path, first])).status, 0);
    const other = await scene.bundle("other", { b: "host=tap0" }, ["true"]);
    const ran = await scene.runtime(["run", "--bundle", other.path, newId("other")]);
    assert.match(ran.stderr, new RegExp(`device tap0 is taken by container ${first} since 2`));
    await scene.runtime(["delete", "--force", first]);
    await assertAsBefore(scene);
  },
);

specTest(
  "a container that renames its device and changes its MAC address does not keep it from coming back",
  ["root", "runc", "ip"],
  async (subject) => {
    using scene = await setUp(subject);
    // The kernel makes no second one with the same settings, unlike a tap, which would be made anew.
    await scene.network.ip(..."link add link parent0 name tapmv type macvlan mode bridge".split(" "));
    const before = await scene.network.picture();
    const hide = "set -e; busybox ip link set myNic down; busybox ip link set myNic name evil; " +
      "busybox ip link set evil address 02:00:00:00:00:66; busybox ip link show evil";
    const bundle = await scene.bundle(
      "hiding",
      { myNic: "host=tapmv" },
      ["sh", "-c", hide],
      ({ process }) => {
        // busybox wants a raw socket to change a MAC address.
        const all = ["CAP_NET_ADMIN", "CAP_NET_RAW"];
        (process as Record<string, unknown>).capabilities = { bounding: all, effective: all, permitted: all };
      },
    );
    const ran = await scene.runtime(["run", "--bundle", bundle.path, newId("hiding")]);
    assert.equal(ran.status, 0, ran.stderr);
    assert.match(ran.stdout, /evil/);
    assert.equal(await scene.network.picture(), before);
    assert.equal((await scene.nic("ls")).stdout, "no container has a network device of ours\n");
  },
);

specTest("plan shows the commands and does nothing", ["root", "runc", "ip"], async (subject) => {
  using scene = await setUp(subject);
  const bundle = await scene.bundle("planned", { myTap: "host=tap0,address=10.0.0.2/24" }, ["true"]);
  const { stdout } = await scene.nic("plan", "--bundle", bundle.path, "--json");
  assert.deepEqual(JSON.parse(stdout), {
    problems: [],
    host: ["ip link set dev tap0 netns CONTAINER name myTap"],
    container: ["ip address add 10.0.0.2/24 dev myTap", "ip link set dev myTap up"],
  });
  await assertAsBefore(scene);
});

specTest("10 containers made and killed leave nothing", ["root", "runc", "ip"], async (subject) => {
  using scene = await setUp(subject);
  const request = { myTap: "host=tap0,address=10.0.0.2/24", eth0: "bridge=br0,address=10.0.0.3/24" };
  const bundle = await scene.bundle("cycle", request, ["sleep", "1000"]);
  const text = bundle.text();
  for (let cycle = 0; cycle < 10; cycle++) {
    Deno.writeTextFileSync(bundle.config, text);
    const id = newId("cycle");
    const made = await scene.runtime(["create", "--bundle", bundle.path, id]);
    assert.equal(made.status, 0, made.stderr);
    await scene.runtime(["delete", "--force", id]);
  }
  await assertAsBefore(scene);
});
