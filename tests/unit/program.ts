/** The program as a test's process knows it. */
import type { Program } from "../../mod/plugin/program.ts";

/** A program in /p without plugins of its own, and what a test says otherwise. */
export function programWith(said: Partial<Program> = {}): Program {
  return {
    version: "1.0.0-test",
    form: "compiled",
    platform: { deno: "2.0.0", v8: "14.0", target: "x86_64-unknown-linux-gnu" },
    file: "/p",
    again: { path: "/p", args: [], env: {} },
    deno: { path: "/p", args: [] },
    module: "file:///p",
    embedded: () => "{}",
    builtin: {},
    ...said,
  };
}
