/** Containers and pods that an engine has on record with a runtime's name, by what its programs print. */
import assert from "node:assert/strict";
import { ctrPods } from "../../../../mod/engines/containerd/pods.ts";
import { podmanContainers } from "../../../../mod/engines/podman/containers.ts";
import { crictlPods } from "../../../../mod/engines/setup/pods.ts";
import { MemoryHost } from "../../memory_host.ts";

const NAME = "container-hooks";
const [WEB, OTHER] = ["a".repeat(64), "b".repeat(64)];

/** A host with one program that prints what `answer` has for its arguments. */
function hostWith(program: string, answer: (args: string[]) => string | undefined): MemoryHost {
  const host = new MemoryHost();
  host.programs[program] = ({ args }) => {
    const said = answer(args);
    const bytes = new TextEncoder().encode(said ?? "it does not answer");
    return said === undefined ? { status: 1, stderr: bytes } : { status: 0, stdout: bytes };
  };
  return host;
}

Deno.test("podman's containers are those whose record has the name", async () => {
  const host = hostWith(
    "/usr/bin/podman",
    ([command]) => command === "ps" ? `${WEB}\n${OTHER}\n` : `${WEB} ${NAME} web\n${OTHER} runc other\n`,
  );
  assert.deepEqual(await podmanContainers(host, "/usr/bin/podman", {}, NAME), {
    containers: [{ id: WEB, name: "web" }],
  });
});

Deno.test("that podman could not be asked is told, not taken for none", async () => {
  const host = hostWith("/usr/bin/podman", () => undefined);
  const { containers, unknown } = await podmanContainers(host, "/usr/bin/podman", {}, NAME);
  assert.deepEqual([containers, unknown], [[], "podman ps says: it does not answer"]);
});

Deno.test("pods are those that asked for the runtime, by crictl", async () => {
  const pod = (id: string, runtimeHandler: string) => ({
    id,
    runtimeHandler,
    metadata: { namespace: "shop", name: "web-0" },
  });
  const items = [pod(WEB, NAME), pod(OTHER, "")];
  const host = hostWith("/usr/bin/crictl", () => JSON.stringify({ items }));
  assert.deepEqual((await crictlPods(host, "/usr/bin/crictl", "/run/c.sock", NAME)).containers, [
    { id: WEB, name: "shop/web-0" },
  ]);
});

Deno.test("without crictl, pods are those whose sandbox CRI noted it for, by ctr", async () => {
  const info = (handler: string) => {
    const Config = { metadata: { name: "web-0", namespace: "shop" } };
    const noted = JSON.stringify({ Version: "v1", Metadata: { ID: WEB, Config, RuntimeHandler: handler } });
    const extension = {
      type_url: "github.com/containerd/cri/pkg/store/sandbox/Metadata",
      value: btoa(noted),
    };
    return JSON.stringify({ Extensions: { "io.cri-containerd.sandbox.metadata": extension } });
  };
  const host = hostWith("/usr/bin/ctr", (args) => {
    if (args.includes("list")) return `${WEB}\n${OTHER}\n`;
    return args.at(-1) === WEB ? info(NAME) : info("");
  });
  assert.deepEqual((await ctrPods(host, "/usr/bin/ctr", "/run/c.sock", NAME)).containers, [
    { id: WEB, name: "shop/web-0" },
  ]);
});
