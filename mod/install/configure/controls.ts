/** The engines that can be configured. */
import { containerdControl } from "./containerd_control.ts";
import { crioControl } from "./crio_control.ts";
import { dockerControl } from "./docker_control.ts";
import type { EngineControl } from "./engine_control.ts";
import { podmanControl } from "./podman_control.ts";

/** In the order in which they are shown; by the name that the command line knows. */
export const CONTROLS: Readonly<Record<string, EngineControl>> = {
  docker: dockerControl,
  containerd: containerdControl,
  crio: crioControl,
  podman: podmanControl,
};
