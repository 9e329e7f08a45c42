/** The engines that can be configured. */
import type { Configurable } from "../engines/config/configurable.ts";
import { containerdControl } from "./containerd_control.ts";
import { crioControl } from "./crio_control.ts";
import { dockerControl } from "./docker_control.ts";
import type { EngineControl } from "./engine_control.ts";
import { podmanControl } from "./podman_control.ts";

/** By the word that the command line knows. */
export const CONTROLS: Readonly<Record<Configurable, EngineControl>> = {
  docker: dockerControl,
  containerd: containerdControl,
  crio: crioControl,
  podman: podmanControl,
};
