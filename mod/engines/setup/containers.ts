/** Containers that an engine has on record with a runtime's name: without the name it cannot start them again. */

/** A container on record, or a pod. */
export interface RecordedContainer {
  id: string;
  /** What people call it. */
  name?: string;
}

/** The containers that were found. */
export interface RecordedContainers {
  containers: RecordedContainer[];
  /** Why there may be others: half a sentence; absent where all are known. */
  unknown?: string;
}

/** Makes the answer of an engine that cannot be asked. */
export function unknownContainers(unknown: string): RecordedContainers {
  return { containers: [], unknown };
}
