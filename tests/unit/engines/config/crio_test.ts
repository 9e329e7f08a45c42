import { crioConfiguration } from "../../../../mod/engines/crio/config.ts";
import { runCases } from "./cases.ts";

runCases(crioConfiguration, new URL("./fixtures/crio/", import.meta.url), {
  changes: /^crio\nruntime\ndefault_runtime$/,
});
