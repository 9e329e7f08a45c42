/** What the program's own entry points for plugins that are added do. */
import { isParseCall } from "../../../mod/entry_points.ts";
import { denoHost } from "../../../mod/host/deno_host.ts";
import { dropPermissions } from "../../../mod/host/permissions.ts";
import { printManifest } from "../../../mod/plugin/print_manifest.ts";
import { printParsed } from "../../../mod/plugin/print_parsed.ts";

if (isParseCall(Deno.args)) await printParsed(denoHost, dropPermissions);
else await printManifest(denoHost, Deno.args[1]!, dropPermissions);
Deno.exit(0);
