/** What the demo does is shown as a person would see it at a terminal. */
import { createTwoFilesPatch } from "diff";
import { run } from "../../tests/harness/run.ts";

/** A command or a text, with what belongs to it. */
export interface Scene {
  title: string;
  /** Lines as printed; a command's begins with "$ ". */
  lines: string[];
}

/** Runs commands in one private folder, which is written as DEMO, and keeps what they printed. */
export class Stage {
  readonly scenes: Scene[] = [];
  readonly #folder: string;
  readonly #env: Record<string, string>;
  /** Keeps containers apart from others that a runtime knows; it is not shown. */
  readonly #tag = `-${crypto.randomUUID().slice(0, 8)}`;

  constructor(folder: string, env: Record<string, string>) {
    this.#folder = folder;
    this.#env = env;
  }

  /** Gets an id that is shown as `name`. */
  id(name: string): string {
    return name + this.#tag;
  }

  /** Begins a scene. */
  title(text: string): void {
    this.scenes.push({ title: text, lines: [] });
    console.log(`\n${this.scenes.length}. ${text}\n`);
  }

  /** Runs a command, and prints it with its outputs and a status that is not 0. */
  async command(...argv: string[]): Promise<void> {
    const ran = await run(argv, { env: this.#env });
    this.text(
      `$ ${argv.map(quoted).join(" ")}`,
      ran.stdout + ran.stderr,
      ran.status === 0 ? "" : `(status ${ran.status})`,
    );
  }

  /** Prints what changed between two texts. */
  difference(before: string, after: string): void {
    const patch = createTwoFilesPatch("config.json before", "config.json after", before, after, "", "", {
      context: 1,
    });
    this.text(patch.split("\n").slice(1).join("\n"));
  }

  /** Prints texts, those that are empty left out. */
  text(...texts: string[]): void {
    const lines = texts
      .map((text) => text.replaceAll(this.#folder, "DEMO").replaceAll(this.#tag, "").trimEnd())
      .filter((text) => text !== "")
      .flatMap((text) => text.split("\n"));
    this.scenes.at(-1)!.lines.push(...lines);
    for (const line of lines) console.log(`   ${line}`.trimEnd());
  }
}

function quoted(word: string): string {
  return /[^\w./:=@-]/.test(word) ? `'${word}'` : word;
}
