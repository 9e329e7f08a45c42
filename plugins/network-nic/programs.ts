/** The programs that the plugin runs, and whether they can be run. */
import { type PluginHost, problem } from "container-hooks/plugin";
import { reasonOf } from "./batch.ts";

/** A program, where distributions have it, and the package that it comes with. */
interface Program {
  name: string;
  places: string[];
  from: string;
}

/** The program `ip` of iproute2. */
export const IP: Program = { name: "ip", places: placesOf("ip"), from: "iproute2" };
/** The program that writes /proc/sys. */
export const SYSCTL: Program = { name: "sysctl", places: placesOf("sysctl"), from: "procps" };

/** The first release that does all that we ask for; before 5.9 releases are told by their day. */
const OLDEST = { release: 5, day: 190319 };

function placesOf(name: string): string[] {
  return ["/usr/sbin", "/sbin", "/usr/bin", "/bin"].map((folder) => `${folder}/${name}`);
}

/** Finds a program of the host. @throws a problem where it is in none of its places */
export function findProgram(host: Pick<PluginHost, "lstat">, { name, places, from }: Program): string {
  const found = places.find((path) => host.lstat(path));
  if (found === undefined) {
    throw problem(`there is no program ${name} in ${places.join(", ")}`, `install ${from}`);
  }
  return found;
}

/**
 * Runs `ip -V`.
 *
 * @returns what it says of itself
 * @throws a problem, or the host's own failure, where it cannot be run, is not iproute2's or too old
 */
export async function checkIp(host: Pick<PluginHost, "lstat" | "run">): Promise<string> {
  const path = findProgram(host, IP);
  const { status, stdout, stderr } = await host.run(path, ["-V"]);
  const said = stdout.trim();
  if (status !== 0) throw problem(`${path} -V failed: ${reasonOf(stderr)}`, "install iproute2 again");
  const [, day, release] = said.match(/iproute2-(?:ss(\d{6})|v?(\d+)\.)/) ?? [];
  if (day === undefined && release === undefined) {
    throw problem(`${path} is not iproute2's: ${said || "it says nothing"}`, "install iproute2");
  }
  if (day === undefined ? Number(release) < OLDEST.release : Number(day) < OLDEST.day) {
    throw problem(`${path} is older than iproute2 5.0: ${said}`, "install a newer iproute2");
  }
  return said;
}
