/** What devices of the host come back as, whatever they were, and whatever root of the container did to them. */
import assert from "node:assert/strict";
import { specTest } from "../harness/needs.ts";
import { assertAsBefore, killUntold, type Scene, setUp, whileCreated } from "../harness/nic.ts";

const TAP = { myTap: "host=tap0" };

/** Runs lines of `ip` on the host. */
async function prepare({ network }: Scene, lines: readonly string[]): Promise<void> {
  for (const line of lines) await network.ip(...line.split(" "));
}

/** What tap0 can have on the host, each of which once came back otherwise or not at all. */
const HAD: Record<string, string[]> = {
  "a default route whose gateway has a route of its own": [
    "address add 10.50.0.2/32 dev tap0",
    "route add 10.50.0.1 dev tap0 scope link",
    "route add default via 10.50.0.1 dev tap0",
    "address add fd00:50::2/128 dev tap0 nodad",
    "-6 route add fd00:50::1 dev tap0",
    "-6 route add default via fd00:50::1 dev tap0",
  ],
  "a route by way of a gateway that is only said to be there": [
    "address add 10.51.0.2/32 dev tap0",
    "route add 10.60.0.0/16 via 10.51.0.1 dev tap0 onlink",
  ],
  "routes with metrics, a preference, an end, and another table": [
    "route add 10.61.0.0/16 via 10.9.0.9 dev tap0 mtu 1300 advmss 1200 rtt 80ms",
    "route add 10.62.0.0/16 dev tap0 table 77 congctl reno quickack 1",
    "-6 route add fd00:61::/64 via fe80::5 dev tap0 expires 3000 pref high mtu 1380",
  ],
  "routes by way of several gateways and devices": [
    "route add 10.63.0.0/16 nexthop via 10.9.0.9 dev tap0 weight 2 nexthop via 10.0.0.9 dev br0",
    "-6 route add fd00:63::/64 nexthop via fe80::5 dev tap0 weight 3 nexthop via fe80::6 dev br0",
  ],
  "addresses with a lifetime, a metric, and without a route": [
    "address add 10.52.0.2/24 dev tap0 noprefixroute valid_lft 6000 preferred_lft 3000",
    "address add 10.53.0.2/24 dev tap0 metric 77",
    "address add fd00:52::2/64 dev tap0 noprefixroute mngtmpaddr valid_lft 6000 preferred_lft 3000",
    "address add fe80::77/64 dev tap0 nodad",
  ],
  "flags, a group, an alias and an alternative name": [
    "link set dev tap0 multicast off promisc on group 77",
    "link set dev tap0 alias mine",
    "link property add dev tap0 altname tapalso",
  ],
};

for (const [what, lines] of Object.entries(HAD)) {
  specTest(`a tap comes back with ${what}`, ["root", "runc", "ip"], async (subject) => {
    using scene = await setUp(subject);
    await prepare(scene, lines);
    const before = await scene.network.portrait("tap0");
    await whileCreated(scene, TAP, async () => {});
    assert.deepEqual(await scene.network.portrait("tap0"), before);
    assert.equal((await scene.nic("ls")).stdout, "no container has a network device of ours\n");
  });
}

specTest(
  "a tap that the container deletes is made anew with all that it had",
  ["root", "runc", "ip"],
  async (subject) => {
    using scene = await setUp(subject);
    await prepare(scene, Object.values(HAD).flat());
    const before = await scene.network.portrait("tap0");
    await whileCreated(scene, TAP, (ip) => ip("link", "delete", "dev", "myTap"));
    assert.deepEqual(await scene.network.portrait("tap0"), before);
  },
);

specTest(
  "a route that cannot come back is told by gc, and neither holds the device nor loses what else it had",
  ["root", "runc", "ip"],
  async (subject) => {
    using scene = await setUp(subject);
    await prepare(scene, ["route add 10.64.0.0/16 dev tap0 src 10.0.0.1"]);
    await whileCreated(scene, TAP, async (_ip, _pin, id) => {
      await prepare(scene, ["address delete 10.0.0.1/24 dev br0"]);
      await killUntold(scene, id);
      const { status, stdout, stderr } = await scene.nic("gc");
      assert.equal(status, 1);
      assert.match(
        stdout,
        /^taken back: tap0\ntap0 came back without this: ip route append 10\.64\.0\.0\/16 /,
      );
      assert.match(stderr, /do by hand what is still wanted of it/);
      await prepare(scene, ["address add 10.0.0.1/24 dev br0"]);
      await assertAsBefore(scene);
      assert.equal((await scene.nic("gc")).stdout, "nothing was left behind\n");
    });
  },
);

