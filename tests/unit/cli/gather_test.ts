import assert from "node:assert/strict";
import { gather } from "../../../mod/cli/install/gather.ts";

const make = (path: string, note?: string) => ({ action: "make", path, note });

Deno.test("documents of one folder are one line; what is changed, and all else, has its own", () => {
  const page = "/usr/share/man/man8/container-hooks";
  const docs = "/opt/x/share/doc/container-hooks";
  const told = gather([
    make(`${page}.8`),
    make("/usr/bin/container-hooks"),
    make(`${page}-explain.8`),
    make(`${page}-trace.8`, "was changed"),
    { ...make(`${page}-man.8`), action: "remove" },
    make(docs),
    make(`${docs}/docs/engines.md`),
  ]).map(({ step: { action }, path, count }) => [action, path, count]);
  assert.deepEqual(told, [
    ["make", "/usr/share/man/man8", 2],
    ["make", "/usr/bin/container-hooks", 1],
    ["make", `${page}-trace.8`, 1],
    ["remove", `${page}-man.8`, 1],
    ["make", docs, 2],
  ]);
});
