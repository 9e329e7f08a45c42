/** When a service becomes its own successor though nothing has changed: it has gathered too much. */

/** What a service has become. Memory is in bytes. */
export interface Wear {
  /** Of the process, isolates included. */
  memory: number;
  /** In use by the service's own code. */
  heap: number;
  /** Containers that it was asked about. */
  asked: number;
}

/** Above these it ends as soon as nobody waits. */
const LIMITS: Wear = { memory: 400 * 1024 * 1024, heap: 96 * 1024 * 1024, asked: 50_000 };

/** So many times the memory is too much, whoever waits. */
const TOO_MUCH = 3;

/**
 * Tells whether the service is to end.
 *
 * @param waiting Launchers that wait for an answer.
 */
export function isWornOut({ memory, heap, asked }: Wear, waiting: number): boolean {
  if (memory > LIMITS.memory * TOO_MUCH) return true;
  return waiting === 0 && (memory > LIMITS.memory || heap > LIMITS.heap || asked > LIMITS.asked);
}
