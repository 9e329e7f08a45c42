/** Memory in use, as V8 and the kernel tell it. */

// As it was before a plugin's first line.
const { memoryUsage } = Deno;

/** Bytes in use. */
export interface MemoryInUse {
  /** By the process, all isolates included. */
  resident: number;
  /** By this isolate: of its heap, and what its objects hold outside of it. */
  isolate: number;
}

/** Looks at it. */
export function memoryInUse(): MemoryInUse {
  const { rss, heapUsed, external } = memoryUsage();
  return { resident: rss, isolate: heapUsed + external };
}
