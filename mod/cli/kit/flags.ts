/** Options and arguments that commands have in common. */

/** The flag `--json`, which every command that answers has. */
export const json = { kind: "boolean", brief: "Print JSON", default: false } as const;

/** The argument of commands that are about one container. */
export const container = {
  kind: "tuple",
  parameters: [{
    brief: "Id, the beginning of one, or a name",
    parse: String,
    placeholder: "CONTAINER",
    optional: true,
  }],
} as const;
