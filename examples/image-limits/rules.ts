/** Limits of a rule; quota in microseconds of 100,000. */
export interface Limits {
  memory?: bigint;
  pids?: bigint;
  quota?: bigint;
}

const UNITS: Record<string, bigint> = { KiB: 1n << 10n, MiB: 1n << 20n, GiB: 1n << 30n };

/**
 * Reads a rule, such as "registry.example.com/batch/ memory=512MiB pids=200 cpus=0.5".
 *
 * @param problem Makes the error.
 */
export function parseRule(
  text: string,
  problem: (what: string, remedy: string) => Error,
): { prefix: string; limits: Limits } {
  const [prefix = "", ...words] = text.split(" ").filter((word) => word !== "");
  const wrong = (what: string) =>
    problem(
      `rule ${JSON.stringify(text)} ${what}`,
      "write it as: registry.example.com/batch/ memory=512MiB pids=200 cpus=0.5",
    );
  const limits: Limits = {};
  for (const word of words) {
    const [, key, amount = "", unit = ""] =
      /^(memory|pids|cpus)=([0-9]+(?:[.][0-9]{1,3})?)([KMG]iB)?$/.exec(word) ?? [];
    const isWhole = /^[1-9][0-9]{0,11}$/.test(amount);
    if (key === "memory" && isWhole && unit !== "") limits.memory = BigInt(amount) * UNITS[unit]!;
    else if (key === "pids" && isWhole && unit === "") limits.pids = BigInt(amount);
    else if (key === "cpus" && Number(amount) >= 0.01 && unit === "") {
      limits.quota = BigInt(Math.round(Number(amount) * 100_000));
    } else throw wrong(`has ${JSON.stringify(word)}, which is no limit`);
  }
  if (words.length === 0) throw wrong("names no limit");
  return { prefix, limits };
}
