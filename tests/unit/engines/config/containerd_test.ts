import { containerdConfiguration } from "../../../../mod/engines/containerd/config.ts";
import { runCases } from "./cases.ts";

runCases(containerdConfiguration, new URL("./fixtures/containerd/", import.meta.url), {
  changes: /^version$|^imports$|\ndefault_runtime_name$/,
  adds: /\nruntimes\nrunc\n/,
});
