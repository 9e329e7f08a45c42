/** A bundle that needs nothing of the machine: its only program is a few instructions that end well. */
import type { Host } from "../host/host.ts";

/** Instructions that end the process with status 0, by the processor's number in an ELF header. */
const CODE: Readonly<Record<number, number[]>> = {
  // x86-64: mov eax, 60; xor edi, edi; syscall
  62: [0xb8, 60, 0, 0, 0, 0x31, 0xff, 0x0f, 0x05],
  // AArch64: mov x8, 93; mov x0, 0; svc 0
  183: [0xa8, 0x0b, 0x80, 0xd2, 0, 0, 0x80, 0xd2, 1, 0, 0, 0xd4],
};

/** The offset at which an ELF header has that number. */
const MACHINE = 18;
const ELF_HEADER = 64, PROGRAM_HEADER = 56;
const LOADED_AT = 0x400000n;

/** Gets the processor that the program at `path` is made for. */
export function machineOf(host: Host, path: string): number {
  using file = host.open(path);
  const header = new Uint8Array(ELF_HEADER);
  file.read(header);
  return new DataView(header.buffer).getUint16(MACHINE, true);
}

/**
 * Makes a static program for Linux that ends at once with status 0.
 *
 * @returns undefined for a processor that it is not written for
 */
export function tinyProgram(machine: number): Uint8Array | undefined {
  const code = CODE[machine];
  if (!code) return undefined;
  const start = ELF_HEADER + PROGRAM_HEADER;
  const bytes = new Uint8Array(start + code.length);
  const view = new DataView(bytes.buffer);
  const size = BigInt(bytes.length);
  // e_ident: 64 bits, little-endian, version 1.
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 2, true); // e_type: executable
  view.setUint16(MACHINE, machine, true);
  view.setUint32(20, 1, true); // e_version
  view.setBigUint64(24, LOADED_AT + BigInt(start), true); // e_entry
  view.setBigUint64(32, BigInt(ELF_HEADER), true); // e_phoff
  view.setUint16(52, ELF_HEADER, true);
  view.setUint16(54, PROGRAM_HEADER, true);
  view.setUint16(56, 1, true); // e_phnum
  view.setUint32(64, 1, true); // p_type: loaded
  view.setUint32(68, 5, true); // p_flags: readable, executable
  view.setBigUint64(80, LOADED_AT, true); // p_vaddr
  view.setBigUint64(88, LOADED_AT, true); // p_paddr
  view.setBigUint64(96, size, true); // p_filesz
  view.setBigUint64(104, size, true); // p_memsz
  view.setBigUint64(112, 0x1000n, true); // p_align
  bytes.set(code, start);
  return bytes;
}

/** Lays a bundle out in `folder`, which is there and empty. */
export function makeTestBundle(host: Host, folder: string, program: Uint8Array): void {
  for (const name of ["proc", "dev", "sys"]) host.makeFolder(`${folder}/rootfs/${name}`, 0o755);
  write(host, `${folder}/rootfs/true`, program, 0o755);
  write(
    host,
    `${folder}/config.json`,
    new TextEncoder().encode(JSON.stringify(testSpec(host), null, 2)),
    0o644,
  );
}

function write(host: Host, path: string, bytes: Uint8Array, mode: number): void {
  using file = host.createNew(path, mode);
  file.write(bytes);
  // Whatever the umask is.
  host.chmod(path, mode);
}

/** Rootless, the user is root of a namespace of the container's own. */
function testSpec(host: Host): unknown {
  const rootless = host.uid() !== 0;
  const mapping = [{ containerID: 0, hostID: host.uid(), size: 1 }];
  return {
    ociVersion: "1.0.2",
    root: { path: "rootfs", readonly: true },
    process: { args: ["/true"], cwd: "/", env: ["PATH=/"], user: { uid: 0, gid: 0 }, noNewPrivileges: true },
    mounts: [{ destination: "/proc", type: "proc", source: "proc" }],
    linux: {
      namespaces: ["pid", "mount", "ipc", "uts", ...rootless ? ["user"] : []].map((type) => ({ type })),
      ...rootless ? { uidMappings: mapping, gidMappings: mapping } : {},
    },
  };
}
