/** The engines that can be configured. */
import type { EngineWord } from "../../core/engines.ts";
import { containerdControl } from "../containerd/control.ts";
import { crioControl } from "../crio/control.ts";
import { dockerControl } from "../docker/control.ts";
import type { EngineControl } from "./engine_control.ts";
import { podmanControl } from "../podman/control.ts";

/** The engines' controls by the word that the command line knows, in the order shown. */
export const CONTROLS = {
  docker: dockerControl,
  containerd: containerdControl,
  crio: crioControl,
  podman: podmanControl,
} satisfies Record<EngineWord, EngineControl> as Readonly<Record<EngineWord, EngineControl>>;
