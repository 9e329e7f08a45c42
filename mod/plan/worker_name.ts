/** The name by which the program's main module knows that it was started as a plugin's worker. */
export const WORKER_NAME = "container-hooks plugin";
