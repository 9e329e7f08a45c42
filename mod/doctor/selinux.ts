/** What SELinux has denied between the service and the engines: they run in different domains, and look at each other. */
import { type Finding, warning } from "../cli/kit/finding.ts";
import { oneLine } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { deniedLines } from "./denials.ts";

/** What engines and what they start are called. */
const ENGINES = ["dockerd", "containerd", "containerd-shim", "crio", "podman", "conmon"];

/** Domains of engines in the policies of distributions, where none runs at this moment. */
const USUAL = ["container_runtime_t", "container_engine_t", "docker_t", "spc_t"];

/** A denial, as the audit log has it. */
interface Denial {
  line: string;
  /** "read getattr" */
  rights: string;
  /** Domain of who did it. */
  source: string;
  /** Domain or type of what it was done to. */
  target: string;
  /** "dir", "fifo_file", "process" */
  kind: string;
}

const DENIAL =
  /avc: +denied +\{ ([\w ]+) \}.*? scontext=[^:\s]*:[^:\s]*:([^:\s]+).*? tcontext=[^:\s]*:[^:\s]*:([^:\s]+).*? tclass=(\w+)/;

/** Gets the type in the label of a process; undefined without SELinux. */
export function domainOf(host: Host, pid: number | string): string | undefined {
  if (!host.lstat("/sys/fs/selinux/enforce")) return undefined;
  const label = readSmall(host, `/proc/${pid}/attr/current`);
  return label?.replace(/\0.*$/s, "").trim().split(":")[2];
}

/** Warns of the denials that keep the service of the process `pid` and the launchers of engines apart. */
export async function checkBetween(host: Host, subject: string, pid: number): Promise<Finding[]> {
  const own = domainOf(host, pid);
  if (own === undefined) return [];
  const engines = new Set([...enginesDomains(host), ...USUAL].filter((domain) => domain !== own));
  const found = (await deniedLines(host) ?? []).flatMap(denialIn).filter(({ line, source, target }) =>
    source === own && engines.has(target) ||
    engines.has(source) && (target === own || line.includes("container-hooks"))
  );
  const last = found.at(-1);
  if (!last) return [];
  const engine = last.source === own ? last.target : last.source;
  const others = found.length > 1 ? `, and ${found.length - 1} more` : "";
  return [warning(
    subject,
    `SELinux keeps the service, in the domain ${own}, and launchers, in the engine's domain ${engine}, apart: ` +
      `${last.source} was denied { ${last.rights} } on ${last.kind} of ${last.target}${others}, the last: ` +
      oneLine(last.line),
    `restorecon -R /usr/libexec/container-hooks /run/container-hooks; where it is denied again, ` +
      `ausearch -m avc -ts recent | audit2allow -M container-hooks-service, ` +
      `then semodule -i container-hooks-service.pp`,
  )];
}

function denialIn(line: string): Denial[] {
  const [, rights, source, target, kind] = DENIAL.exec(line) ?? [];
  return kind === undefined ? [] : [{ line, rights: rights!, source: source!, target: target!, kind }];
}

/** Those in which engines run now. */
function enginesDomains(host: Host): string[] {
  return host.readFolder("/proc").flatMap(({ name }) => {
    if (!/^\d+$/.test(name)) return [];
    const comm = readSmall(host, `/proc/${name}/comm`)?.trim() ?? "";
    // The kernel keeps 15 characters.
    if (!ENGINES.some((engine) => engine.slice(0, 15) === comm)) return [];
    return domainOf(host, name) ?? [];
  });
}

/** Reads the beginning of a file of /proc; undefined where it is gone. */
function readSmall(host: Host, path: string): string | undefined {
  try {
    using file = host.open(path);
    const bytes = new Uint8Array(512);
    return new TextDecoder().decode(bytes.subarray(0, file.read(bytes) ?? 0));
  } catch {
    return undefined;
  }
}
