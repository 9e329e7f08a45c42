/** `container-hooks docs`: what there is to read, on a terminal or for other programs. */
import { printJson, printTable } from "../kit/output.ts";
import type { ProgramContext } from "../program_context.ts";
import { listTopics, type Topic, topicNamed } from "./topics.ts";

interface Flags {
  json: boolean;
  quiet: boolean;
}

/** Columns of a terminal that does not tell. */
const USUAL_WIDTH = 80;

/** Lists the topics, or prints one. */
export async function docs(this: ProgramContext, flags: Flags, word?: string): Promise<void> {
  const { host, program } = this;
  const topics = listTopics(program);
  if (word === undefined) return await list(this, flags, topics);
  const topic = topicNamed(topics, word);
  if (flags.json) return printJson(host, topic);
  if (flags.quiet) return host.stdout(`${topic.name}\n`);
  if (!host.stdoutIsTerminal()) return host.stdout(topic.text);
  const { render } = await import("./render.ts");
  host.stdout(await render(host, topic.text, host.terminalWidth() ?? USUAL_WIDTH));
}

async function list({ host }: ProgramContext, flags: Flags, topics: readonly Topic[]): Promise<void> {
  if (flags.json) return printJson(host, topics.map(({ name, title, path }) => ({ name, title, path })));
  if (flags.quiet) return host.stdout(topics.map(({ name }) => `${name}\n`).join(""));
  await printTable(host, ["TOPIC", "WHAT"], topics.map(({ name, title }) => [name, title]));
}
