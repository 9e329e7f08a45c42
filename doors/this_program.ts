/** The program as this process knows itself, for every door. */
import { VERSION } from "../mod/core/version.ts";
import { invocation } from "../mod/host/invocation.ts";
import type { Program } from "../mod/plugin/program.ts";
import { BUILTIN } from "../plugins/builtin.ts";

/** The module that isolates start with: it lies beside main.ts, and in a bundle beside every door's file. */
const ISOLATE = Deno.mainModule.replace(/[^/]+\.([jt]s)$/, "isolate.$1");

/** Tells what is constant for this process. */
export function thisProgram(): Program {
  const called = invocation();
  return {
    version: VERSION,
    form: called.form,
    platform: { deno: Deno.version.deno, v8: Deno.version.v8, target: Deno.build.target },
    file: called.file,
    get again() {
      return called.again;
    },
    get deno() {
      return called.deno;
    },
    get unpacked() {
      return called.unpacked;
    },
    module: ISOLATE,
    embedded: () => Deno.readTextFileSync(new URL("embedded.json", Deno.mainModule)),
    builtin: BUILTIN,
  };
}
