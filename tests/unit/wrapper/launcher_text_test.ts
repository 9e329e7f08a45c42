import assert from "node:assert/strict";
import { launcherText } from "../../../mod/wrapper/launcher_text.ts";

/** Global options of the runtime after which the launcher leaves the next word alone. */
function takingWords(runtime: string): Set<string> {
  const text = launcherText({ program: "/usr/bin/container-hooks", runtime, version: "0.0.0" });
  const [patterns] = /(?:in_front,-[a-z-]+ \| \\\n\s+)+in_front,-[a-z-]+\)\n\s+container_hooks_at=value/.exec(
    text,
  )!;
  return new Set(patterns.match(/(?<=in_front,)[a-z-]+/g));
}

Deno.test("of runc, options that take a value are known with one dash and with two, in full alone", () => {
  const words = takingWords("/usr/bin/runc");
  for (const word of ["--root", "-root", "--log", "-log-format", "--criu"]) assert.ok(words.has(word), word);
  for (const word of ["--debug", "--systemd-cgroup", "--roo", "--version"]) assert.ok(!words.has(word), word);
});

Deno.test("of crun, they are known cut short as long as that is unambiguous", () => {
  const words = takingWords("/usr/bin/crun");
  for (const word of ["--root", "--cgroup-manager", "--cg", "--log", "--log-f"]) {
    assert.ok(words.has(word), word);
  }
  for (const word of ["--lo", "-root", "--debug", "--systemd-cgroup"]) assert.ok(!words.has(word), word);
});

Deno.test("a path stays one word, whatever it holds", () => {
  const program = "/opt/it's $(here) `now`\n/container-hooks";
  const text = launcherText({ program, runtime: "/usr/bin/runc", version: "0.0.0" });
  const assignment = text.slice(
    text.indexOf("container_hooks_program="),
    text.indexOf("container_hooks_runtime="),
  );
  const { stdout } = new Deno.Command("sh", {
    args: ["-c", `${assignment}printf %s "$container_hooks_program"`],
  })
    .outputSync();
  assert.equal(new TextDecoder().decode(stdout), program);
});

Deno.test("only crun's log may be something else than a file", () => {
  const text = (runtime: string) => launcherText({ program: "/p", runtime, version: "0.0.0" });
  assert.match(text("/usr/bin/crun"), /file:\*\)/);
  assert.doesNotMatch(text("/usr/bin/runc"), /file:\*\)/);
});

Deno.test("the launcher's lines stand in a file that a shell reads, and no place in it is left unfilled", () => {
  const file = new URL("../../../mod/wrapper/launcher.sh", import.meta.url).pathname;
  assert.equal(new Deno.Command("sh", { args: ["-n", file] }).outputSync().code, 0);
  for (const runtime of ["/usr/bin/runc", "/usr/bin/crun", "/usr/bin/nvidia-container-runtime"]) {
    const text = launcherText({ program: "/p", runtime, version: "0.0.0" });
    assert.doesNotMatch(text, /@[A-Z_]+@|^##/m);
  }
});
