/** Many commands of `ip` in one call, and which of them failed. */

/** A command of `ip`, its words without the program. */
export type IpCommand = readonly string[];

/** A command that failed. */
export interface FailedCommand {
  command: IpCommand;
  /** What the kernel, or `ip`, said. */
  why: string;
}

/** Words that are one word for `ip -batch` too; a container can name its devices otherwise. */
const PLAIN = /^[\w@%+=:,./-]+$/;

/** What `ip -batch -` is given; undefined where a word would be read as something else. */
export function batchOf(commands: readonly IpCommand[]): string | undefined {
  if (!commands.flat().every((word) => PLAIN.test(word))) return undefined;
  return commands.map((command) => `${command.join(" ")}\n`).join("");
}

/** Lists each command that failed, by what `ip -batch` said: reasons, then "Command failed -:LINE". */
export function failedOf(stderr: string, commands: readonly IpCommand[]): FailedCommand[] {
  const failed: FailedCommand[] = [];
  let said: string[] = [];
  for (const line of stderr.split("\n")) {
    const [, number] = line.match(/^Command failed -:(\d+)/) ?? [];
    if (number === undefined) said.push(line);
    else {
      failed.push({ command: commands[Number(number) - 1] ?? commands[0]!, why: reasonOf(said.join("\n")) });
      said = [];
    }
  }
  return failed;
}

/** Gets the reason of "RTNETLINK answers: File exists." without who says so, fit for the middle of a sentence. */
export function reasonOf(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("Command failed"));
  const plain = lines.map((line) => line.replace(/^(RTNETLINK answers|Error): /, "").replace(/\.$/, ""));
  return plain.join("; ").toLowerCase() || "it gave no reason";
}
