/** Which version this program is, and in which forms it is made. */
import project from "../../deno.json" with { type: "json" };

/** The program's version; semantic. */
export const VERSION: string = project.version;

/** The newest `api` that a plugin may ask for. */
export const PLUGIN_API = 1;

/** How the program was put together: by `deno compile`, as a shell script that unpacks itself, or not at all. */
export type Form = "compiled" | "portable" | "source";