specTest(
  "a route that is set up while the device is away is not taken away by the one that comes back",
  ["root", "runc", "ip"],
  async (subject) => {
    using scene = await setUp(subject);
    await prepare(scene, ["route add default via 10.9.0.9 dev tap0"]);
    await whileCreated(scene, TAP, () => prepare(scene, ["route add default via 10.0.0.9 dev br0"]));
    const routes = await scene.network.ip("route", "show", "default");
    assert.match(routes, /^default via 10\.0\.0\.9 dev br0 .*\ndefault via 10\.9\.0\.9 dev tap0/);
  },
);

specTest(
  "a container does not keep a device of the host by an alternative name, nor leave one on it",
  ["root", "runc", "ip"],
  async (subject) => {
    using scene = await setUp(subject);
    await whileCreated(
      scene,
      TAP,
      (ip) => ip(..."link property add dev myTap altname br0 altname wg0".split(" ")),
    );
    assert.equal((await scene.network.portrait("tap0")).settings.altnames, undefined);
    await assertAsBefore(scene);
  },
);

specTest(
  "a container does not leave an alternative name that is no text on a tap",
  ["root", "runc", "ip"],
  async (subject) => {
    using scene = await setUp(subject);
    await whileCreated(scene, TAP, async (_ip, pin) => {
      const add = `exec ip -netns ${pin} link property add dev myTap altname "$(printf 'w\\377g')"`;
      assert.equal((await scene.network.run(["sh", "-c", add])).status, 0);
    });
    assert.equal((await scene.network.portrait("tap0")).settings.altnames, undefined);
    assert.equal((await scene.nic("ls")).stdout, "no container has a network device of ours\n");
  },
);

specTest(
  "a container does not keep a device of the host by a name that is no text",
  ["root", "runc", "ip"],
  async (subject) => {
    using scene = await setUp(subject);
    const { network } = scene;
    // The kernel makes no second one with the same settings, unlike a tap, which would be made anew.
    await network.ip(..."link add link parent0 name tapmv type macvlan mode bridge".split(" "));
    for (const name of ["e\\377v", "e\\001v"]) {
      const before = await network.portrait("tapmv");
      await whileCreated(scene, { myNic: "host=tapmv" }, async (ip, pin) => {
        const [{ ifindex }] = JSON.parse(await ip("-json", "link", "show", "dev", "myNic"));
        await ip("link", "set", "dev", "myNic", "down");
        const rename = `exec ip -netns ${pin} link set dev myNic name "$(printf '${name}')"`;
        assert.equal((await network.run(["sh", "-c", rename])).status, 0);
        await ip("tuntap", "add", "dev", `if${ifindex}`, "mode", "tap");
      });
      assert.deepEqual(await network.portrait("tapmv"), before, name);
    }
    assert.equal((await scene.nic("ls")).stdout, "no container has a network device of ours\n");
  },
);

specTest(
  "what a container sets a device to does not stay on it",
  ["root", "runc", "ip"],
  async (subject) => {
    using scene = await setUp(subject);
    await prepare(scene, ["link add link parent0 name tapmv type macvlan mode bridge"]);
    const before = [await scene.network.portrait("tap0"), await scene.network.portrait("tapmv")];
    await whileCreated(scene, { a: "host=tap0", b: "host=tapmv" }, async (ip) => {
      await ip(..."link set dev a multicast off arp off promisc on".split(" "));
      await ip(..."link set dev b allmulticast on group 77 protodown on".split(" "));
      await ip(..."link set dev b alias hello".split(" "));
    });
    assert.deepEqual([await scene.network.portrait("tap0"), await scene.network.portrait("tapmv")], before);
  },
);

specTest(
  "a device that somebody calls as a pair's end was called is not deleted for it",
  ["root", "runc", "ip"],
  async (subject) => {
    using scene = await setUp(subject);
    await whileCreated(scene, { n: "peer=lone0" }, async (ip) => {
      await ip("link", "delete", "dev", "n");
      await prepare(scene, ["link add dev lone0 type veth peer name lone1"]);
    });
    assert.match(await scene.network.ip("link", "show", "dev", "lone0"), /lone0@lone1/);
    assert.equal((await scene.nic("ls")).stdout, "no container has a network device of ours\n");
  },
);

specTest("both ends of a pair have the MTU that was asked for", ["root", "runc", "ip"], async (subject) => {
  using scene = await setUp(subject);
  await whileCreated(scene, { n: "peer=lone0,mtu=9000" }, async (ip) => {
    assert.match(await scene.network.ip("link", "show", "dev", "lone0"), /mtu 9000/);
    assert.match(await ip("link", "show", "dev", "n"), /mtu 9000/);
  });
  await assertAsBefore(scene);
});
