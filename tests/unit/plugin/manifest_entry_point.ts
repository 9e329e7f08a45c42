/** What the program's own entry point for manifests does. */
import { denoHost } from "../../../mod/host/deno_host.ts";
import { printManifest } from "../../../mod/plugin/print_manifest.ts";

const PERMISSIONS = ["read", "write", "run", "net", "ffi", "sys", "env", "import"] as const;

await printManifest(denoHost, Deno.args[1]!, () => {
  for (const name of PERMISSIONS) Deno.permissions.revokeSync({ name } as Deno.PermissionDescriptor);
});
Deno.exit(0);
