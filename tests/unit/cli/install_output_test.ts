import assert from "node:assert/strict";
import { notChanged } from "../../../mod/cli/install/install.ts";

Deno.test("install --dry-run said that nothing was changed, and had unpacked 98 MB", () => {
  const portable = { path: "/media/container-hooks", size: 98_200_000 };
  assert.match(
    notChanged(portable, "/var/lib/container-hooks/portable/abc"),
    /^nothing was changed: --dry-run; .* unpacked in \/var\/lib\/container-hooks\/portable\/abc \(98 MB\)$/,
  );
});

Deno.test("a dry run of the installed program, and of the compiled form, has unpacked nothing", () => {
  const installed = { path: "/usr/lib/container-hooks/abc/container-hooks", size: 98_200_000 };
  for (const unpacked of ["/usr/lib/container-hooks/abc", undefined]) {
    assert.equal(notChanged(installed, unpacked), "nothing was changed: --dry-run");
  }
});
