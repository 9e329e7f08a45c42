/** Running iproute2's `ip`: what it lists is JSON, what it is to do is a batch; never a shell. */
import { type PluginHost, problem } from "container-hooks/plugin";
import { batchOf, type FailedCommand, failedOf, type IpCommand, reasonOf } from "./batch.ts";
import type { Link, ListedNeighbour, ListedRoute } from "./listed.ts";
import { findProgram, IP, SYSCTL } from "./programs.ts";

/** What it needs of the outside. */
export type IpHost = Pick<PluginHost, "run" | "lstat">;

/** Calls `ip` in this namespace, or in one of /run/netns. */
export class Ip {
  readonly #host: IpHost;
  readonly #path: string;

  /** @throws a problem where there is no `ip` */
  constructor(host: IpHost) {
    this.#host = host;
    this.#path = findProgram(host, IP);
  }

  /** Lists all devices with their addresses. @param namespace name in /run/netns; without it, this one */
  async links(namespace?: string): Promise<Link[]> {
    return await this.#list<Link>(["-details", "-json", "address", "show"], namespace);
  }

  /**
   * Routes by way of a device, of all tables. `ip` is not asked for those of the device: it leaves out the ones by
   * way of several.
   */
  async routes(device: string): Promise<ListedRoute[]> {
    const lists = [];
    for (const family of ["-4", "-6"] as const) {
      const words = [family, "-details", "-json", "route", "show", "table", "all"];
      lists.push(
        (await this.#list<Omit<ListedRoute, "family">>(words)).map((route) => ({ ...route, family })),
      );
    }
    return lists.flat().filter(({ dev, nexthops = [] }) =>
      dev === device || nexthops.some((hop) => hop.dev === device)
    );
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
  async does(commands: readonly IpCommand[], namespace?: string): Promise<void> {
    if (commands.length === 0) return;
    const stdin = batchOf(commands);
    if (stdin === undefined) {
      for (const command of commands) refuse(await this.#one(command, namespace));
      return;
    }
    const { status, stderr } = await this.#run(["-batch", "-"], namespace, stdin);
    if (status === 0) return;
    refuse(failedOf(stderr, commands)[0] ?? { command: commands[0]!, why: reasonOf(stderr) });
  }

  /** Does every command, whatever becomes of those before it. @returns those that failed */
  async attempts(commands: readonly IpCommand[], namespace?: string): Promise<FailedCommand[]> {
    if (commands.length === 0) return [];
    const stdin = batchOf(commands);
    if (stdin !== undefined) {
      const { status, stderr } = await this.#run(["-force", "-batch", "-"], namespace, stdin);
      // A word that this release does not know ends a batch with another status; commands can be done twice.
      if (status === 0 || status === 1) return failedOf(stderr, commands);
    }
    const failed = [];
    for (const command of commands) failed.push(await this.#one(command, namespace) ?? []);
    return failed.flat();
  }

  /** Sets values below /proc/sys, "net/ipv4/conf/eth1/rp_filter=0" each. */
  async sysctls(settings: readonly string[], namespace?: string): Promise<void> {
    if (settings.length === 0) return;
    const program = findProgram(this.#host, SYSCTL);
    const words = ["-q", "-w", ...settings];
    const { status, stderr } = namespace === undefined
      ? await this.#host.run(program, words)
      : await this.#host.run(this.#path, ["netns", "exec", namespace, program, ...words]);
    if (status === 0) return;
    throw problem(`sysctl ${settings.join(" ")} failed: ${reasonOf(stderr)}`, "correct the setting");
  }

  async #one(command: IpCommand, namespace?: string): Promise<FailedCommand | undefined> {
    const { status, stderr } = await this.#run([...command], namespace);
    return status === 0 ? undefined : { command, why: reasonOf(stderr) };
  }

  async #list<T>(words: string[], namespace?: string): Promise<T[]> {
    const { status, stdout, stderr } = await this.#run(words, namespace);
    if (status !== 0) {
      throw problem(`ip ${words.join(" ")} failed: ${reasonOf(stderr)}`, "try it by hand");
    }
    // Some releases print an empty object for what a filter leaves out.
    return parseListing<T>(stdout).filter((entry) => Object.keys(entry as object).length > 0);
  }

  #run(words: string[], namespace?: string, stdin?: string) {
    const where = namespace === undefined ? [] : ["-netns", namespace];
    return this.#host.run(this.#path, [...where, ...words], { stdin });
  }
}

/**
 * Parses a listing. `ip` writes control characters of names as they are, which JSON does not allow: root of a
 * container chose them.
 */
function parseListing<T>(stdout: string): T[] {
  // deno-lint-ignore no-control-regex -- what stands between values, and so may stay, is no more than these
  const text = stdout.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "\ufffd").trim();
  return text === "" ? [] : JSON.parse(text);
}

function refuse(failed: FailedCommand | undefined): void {
  if (!failed) return;
  throw problem(
    `ip ${failed.command.join(" ")} failed: ${failed.why}`,
    "correct what was asked for, or what the device is on the host",
  );
}
