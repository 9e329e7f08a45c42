/**
 * What demo, tests and benchmark need of the machine, runc and a static busybox, and how they get it: by apt
 * where that is possible, otherwise by saying exactly what is missing.
 */
import { which } from "../tests/harness/run.ts";

interface Prerequisite {
  name: string;
  /** Debian's package. */
  apt: string;
  /** Where else it comes from. */
  elsewhere: string;
  isHere(): boolean;
}

const PREREQUISITES: Prerequisite[] = [
  {
    name: "runc",
    apt: "runc",
    elsewhere: "your distribution's package runc, or https://github.com/opencontainers/runc/releases",
    isHere: () => which("runc") !== undefined,
  },
  {
    name: "a static busybox",
    apt: "busybox-static",
    elsewhere: "your distribution's package busybox-static (Fedora, Alpine: busybox), or https://busybox.net",
    isHere: () => isStatic(which("busybox")),
  },
];

/**
 * Makes sure that everything is here, or ends the program with status 1 and a text that says what to do.
 *
 * Installing needs root and apt-get; what is installed is announced first.
 */
export async function ensurePrerequisites(): Promise<void> {
  const missing = PREREQUISITES.filter((one) => !one.isHere());
  if (missing.length === 0) return;
  const packages = missing.map((one) => one.apt);
  if (Deno.uid() === 0 && which("apt-get") !== undefined) {
    console.log(
      `Adding ${missing.map((one) => one.name).join(" and ")}: apt-get install ${packages.join(" ")}`,
    );
    await aptInstall(packages);
  }
  const left = missing.filter((one) => !one.isHere());
  if (left.length === 0) return;
  console.error(explainMissing(left));
  Deno.exit(1);
}

function explainMissing(missing: Prerequisite[]): string {
  const lines = missing.map((one) => `  ${one.name}: ${one.elsewhere}`);
  const apt = `sudo apt-get install --no-install-recommends ${missing.map((one) => one.apt).join(" ")}`;
  return ["Missing on this machine:", ...lines, `On Debian or Ubuntu: ${apt}`].join("\n");
}

/** A machine whose package lists were never fetched needs an update first; one that has them is spared it. */
async function aptInstall(packages: string[]): Promise<void> {
  const install = ["install", "-y", "--no-install-recommends", ...packages];
  if (await aptGet(install)) return;
  if (await aptGet(["update"])) await aptGet(install);
}

async function aptGet(args: string[]): Promise<boolean> {
  const command = new Deno.Command("apt-get", {
    args: ["-qq", "-o", "Dpkg::Use-Pty=0", ...args],
    env: { DEBIAN_FRONTEND: "noninteractive" },
    stdin: "null",
    stdout: "null",
  });
  return (await command.spawn().status).success;
}

/** A dynamic busybox finds no libc in a root file system that holds nothing else. */
function isStatic(path: string | undefined): boolean {
  return path !== undefined && !hasInterpreter(Deno.readFileSync(path));
}

const ELF_PROGRAM_HEADERS = 32;
const ELF_HEADER_SIZE = 54;
const ELF_HEADER_COUNT = 56;
const PT_INTERP = 3;

/** True where a 64-bit ELF file asks for a dynamic linker. */
function hasInterpreter(elf: Uint8Array): boolean {
  const view = new DataView(elf.buffer, elf.byteOffset, elf.byteLength);
  const start = Number(view.getBigUint64(ELF_PROGRAM_HEADERS, true));
  const size = view.getUint16(ELF_HEADER_SIZE, true);
  const count = view.getUint16(ELF_HEADER_COUNT, true);
  return Array.from({ length: count }, (_, i) => view.getUint32(start + i * size, true)).includes(PT_INTERP);
}
