import { podmanConfiguration } from "../../../../mod/engines/podman/config.ts";
import { runCases } from "./cases.ts";

runCases(podmanConfiguration, new URL("./fixtures/podman/", import.meta.url), {
  changes: /^engine\nruntime(_supports_json|_supports_nocgroup)?$/,
});
