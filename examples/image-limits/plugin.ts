import { type Container, definePlugin, problem, resources, type ResourcesEdit } from "container-hooks/plugin";
import { type Limits, parseRule } from "./rules.ts";

/** Sets limits by the image; a container that has lower ones keeps them. */
export default definePlugin({
  api: 1,
  name: "image-limits",
  version: "1.0.0",
  brief: "Sets limits of memory, processes and CPU by the image, and never raises one",
  options: {
    rules: {
      type: "strings",
      default: ["* memory=1GiB pids=1000 cpus=2"],
      brief: "BEGINNING-OF-IMAGE LIMIT...: the first that fits counts, * fits all",
    },
  },
  plan(container, { options }) {
    const name = container.image.name ?? "";
    const rules = options.rules.map((text) => parseRule(text, problem));
    const rule = rules.find(({ prefix }) => prefix === "*" || name.startsWith(prefix));
    if (!rule) return { note: `no rule fits the image ${name || "without a name"}` };
    const lower = lowerOf(rule.limits, container.linux.resources ?? {});
    if (Object.keys(lower).length === 0) return { note: "its own limits are as low" };
    return { edits: [resources(lower)], note: `limits of ${rule.prefix}` };
  },
});

/** Keeps the limits that the container does not have as low; 0 and less stand for none. */
function lowerOf(limits: Limits, { memory, pids, cpu }: NonNullable<Container["linux"]["resources"]>) {
  const lower: ResourcesEdit["resources"] = {};
  const above = (own: bigint | undefined, limit: bigint) => own === undefined || own <= 0n || own > limit;
  if (limits.memory !== undefined && above(memory?.limit, limits.memory)) {
    lower.memory = { limit: limits.memory };
  }
  if (limits.pids !== undefined && above(pids?.limit, limits.pids)) lower.pids = { limit: limits.pids };
  const quota = limits.quota;
  if (quota !== undefined) {
    // In shares of the same period.
    const own = cpu?.quota === undefined ? undefined : cpu.quota * PERIOD / (cpu.period || PERIOD);
    if (above(own, quota)) lower.cpu = { quota, period: PERIOD };
  }
  return lower;
}

/** Microseconds. */
const PERIOD = 100_000n;
