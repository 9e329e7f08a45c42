import assert from "node:assert/strict";
import { line } from "./watch.ts";

Deno.test("a reason that holds for all files of a container is told once, and no path is cut off", () => {
  const why = "the lxcfs at /var/lib/lxcfs does not answer";
  const failed = ["/proc/stat", "/proc/uptime"].map((path) => ({ path, why, remedy: "" }));
  assert.equal(
    line({ id: "4f79", name: "web", pid: 7, healed: ["/proc/swaps"], failed }),
    `container 4f79 (web): 1 file healed; not /proc/stat /proc/uptime: ${why}\n`,
  );
});
