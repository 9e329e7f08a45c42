/** Options that commands have in common. */

/** Every command that answers has it. */
export const json = { kind: "boolean", brief: "Print JSON", default: false } as const;
