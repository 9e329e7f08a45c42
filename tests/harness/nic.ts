/** What tests of the plugin network-nic stand on: a host's network with a tap, a bridge and a parent, and we installed. */
import assert from "node:assert/strict";
import { type Bundle, makeBundle } from "./bundle.ts";
import { crunMayRun } from "./engines.ts";
import { install, type Installation } from "./installation.ts";
import type { Subject } from "./needs.ts";
import { type OwnNetwork, ownNetwork } from "./network.ts";
import { type Ran, which } from "./run.ts";
import { until } from "./until.ts";

/** Annotations that begin with it ask for a device each. */
export const PREFIX = "container-hooks.nic.";

/** Shows what the first instruction of the container sees. */
export const LOOK = ["sh", "-c", "busybox ip address; busybox ip route; busybox ip -6 route"];

/** What annotations may ask for in these tests. */
const POLICY = `[plugins.network-nic.options]
allow-devices = ["tap*"]
allow-bridges = ["br0"]
allow-peers = ["lone0"]
allow-parents = ["parent0"]
allow-addresses = ["10.0.0.0/24", "fd00::/64"]
allow-mac = true
`;

/** A host's network, and we installed there. */
export interface Scene extends Disposable {
  network: OwnNetwork;
  installed: Installation;
  /** What the host's network is before any container. */
  before: string;
  bundle(
    name: string,
    requests: Record<string, string>,
    args: string[],
    edit?: (spec: Spec) => void,
  ): Promise<Bundle>;
  /** Calls us as the runtime. */
  runtime(args: string[]): Promise<Ran>;
  /** Calls `container-hooks nic`. */
  nic(...args: string[]): Promise<Ran>;
}

export type Spec = ReturnType<Bundle["spec"]>;

/** tap0 with an address and a route, a bridge with an address, a parent that has a carrier. */
export async function setUp({ form, work }: Subject, runtime = "runc", policy = POLICY): Promise<Scene> {
  const network = await ownNetwork();
  for (
    const words of [
      "tuntap add dev tap0 mode tap",
      "link set dev tap0 mtu 1400 txqueuelen 123",
      "address add 10.9.0.1/24 dev tap0",
      "link set dev tap0 up",
      "route add 10.77.0.0/16 via 10.9.0.9 dev tap0",
      "link add dev br0 type bridge",
      // Without one of its own it has that of its lowest port.
      "link set dev br0 address 02:00:00:00:00:01",
      "address add 10.0.0.1/24 dev br0",
      "link set dev br0 up",
      "link add dev parent0 type veth peer name parent1",
      "link set dev parent0 up",
      "link set dev parent1 up",
    ]
  ) await network.ip(...words.split(" "));
  const installed = await install(form, work, {
    policy,
    runtimes: [which(runtime)!],
  });
  const { env } = installed;
  const prefix = runtime === "crun" ? crunMayRun() : [];
  return {
    network,
    installed,
    before: await network.picture(),
    bundle: (name, requests, args, edit) =>
      makeBundle(work, {
        name,
        args,
        edit(spec) {
          spec.annotations = Object.fromEntries(
            Object.entries(requests).map(([device, text]) => [PREFIX + device, text]),
          );
          edit?.(spec);
        },
      }),
    runtime: (args) => network.run([...prefix, installed.runtime, ...args], { env }),
    nic: (...args) => network.run([installed.program, "nic", ...args], { env }),
    [Symbol.dispose]: () => network[Symbol.dispose](),
  };
}

/** An id that no other container has. */
export function newId(name: string): string {
  return `${name}-${crypto.randomUUID().slice(0, 8)}`;
}

/** Runs `ip` in a container's network namespace, as its root could. */
export type InsideIp = (...words: string[]) => Promise<string>;

/**
 * Creates a container, does something while it is there, and deletes it.
 *
 * @param work is given `ip` inside, the name in /run/netns, and the container's id
 */
export async function whileCreated(
  scene: Scene,
  requests: Record<string, string>,
  work: (ip: InsideIp, pin: string, id: string) => Promise<unknown>,
): Promise<void> {
  const id = newId("changing");
  const bundle = await scene.bundle(id, requests, ["sleep", "1000"]);
  const made = await scene.runtime(["create", "--bundle", bundle.path, id]);
  assert.equal(made.status, 0, made.stderr);
  const [pin = ""] = (await scene.network.ip("netns", "list")).match(/container-hooks-\S+/) ?? [];
  await work((...words) => scene.network.ip("-netns", pin, ...words), pin, id);
  const deleted = await scene.runtime(["delete", "--force", id]);
  assert.equal(deleted.status, 0, deleted.stderr);
}

/** Ends a container's process, which nobody tells us of. */
export async function killUntold(scene: Scene, id: string): Promise<void> {
  const { pid } = JSON.parse((await scene.runtime(["state", id])).stdout);
  Deno.kill(pid, "SIGKILL");
  await until("the container has stopped", async () => {
    return JSON.parse((await scene.runtime(["state", id])).stdout).status === "stopped";
  });
}

/** Every device is what it was, and nothing is on record. */
export async function assertAsBefore({ network, before, nic }: Scene): Promise<void> {
  assert.equal(await network.picture(), before);
  assert.equal((await nic("ls")).stdout, "no container has a network device of ours\n");
}
