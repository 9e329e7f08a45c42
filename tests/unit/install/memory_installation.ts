/** Installing on a host in memory: a program of one small file, and a runtime to stand in front of. */
import { sha256 } from "../../../mod/core/sha256.ts";
import type { InstallRequest } from "../../../mod/install/install.ts";
import { MemoryHost } from "../memory_host.ts";

/** Where the program was copied to. */
export const COPY = "/media/usb/container-hooks";

/** A host on which nothing is installed, with a runtime in `root`. */
export function bareHost(root: string = ""): MemoryHost {
  const host = new MemoryHost();
  host.file(COPY, "program", { mode: 0o755 });
  host.file(`${root}/usr/sbin/runc`, "the runtime", { mode: 0o755 });
  host.folder("/proc");
  return host;
}

/** A request to install {@linkcode COPY}, which starts on that host. */
export async function requestFor(
  host: MemoryHost,
  more: Partial<InstallRequest> = {},
): Promise<InstallRequest> {
  const bytes = new TextEncoder().encode("program");
  const hash = await sha256(bytes);
  const { root = "", prefix = "/usr/libexec/container-hooks" } = more;
  const told = new TextEncoder().encode(JSON.stringify({ sha256: hash, form: "compiled" }));
  host.programs[`${root}${prefix}/.new/container-hooks`] = () => ({ stdout: told });
  const program = { version: "1.0.0", path: COPY, bytes, sha256: hash, folder: hash, size: bytes.length };
  return { root, documents: [], ...more, program: { ...program, form: "compiled" } };
}
