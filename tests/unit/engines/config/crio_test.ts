import { crioConfiguration } from "../../../../mod/engines/config/crio.ts";
import { runCases } from "./cases.ts";

runCases(crioConfiguration, new URL("./fixtures/crio/", import.meta.url), {
  changes: /^crio\nruntime\ndefault_runtime$/,
});
