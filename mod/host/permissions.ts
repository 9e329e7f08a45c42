/** Dropping what Deno lets this isolate do: for good, and for all of its code. */

const ALL = ["read", "write", "net", "env", "sys", "run", "ffi", "import"] as const;

/**
 * Gives up every permission of this isolate. In one that was made with permissions of its own, other isolates keep
 * theirs; in a process's first isolate, the whole process has none any more.
 */
export function dropPermissions(): void {
  for (const name of ALL) Deno.permissions.revokeSync({ name });
}
