/** Containers as engines have made them, for tests: their config.json, and what the engines' records said of them. */
import { container as containerd16Cri } from "./fixtures/containerd_1_6_cri.ts";
import { container as containerd16CriSandbox } from "./fixtures/containerd_1_6_cri_sandbox.ts";
import { container as containerd16Ctr } from "./fixtures/containerd_1_6_ctr.ts";
import { container as containerd24Cri } from "./fixtures/containerd_2_4_cri.ts";
import { container as containerd24CriSandbox } from "./fixtures/containerd_2_4_cri_sandbox.ts";
import { container as crun } from "./fixtures/crun.ts";
import { container as docker2010 } from "./fixtures/docker_20_10.ts";
import { container as docker2010Privileged } from "./fixtures/docker_20_10_privileged.ts";
import { container as moby20 } from "./fixtures/moby_2_0.ts";
import { container as moby20Privileged } from "./fixtures/moby_2_0_privileged.ts";
import { container as podman43 } from "./fixtures/podman_4_3.ts";
import { container as podman43Privileged } from "./fixtures/podman_4_3_privileged.ts";
import { container as runc } from "./fixtures/runc.ts";
import type { ContainerFields } from "./container.ts";

/** An engine with its version, and what was asked of it; runc and crun: what their command `spec` writes. */
export type FixtureName =
  | "containerd-1.6-cri"
  | "containerd-1.6-cri-sandbox"
  | "containerd-1.6-ctr"
  | "containerd-2.4-cri"
  | "containerd-2.4-cri-sandbox"
  | "crun"
  | "docker-20.10"
  | "docker-20.10-privileged"
  | "moby-2.0"
  | "moby-2.0-privileged"
  | "podman-4.3"
  | "podman-4.3-privileged"
  | "runc";
/**
 * Containers that were recorded, by `container-hooks explain --record`, when their engines created them: config.json and
 * what the engine's records said. Their image is registry.example.com/payments/web:1.2, and those of docker and podman
 * have the user's label team=payments. Values of variables, and the folders that engines were told, are not theirs.
 *
 * @example
 * ```ts
 * import { assertEquals, fixtures, makeContainer } from "container-hooks/testing";
 * import { isPrivileged } from "container-hooks/plugin";
 *
 * const container = makeContainer({ ...fixtures["docker-20.10"], annotations: { audit: "yes" } });
 * assertEquals(container.userLabels.team, "payments");
 * assertEquals(isPrivileged(container), false);
 * assertEquals(isPrivileged(makeContainer(fixtures["podman-4.3-privileged"])), true);
 * ```
 */
export const fixtures: Readonly<Record<FixtureName, ContainerFields>> = {
  "containerd-1.6-cri": containerd16Cri,
  "containerd-1.6-cri-sandbox": containerd16CriSandbox,
  "containerd-1.6-ctr": containerd16Ctr,
  "containerd-2.4-cri": containerd24Cri,
  "containerd-2.4-cri-sandbox": containerd24CriSandbox,
  crun: crun,
  "docker-20.10": docker2010,
  "docker-20.10-privileged": docker2010Privileged,
  "moby-2.0": moby20,
  "moby-2.0-privileged": moby20Privileged,
  "podman-4.3": podman43,
  "podman-4.3-privileged": podman43Privileged,
  runc: runc,
};
