/**
 * What this program is: its version, and what `container-hooks version` tells about the running file.
 */
import project from "../../deno.json" with { type: "json" };

/** The program's version; semantic. */
export const VERSION: string = project.version;

/** The newest `api` that a plugin may ask for. */
export const PLUGIN_API = 1;

/** How the program was put together: by `deno compile`, as a shell script that unpacks itself, or not at all. */
export type Form = "compiled" | "portable" | "source";

/** The running program, named so that another can be compared with it. */
export interface Identity {
  version: string;
  /** The newest plugin interface that it knows. */
  api: number;
  form: Form;
  /** Version of the Deno below. */
  deno: string;
  /** Version of the V8 below. */
  v8: string;
  /** Architecture and system that it runs on, such as "x86_64-unknown-linux-gnu". */
  target: string;
  /** The one file that was copied here, without symbolic links; of form "source", main.ts. */
  file: string;
  /** Bytes of `file`. */
  size: number;
  /** Checksum of `file`, in hexadecimal. */
  sha256: string;
}
