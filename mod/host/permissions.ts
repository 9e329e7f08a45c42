/** Dropping what Deno lets this process do: for good, and for all of its code. */

const ALL = ["read", "write", "net", "env", "sys", "run", "ffi", "import"] as const;

/** From here on nothing outside of this process can be reached by `Deno.*`. */
export function dropPermissions(): void {
  for (const name of ALL) Deno.permissions.revokeSync({ name });
}
