/** Routes by way of a device of the host, given back with all that they were. */
import type { IpCommand } from "./batch.ts";
import type { Hop, ListedRoute } from "./listed.ts";

/** Metrics, by the keys of a listing: the word that sets each, and the unit of its value. */
const METRICS: Record<string, { word: string; unit?: string }> = {
  ...Object.fromEntries(
    ["mtu", "window", "ssthresh", "cwnd", "advmss", "reordering", "hoplimit", "initcwnd", "initrwnd"]
      .concat("quickack", "fastopen_no_cookie").map((word) => [word, { word }]),
  ),
  rtt: { word: "rtt", unit: "ms" },
  rttvar: { word: "rttvar", unit: "ms" },
  rto_min: { word: "rto_min", unit: "ms" },
  congestion: { word: "congctl" },
};

/** The default network of each family, for whose routes nothing else may tell it. */
const DEFAULT = { "-4": "0.0.0.0/0", "-6": "::/0" } as const;

/** Whether nobody else makes it: those of the kernel come with an address or with the device itself. */
export function isOwnRoute({ protocol }: ListedRoute): boolean {
  return protocol !== "kernel";
}

/** What of a route cannot be given back; undefined where all of it can. */
export function whyLost({ encap }: ListedRoute): string | undefined {
  return encap === undefined ? undefined : `how it wraps packets (${encap}) is not known`;
}

/**
 * Sorts routes so that those which others lead through come first: a gateway has to be reachable before it can be
 * named.
 */
export function inOrder(routes: readonly ListedRoute[]): ListedRoute[] {
  const direct = routes.filter((route) => !leadsOn(route));
  return [...direct, ...routes.filter(leadsOn)];
}

function leadsOn(route: ListedRoute): boolean {
  return [route, ...route.nexthops ?? []].some(({ gateway, via }) => gateway !== undefined || via);
}

/**
 * Gets the commands for one route; none where its time has run out. Appended, they leave alone what has been set up
 * meanwhile.
 *
 * @param elapsed seconds since it was listed
 */
export function leadingBack(route: ListedRoute, name: string, elapsed: number): IpCommand[] {
  if (route.expires !== undefined && route.expires <= elapsed) return [];
  const command = (ways: string[]): IpCommand => [
    ...["route", "append", ...targetWords(route, elapsed), ...ways],
  ];
  if (!route.nexthops) return [command([...hopWords(route), "dev", name])];
  // Of an IPv6 route the other ways have stayed.
  if (route.family === "-6") {
    return route.nexthops.filter(({ dev }) => dev === name).map((hop) => command(wayWords(hop)));
  }
  return [command(route.nexthops.flatMap(wayWords))];
}

function targetWords(route: ListedRoute, elapsed: number): string[] {
  const { family, type = "unicast", dst, tos, protocol, scope, prefsrc, metric, table, pref, expires } =
    route;
  const given = {
    tos,
    proto: protocol,
    // Of an IPv6 route it says nothing.
    scope: family === "-6" ? undefined : scope,
    src: prefsrc,
    metric,
    table,
    pref,
    expires: expires === undefined ? undefined : expires - elapsed,
  };
  return [
    ...type === "unicast" ? [] : [type],
    // A line of a batch cannot say which family it is about.
    dst === "default" ? DEFAULT[family] : dst,
    ...Object.entries(given).flatMap(([word, value]) => value === undefined ? [] : [word, String(value)]),
    ...metricWords(route),
  ];
}

function metricWords({ metrics = [] }: ListedRoute): string[] {
  return metrics.flatMap((each) => Object.entries(each)).flatMap(([key, value]) => {
    const known = Object.hasOwn(METRICS, key) ? METRICS[key] : undefined;
    return known ? [known.word, `${value}${known.unit ?? ""}`] : [];
  });
}

/** Writes one of a route's several ways as words. */
function wayWords(hop: Hop): string[] {
  return [
    ...["nexthop", ...hopWords(hop)],
    ...hop.dev === undefined ? [] : ["dev", hop.dev],
    ...hop.weight === undefined ? [] : ["weight", String(hop.weight)],
  ];
}

function hopWords({ gateway, via, flags = [] }: Hop): string[] {
  return [
    ...gateway === undefined ? [] : ["via", gateway],
    ...via ? ["via", via.family, via.host] : [],
    ...flags.includes("onlink") ? ["onlink"] : [],
  ];
}
