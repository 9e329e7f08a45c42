/**
 * The plugin network-nic beside the shell script that users write today as a hook: the time for a tap to be given to a
 * container, lines, and what is left behind.
 *
 *     deno run -A tests/bench/network_nic.ts [--cycles N]
 *
 * With `--cycles`, containers are created and killed N times, and the devices of the host are compared.
 */
import type { Form } from "../harness/forms.ts";
import { builtFiles } from "../harness/forms.ts";
import { newId, type Scene, setUp, type Spec } from "../harness/nic.ts";
import { type WorkFolder, workFolder } from "../harness/work_folder.ts";
import { RUNC } from "./containers.ts";
import { type Contestant, race, type Row, silently } from "./measure.ts";

const ROUNDS = 9;

/** What both do: tap0 becomes myTap, with an address. */
const REQUEST = { myTap: "host=tap0,address=10.0.0.2/24" };

/** As its users write it, with the state's pid cut out of the JSON. Nothing of it comes back by itself. */
const SCRIPT = `#!/bin/sh
set -e
pid=$(sed 's/.*"pid":\\([0-9]*\\).*/\\1/')
ip link set dev tap0 netns "$pid" name myTap
nsenter -t "$pid" -n ip address add ADDRESS dev myTap
nsenter -t "$pid" -n ip link set dev myTap up
`;

/** Rows of `create` and `delete`: where nothing is asked for, beside bare runc; with a tap, beside the script. */
export async function measureNetworkNic(forms: Form[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const form of forms) {
    using work = workFolder();
    using scene = await setUp({ form, work });
    const times = await race({
      bare: plain(scene, RUNC, "bare"),
      nothing: plain(scene, scene.installed.runtime, "nothing"),
      script: byScript(scene, work),
      ours: byUs(scene),
    }, ROUNDS);
    rows.push({
      what: "create and delete, network-nic on, nothing asked for",
      form: form.name,
      unit: "ms",
      bare: times.bare,
      ours: times.nothing!,
    }, {
      what: "a tap given to a container, over a shell script",
      form: form.name,
      unit: "ms",
      bare: times.script,
      ours: times.ours!,
    });
  }
  return rows;
}

/** A container without devices. */
function plain(scene: Scene, runtime: string, name: string): Contestant {
  return async () => {
    const { path } = await scene.bundle(name, {}, ["true"]);
    const id = newId(name);
    return () => createAndDelete(scene, runtime, path, id);
  };
}

function byUs(scene: Scene): Contestant {
  return async () => {
    await remakeTap(scene);
    const { path } = await scene.bundle("ours", REQUEST, ["true"]);
    const id = newId("ours");
    return () => createAndDelete(scene, scene.installed.runtime, path, id);
  };
}

function byScript(scene: Scene, work: WorkFolder): Contestant {
  return async () => {
    await remakeTap(scene);
    const { path } = await scene.bundle("script", {}, ["true"], withHook(work, "10.0.0.2/24"));
    const id = newId("script");
    return () => createAndDelete(scene, RUNC, path, id);
  };
}

function withHook(work: WorkFolder, address: string): (spec: Spec) => void {
  const path = work.program("nic.sh", SCRIPT.replace("ADDRESS", address));
  const hook = { path, args: ["nic.sh"], env: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"] };
  return (spec) => void (spec.hooks = { createRuntime: [hook] });
}

/** The script's container has taken it along. */
async function remakeTap({ network }: Scene): Promise<void> {
  await network.run(["ip", "link", "delete", "dev", "tap0"]);
  await network.ip("tuntap", "add", "dev", "tap0", "mode", "tap");
}

async function createAndDelete({ network, installed }: Scene, runtime: string, bundle: string, id: string) {
  await silently([...network.inside, runtime, "create", "--bundle", bundle, id], installed.env);
  await silently([...network.inside, RUNC, "delete", "--force", id]);
}

/** What the host has lost after a container, in words. */
async function lostAfter(scene: Scene, run: () => Promise<unknown>): Promise<string> {
  await remakeTap(scene);
  await run().catch(() => {});
  const { stdout } = await scene.network.run(["ip", "-oneline", "link", "show", "type", "tun"]);
  return stdout.includes("tap0") ? "nothing" : "tap0 is gone";
}

async function compare(form: Form): Promise<void> {
  using work = workFolder();
  using scene = await setUp({ form, work });
  const script = async (address: string) => {
    const { path } = await scene.bundle("script", {}, ["true"], withHook(work, address));
    await createAndDelete(scene, RUNC, path, newId("script"));
  };
  const ours = async (request: Record<string, string>) => {
    const { path } = await scene.bundle("ours", request, ["true"]);
    await createAndDelete(scene, scene.installed.runtime, path, newId("ours"));
  };
  const [, row] = await measureNetworkNic([form]);
  console.log(`                     shell script          network-nic (${form.name})
lines of its user    ${SCRIPT.trim().split("\n").length}                     1 annotation
create and delete    ${row!.bare!.toFixed(0)} ms                 ${row!.ours.toFixed(0)} ms
lost after the end   ${await lostAfter(scene, () => script("10.0.0.2/24"))}          ${await lostAfter(
    scene,
    () => ours(REQUEST),
  )}
lost after a failure ${await lostAfter(scene, () => script("10.0.0.300/24"))}          ${await lostAfter(
    scene,
    () => ours({ myTap: "host=tap0,default=10.66.0.1" }),
  )}`);
}

/** Creates and kills containers; prints the devices of the host before and after. */
async function cycle(form: Form, cycles: number): Promise<void> {
  using work = workFolder();
  using scene = await setUp({ form, work });
  const request = { ...REQUEST, eth0: "bridge=br0,address=10.0.0.3/24", mv: "macvlan=parent0" };
  const count = async () => {
    const names = JSON.parse(await scene.network.ip("-json", "link")).map(({ ifname }: { ifname: string }) =>
      ifname
    );
    return `${names.length} devices (${names.sort().join(" ")})`;
  };
  console.log(`before ${cycles} cycles: ${await count()}`);
  const start = performance.now();
  for (let done = 0; done < cycles; done++) {
    const { path } = await scene.bundle("cycle", request, ["sleep", "1000"]);
    await createAndDelete(scene, scene.installed.runtime, path, newId("cycle"));
  }
  console.log(`after: ${await count()}, ${((performance.now() - start) / cycles).toFixed(0)} ms each`);
  console.log(
    await scene.network.picture() === scene.before ? "the host is as it was" : "the host is NOT as it was",
  );
}

if (import.meta.main) {
  const [form] = builtFiles();
  const at = Deno.args.indexOf("--cycles");
  if (at === -1) await compare(form!);
  else await cycle(form!, Number(Deno.args[at + 1]));
}
