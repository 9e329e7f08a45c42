/** Everything that can be said about the sources without running the program: the first failure ends it. */

const STEPS: { name: string; args: string[] }[] = [
  { name: "format", args: ["fmt", "--check"] },
  { name: "lint and import rules", args: ["lint"] },
  { name: "one name for one type", args: ["run", "--allow-read", "tools/type_names.ts"] },
  { name: "types", args: ["check", "."] },
  { name: "examples of the public interface", args: ["test", "--doc", "docs/api.md"] },
];

for (const { name, args } of STEPS) {
  console.log(`\n# ${name}: deno ${args.join(" ")}`);
  const { success } = await new Deno.Command(Deno.execPath(), { args, stdin: "null" }).spawn().status;
  if (!success) Deno.exit(1);
}
console.log("\nall checks passed");
