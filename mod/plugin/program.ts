/** The program as one of its processes knows itself. */
import type { Form } from "../core/version.ts";
import type { BuiltIns } from "./built_in.ts";

/** What is constant for a process: which program it is, how that is started again, what is part of it. */
export interface Program {
  version: string;
  form: Form;
  /** What it runs on: versions of Deno and V8, processor and system such as "x86_64-unknown-linux-gnu". */
  platform: { deno: string; v8: string; target: string };
  /** The file that is exchanged when another version is installed: hooks name it, and it is no runtime. */
  file: string;
  /** How the program is started again, to look at a plugin apart. */
  again: {
    /** Absolute path of the executable. */
    path: string;
    /** Arguments that come before a command; the portable form needs some. */
    args: string[];
    /** Variables that it needs beside its caller's. */
    env: Record<string, string>;
  };
  /** How the Deno below is started, with commands of its own; of the compiled form, which has none, the program. */
  deno: { path: string; args: string[] };
  /** The folder that the portable form was unpacked into. */
  unpacked?: string;
  /** The URL of the module that an isolate of plugins starts with. */
  module: string;
  /** Reads what it carries for authors of plugins; throws where it runs from its source. */
  embedded(): string;
  /** Plugins that are part of it. */
  builtin: BuiltIns;
}
