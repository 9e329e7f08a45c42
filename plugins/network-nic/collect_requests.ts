/** Collecting what is asked for: by config.toml, and by the container's annotations and labels. */
import { parseNetwork } from "./addresses.ts";
import type { NicOptions } from "./options.ts";
import { GRANTED_MODES, refusals } from "./policy.ts";
import { type DeviceRequest, parseRequest } from "./request.ts";
import { show, ValueError } from "./values.ts";

/** Annotations and labels that begin with it name a device each. */
export const PREFIX = "container-hooks.nic.";

/** What of a container can ask. */
export interface Asking {
  engine: string;
  annotations: Readonly<Record<string, string>>;
  /**
   * The labels of the container's user, not the image's: who starts a container need not know what the image's author
   * wrote there.
   */
  userLabels: Readonly<Record<string, string>>;
}

/** The requests, and why they cannot be done. */
export interface Asked {
  requests: DeviceRequest[];
  faults: string[];
}

/** Reads all that is asked for and holds it against the policy. */
export function collectRequests(container: Asking, options: NicOptions): Asked {
  const asked: Asked = { requests: [], faults: [] };
  for (const range of options["allow-addresses"]) {
    if (!parseNetwork(range)) {
      asked.faults.push(`option allow-addresses has ${show(range)}, which is no network`);
    }
  }
  for (const mode of options["allow-macvlan-modes"]) {
    if (!GRANTED_MODES.includes(mode)) {
      asked.faults.push(`option allow-macvlan-modes has ${show(mode)}; it takes ${GRANTED_MODES.join(", ")}`);
    }
  }
  for (const text of options.devices) {
    collect(asked, `option devices, ${show(text)}`, () => fromOption(text));
  }
  for (const [key, text] of Object.entries(textsOf(container, asked.faults))) {
    collect(asked, key, () => {
      const request = parseRequest(key.slice(PREFIX.length), text);
      asked.faults.push(...refusals(request, options).map((why) => `${key}: ${why}`));
      return request;
    });
  }
  asked.faults.push(...twice(asked.requests));
  return asked;
}

/** Docker before 25 has no annotations; its users' labels are read, and those of no other engine. */
function textsOf({ engine, annotations, userLabels }: Asking, faults: string[]): Record<string, string> {
  const ours = (texts: Readonly<Record<string, string>>) =>
    Object.entries(texts).filter(([key]) => key.startsWith(PREFIX));
  const found: Record<string, string> = Object.fromEntries(ours(annotations));
  if (engine !== "docker") return found;
  for (const [key, text] of ours(userLabels)) {
    if ((found[key] ?? text) !== text) faults.push(`${key}: annotation and label ask for different things`);
    found[key] ??= text;
  }
  return found;
}

/**
 * Parses a request of config.toml, "name=myTap,host=tap0,...", where the name stands first. Semicolons separate as
 * they do in annotations.
 */
function fromOption(text: string): DeviceRequest {
  const [, name, rest] = text.match(/^name=([^,;]*)[,;](.*)$/s) ?? [];
  if (name === undefined) throw new ValueError("it must begin with a name, as name=wan,host=eth3 does");
  return parseRequest(name, rest!);
}

function collect(asked: Asked, who: string, read: () => DeviceRequest): void {
  try {
    asked.requests.push(read());
  } catch (thrown) {
    if (!(thrown instanceof ValueError)) throw thrown;
    asked.faults.push(`${who}: ${thrown.message}`);
  }
}

/** Finds what was asked for twice: one container cannot have one device, name or host end twice. */
function twice(requests: readonly DeviceRequest[]): string[] {
  const names = requests.flatMap(({ name, source }) => [
    `the name ${name} in the container`,
    ...source.kind === "device" ? [`the device ${source.host}`] : [],
    ...source.kind === "pair" && source.peer !== undefined ? [`the host end ${source.peer}`] : [],
  ]);
  const doubled = names.filter((name, index) => names.indexOf(name) !== index);
  return [...new Set(doubled)].map((name) => `${name} is asked for twice`);
}
