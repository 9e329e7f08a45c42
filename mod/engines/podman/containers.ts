/** podman's containers, running or stopped, with the runtime that its database names for each: asked of podman. */
import type { Host } from "../../host/host.ts";
import { type RecordedContainers, unknownContainers } from "../setup/containers.ts";
import { ask } from "../setup/programs.ts";

const FORMAT = "{{.ID}} {{.OCIRuntime}} {{.Name}}";

/**
 * Gets the containers that were created with the runtime `name`.
 *
 * @param program podman.
 * @param env What it is to be told of its configuration.
 */
export async function podmanContainers(
  host: Host,
  program: string,
  env: Record<string, string>,
  name: string,
): Promise<RecordedContainers> {
  const listed = await ask(host, program, ["ps", "--all", "--quiet", "--no-trunc"], env);
  if (!listed.ok) return unknownContainers(`podman ps says: ${listed.complaint}`);
  const ids = listed.stdout.split("\n").filter((line) => /^[0-9a-f]{64}$/.test(line));
  if (ids.length === 0) return { containers: [] };
  // One that is removed meanwhile makes it end with a complaint, behind what it says of the others.
  const { stdout, ok, complaint } = await ask(host, program, [
    "container",
    "inspect",
    "--format",
    FORMAT,
    ...ids,
  ], env);
  const containers = stdout.split("\n").map((line) => line.split(" ")).flatMap(([id, runtime, named]) =>
    runtime === name ? [{ id: id!, ...(named ? { name: named } : {}) }] : []
  );
  return ok ? { containers } : { containers, unknown: `podman inspect says: ${complaint}` };
}
