/**
 * Containers that do nothing special, as engines ask for them: a plugin that denies all of these, or fails at one, would
 * stop nearly every container of a host.
 */
import { byAuthor, byEngine } from "../../core/facts.ts";
import type { Spec } from "../../core/oci.ts";
import type { ContainerIdentity } from "../../engines/identity.ts";
import docker from "./plain_container.json" with { type: "json" };

/** One of them. */
export interface PlainContainer {
  /** What it is, as a noun. */
  what: string;
  spec: Spec;
  identity: ContainerIdentity;
}

const IMAGE = `sha256:${"5".repeat(64)}`;

/** Gets all of them. */
export function plainContainers(): PlainContainer[] {
  const root = docker as unknown as Spec;
  const user: Spec = { ...root, process: { ...root.process!, user: { uid: 1000, gid: 1000 } } };
  return [
    { what: "docker's of alpine", spec: root, identity: identityOf("docker", "alpine:3.20", {}) },
    {
      what: "docker's of a registry's image, as user 1000, with labels",
      spec: user,
      identity: identityOf("docker", "registry.example.com/team/web:1.2", {
        team: "web",
        "org.opencontainers.image.version": "1.2",
      }),
    },
    {
      what: "podman's of busybox",
      spec: root,
      identity: identityOf("podman", "docker.io/library/busybox:latest", {}),
    },
    {
      what: "containerd's of a pod",
      spec: {
        ...user,
        annotations: {
          "io.kubernetes.cri.container-type": "container",
          "io.kubernetes.cri.sandbox-namespace": "default",
          "io.kubernetes.cri.sandbox-name": "web-0",
        },
      },
      identity: identityOf("containerd", "registry.k8s.io/e2e-test-images/agnhost:2.53", {
        "io.kubernetes.pod.namespace": "default",
        "io.kubernetes.pod.name": "web-0",
      }),
    },
  ];
}

function identityOf(
  engine: "docker" | "podman" | "containerd",
  image: string,
  labels: Record<string, string>,
): ContainerIdentity {
  return {
    engine: byEngine(engine),
    names: byAuthor(["web"]),
    role: byEngine("workload"),
    image: { name: byAuthor(image), id: byEngine(IMAGE), digest: byEngine(IMAGE) },
    labels: byAuthor(labels),
    userLabels: byAuthor(labels),
  };
}
