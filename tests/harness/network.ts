/** A host's network of a test's own, with devices that nobody else has. */
import { mustRun, type Ran, run, type RunOptions } from "./run.ts";
import { until } from "./until.ts";

/** A network namespace and a mount namespace; disposing ends both, with all that is in them. */
export interface OwnNetwork extends Disposable {
  /** Words in front of a command line that is to be run there. */
  inside: string[];
  run(argv: string[], options?: RunOptions): Promise<Ran>;
  /** Runs `ip` and expects it to succeed. */
  ip(...words: string[]): Promise<string>;
  /** All devices with their addresses and routes, without what changes by itself. */
  picture(): Promise<string>;
  /** One device with all that belongs to it, without what changes by itself. */
  portrait(device: string): Promise<Portrait>;
}

/** All that a device is. */
export interface Portrait {
  flags: string[];
  settings: Record<string, unknown>;
  addresses: Record<string, unknown>[];
  routes: Record<string, unknown>[];
}

/** Makes one. Mounts that appear there, such as names of namespaces, appear nowhere else. */
export async function ownNetwork(): Promise<OwnNetwork> {
  const child = new Deno.Command("unshare", {
    args: ["--net", "--mount", "--propagation", "private", "sh", "-c", PREPARE],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  await hasNamespace(child.pid);
  const inside = ["nsenter", "--target", String(child.pid), "--net", "--mount"];
  const within = async (argv: string[], options?: RunOptions) => await run([...inside, ...argv], options);
  const ip = async (...words: string[]) => (await mustRun([...inside, "ip", ...words])).stdout;
  await ip("link", "set", "lo", "up");
  return {
    inside,
    run: within,
    ip,
    picture: async () =>
      pictureOf(
        await ip("-details", "-json", "address"),
        await ip("-json", "route", "show", "table", "all"),
        await ip("netns", "list"),
      ),
    portrait: async (device) =>
      portraitOf(
        JSON.parse(await ip("-details", "-json", "address", "show", "dev", device))[0],
        JSON.parse(await ip("-details", "-json", "-4", "route", "show", "table", "all")),
        JSON.parse(await ip("-details", "-json", "-6", "route", "show", "table", "all")),
      ),
    [Symbol.dispose]: () => child.kill("SIGKILL"),
  };
}

/** Names of namespaces are files, so their folder is one of its own too. */
const PREPARE = "mkdir -p /run/netns && mount -t tmpfs tmpfs /run/netns && exec sleep infinity";

/** unshare becomes sleep once the namespaces are there. */
async function hasNamespace(pid: number): Promise<void> {
  await until("a network namespace is made", async () => {
    return (await Deno.readTextFile(`/proc/${pid}/comm`)).trim() === "sleep";
  });
}

/** States follow the other end by some milliseconds; timers run; indexes are never given twice. */
function pictureOf(addresses: string, routes: string, namespaces: string): string {
  const devices = (JSON.parse(addresses) as Record<string, unknown>[]).filter(({ ifname }) => ifname);
  const shown = devices.map(({ ifname, mtu, txqlen, address, master, flags, linkinfo, addr_info }) => ({
    ...{ ifname, mtu, txqlen, address, master },
    up: (flags as string[]).includes("UP"),
    kind: (linkinfo as Record<string, unknown> | undefined)?.info_kind,
    addresses: (addr_info as Record<string, unknown>[])
      .filter(({ scope, family }) => family === "inet" || scope === "global")
      .map(({ local, prefixlen, broadcast, label }) => ({ local, prefixlen, broadcast, label })),
  })).sort((a, b) => String(a.ifname) < String(b.ifname) ? -1 : 1);
  const lines = (JSON.parse(routes) as Record<string, unknown>[])
    .filter(({ dst }) => !String(dst).startsWith("fe80") && dst !== "ff00::/8")
    .map(({ dst, dev, gateway, metric }) => [dst, dev, gateway, metric].join(" ")).sort();
  // Numbers that the kernel gives names as they are used.
  const names = namespaces.replaceAll(/ \(id: \d+\)/g, "");
  return JSON.stringify({ devices: shown, routes: lines, names }, null, 1);
}

/** What follows from the other end, or from time. */
const PASSING = ["NO-CARRIER", "LOWER_UP", "linkdown"];

function portraitOf(
  link: Record<string, unknown>,
  ...routes: Record<string, unknown>[][]
): Portrait {
  const { mtu, txqlen, address, master, group, ifalias, altnames, proto_down } = link;
  const lasting = (flags: unknown) => (flags as string[]).filter((flag) => !PASSING.includes(flag)).sort();
  const dev = link.ifname;
  return {
    flags: lasting(link.flags),
    settings: { mtu, txqlen, address, master, group, ifalias, altnames, proto_down },
    addresses: (link.addr_info as Record<string, unknown>[]).map((each) => ({
      ...each,
      tentative: undefined,
      valid_life_time: roughly(each.valid_life_time),
      preferred_life_time: roughly(each.preferred_life_time),
    })),
    routes: routes.flat()
      .filter((route) =>
        route.dev === dev || (route.nexthops as { dev: string }[])?.some((hop) => hop.dev === dev)
      )
      .map(({ flags = [], expires, nexthops, ...rest }) => ({
        ...rest,
        flags: lasting(flags),
        expires: expires !== undefined,
        nexthops: (nexthops as { flags: unknown }[] | undefined)?.map((hop) => ({
          ...hop,
          flags: lasting(hop.flags),
        })).sort(byText),
      }))
      .sort(byText),
  };
}

function byText(a: unknown, b: unknown): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

/** Seconds run on while a test does. */
function roughly(seconds: unknown): number {
  return Math.round(Number(seconds) / 600);
}
