/** The words by which the service that plans starts the one that calls handlers. */
export const HANDLERS_COMMAND: readonly string[] = ["serve", "--handlers"];
