/** What stands around a plugin that is being written, so that editors and Deno find the types. */

/** Gets the files by which editors, \`deno check\` and \`deno test\` find the types. */
export function surroundings(): Record<string, string> {
  const paths = (ending: string) => ({
    "container-hooks/plugin": `./types/plugin.${ending}`,
    "container-hooks/testing": `./types/testing.${ending}`,
  });
  const lists = Object.fromEntries(Object.entries(paths("d.ts")).map(([name, path]) => [name, [path]]));
  return {
    "deno.json": json({
      imports: paths("js"),
      compilerOptions: { strict: true },
      exclude: ["types"],
      lock: false,
    }),
    "tsconfig.json": json({
      compilerOptions: {
        target: "esnext",
        module: "preserve",
        lib: ["esnext", "dom"],
        types: [],
        allowImportingTsExtensions: true,
        noEmit: true,
        strict: true,
        paths: lists,
      },
      include: ["*.ts"],
    }),
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
