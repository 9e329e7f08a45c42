import assert from "node:assert/strict";
import { idOfBundle } from "../../../mod/engines/bundle_path.ts";

const ID = "c".repeat(64);

Deno.test("the id of a bundle of podman's was userdata, so that it was nobody's container", () => {
  assert.equal(idOfBundle(`/var/lib/containers/storage/vfs-containers/${ID}/userdata`), ID);
});

Deno.test("the id of any other bundle is its folder's name", () => {
  assert.equal(idOfBundle("/run/containerd/io.containerd.runtime.v2.task/moby/abc"), "abc");
  assert.equal(idOfBundle("/srv/userdata"), "userdata");
  assert.equal(idOfBundle("/"), "container");
});
