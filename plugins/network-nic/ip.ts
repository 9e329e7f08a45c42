/** Running iproute2's `ip`: what it lists is JSON, what it is to do is a batch; never a shell. */
import { type PluginHost, problem } from "container-hooks/plugin";

/** Where distributions have it. */
export const IP_PLACES = ["/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip", "/bin/ip"];
/** Where they have the program that writes /proc/sys. */
export const SYSCTL_PLACES = ["/usr/sbin/sysctl", "/sbin/sysctl", "/usr/bin/sysctl", "/bin/sysctl"];

/** A command of `ip`, its words without the program. */
export type Command = readonly string[];

/** An address as `ip -json` lists it. */
export interface ListedAddress {
  family: string;
  local: string;
  prefixlen: number;
  scope: string;
  /** The other end of a point-to-point address. */
  address?: string;
  broadcast?: string;
  label?: string;
}

/** A device as `ip -details -json address` lists it, as far as we look at it. */
export interface Link {
  ifindex: number;
  ifname: string;
  flags: string[];
  mtu: number;
  txqlen?: number;
  /** MAC address. */
  address?: string;
  /** The one that it was made with, where that is another. */
  permaddr?: string;
  master?: string;
  linkinfo?: { info_kind?: string; info_data?: Record<string, unknown> };
  addr_info?: ListedAddress[];
}

/** A route as `ip -json route` lists it. */
export interface ListedRoute {
  type?: string;
  dst: string;
  gateway?: string;
  protocol?: string;
  scope?: string;
  prefsrc?: string;
  metric?: number;
  table?: string | number;
}

/** A neighbour as `ip -json neighbour` lists it. */
export interface ListedNeighbour {
  dst: string;
  lladdr?: string;
  state: string[];
}

/** What it needs of the outside. */
export type IpHost = Pick<PluginHost, "run" | "lstat">;

/** Words that are one word for `ip -batch` too; a container can name its devices otherwise. */
const PLAIN = /^[\w@%+=:,./-]+$/;

/** `ip` in this namespace, or in one of /run/netns. */
export class Ip {
  readonly #host: IpHost;
  readonly #path: string;

  /** @throws a problem where there is no `ip` */
  constructor(host: IpHost) {
    this.#host = host;
    this.#path = findProgram(host, IP_PLACES, "ip", "iproute2");
  }

  /** All devices with their addresses. @param namespace name in /run/netns; without it, this one */
  async links(namespace?: string): Promise<Link[]> {
    return await this.#list<Link>(["-details", "-json", "address", "show"], namespace);
  }

  /** Routes by way of a device, of all tables. */
  async routes(device: string): Promise<ListedRoute[]> {
    const lists = [];
    for (const family of ["-4", "-6"]) {
      const words = [family, "-details", "-json", "route", "show", "table", "all", "dev", device];
      lists.push(await this.#list<ListedRoute>(words));
    }
    return lists.flat();
  }

  /** Entries of the neighbour table that somebody wrote by hand. */
  async permanentNeighbours(device: string): Promise<ListedNeighbour[]> {
    return await this.#list<ListedNeighbour>([
      "-json",
      "neighbour",
      "show",
      "nud",
      "permanent",
      "dev",
      device,
    ]);
  }

  /**
   * Does the commands in turn, up to the first that fails.
   *
   * @throws a problem with that command and what the kernel said
   */
  async does(commands: readonly Command[], namespace?: string): Promise<void> {
    if (commands.length === 0) return;
    if (!commands.flat().every((word) => PLAIN.test(word))) {
      for (const command of commands) this.#refuseFailed(await this.#run([...command], namespace), [command]);
      return;
    }
    const stdin = commands.map((command) => `${command.join(" ")}\n`).join("");
    this.#refuseFailed(await this.#run(["-batch", "-"], namespace, stdin), commands);
  }

  /** Sets values below /proc/sys, "net/ipv4/conf/eth1/rp_filter=0" each. */
  async sysctls(settings: readonly string[], namespace?: string): Promise<void> {
    if (settings.length === 0) return;
    const program = findProgram(this.#host, SYSCTL_PLACES, "sysctl", "procps");
    const words = ["-q", "-w", ...settings];
    const { status, stderr } = namespace === undefined
      ? await this.#host.run(program, words)
      : await this.#host.run(this.#path, ["netns", "exec", namespace, program, ...words]);
    if (status === 0) return;
    throw problem(`sysctl ${settings.join(" ")} failed: ${reasonOf(stderr)}`, "correct the setting");
  }

  async #list<T>(words: string[], namespace?: string): Promise<T[]> {
    const { status, stdout, stderr } = await this.#run(words, namespace);
    if (status !== 0) {
      throw problem(`ip ${words.join(" ")} failed: ${reasonOf(stderr)}`, "try it by hand");
    }
    // Some releases print an empty object for what a filter leaves out.
    return (stdout.trim() === "" ? [] : JSON.parse(stdout) as T[]).filter((entry) =>
      Object.keys(entry as object).length > 0
    );
  }

  #run(words: string[], namespace?: string, stdin?: string) {
    const where = namespace === undefined ? [] : ["-netns", namespace];
    return this.#host.run(this.#path, [...where, ...words], { stdin });
  }

  #refuseFailed({ status, stderr }: { status: number; stderr: string }, commands: readonly Command[]): void {
    if (status === 0) return;
    const line = Number(stderr.match(/Command failed -:(\d+)/)?.[1] ?? 1);
    const command = (commands[line - 1] ?? commands[0]!).join(" ");
    throw problem(
      `ip ${command} failed: ${reasonOf(stderr)}`,
      "correct what was asked for, or what the device is on the host",
    );
  }
}

function findProgram(host: IpHost, places: string[], name: string, from: string): string {
  const found = places.find((path) => host.lstat(path));
  if (found === undefined) {
    throw problem(`there is no program ${name} in ${places.join(", ")}`, `install ${from}`);
  }
  return found;
}

/** "RTNETLINK answers: File exists" without who says so. */
function reasonOf(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("Command failed"));
  return lines.join("; ").replace(/^(RTNETLINK answers|Error): /, "").toLowerCase() || "it gave no reason";
}
