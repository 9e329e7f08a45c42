/** The engines that `container-hooks runtime` configures, by the words of its command line, in the order shown. */
export const CONFIGURABLE = ["docker", "containerd", "crio", "podman"] as const;

/** One of their words. */
export type Configurable = (typeof CONFIGURABLE)[number];
