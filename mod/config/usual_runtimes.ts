/** The OCI runtimes that are looked for where no file names any, and where the configuration cannot be read. */
export const USUAL_RUNTIMES = ["runc", "docker-runc", "crun"] as const;
