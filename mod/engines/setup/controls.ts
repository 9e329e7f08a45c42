/** The engines that can be configured. */
import type { Configurable } from "./configurable.ts";
import { containerdControl } from "../containerd/control.ts";
import { crioControl } from "../crio/control.ts";
import { dockerControl } from "../docker/control.ts";
import type { EngineControl } from "./engine_control.ts";
import { podmanControl } from "../podman/control.ts";

/** By the word that the command line knows. */
export const CONTROLS: Readonly<Record<Configurable, EngineControl>> = {
  docker: dockerControl,
  containerd: containerdControl,
  crio: crioControl,
  podman: podmanControl,
};
