/** The topics of the documentation: every Markdown file that the program carries to be read, by a short name. */
import { closest } from "../../config/closest.ts";
import { nameOf } from "../../core/path.ts";
import { failure } from "../../errors.ts";
import { embeddedFiles } from "../../plugin/embedded.ts";
import type { Program } from "../../plugin/program.ts";

/** A text to be read. */
export interface Topic {
  /** "engines"; of a plugin or an example, its own name. */
  name: string;
  /** Path below the folder of documents, which `install` lays out. */
  path: string;
  title: string;
  text: string;
}

/** Lists all of them by their names, what is about the program first. @throws {Failure} not-embedded */
export function listTopics(program: Pick<Program, "form" | "embedded">): Topic[] {
  const examples = Object.entries(embeddedFiles(program, "examples"))
    .map(([path, text]): [string, string] => [`examples/${path}`, text]);
  const documents = Object.entries(embeddedFiles(program, "documents"));
  const order = (path: string) => path.startsWith("examples/") ? 2 : path.startsWith("plugins/") ? 1 : 0;
  return [...documents, ...examples].filter(([path]) => path.endsWith(".md"))
    .map(([path, text]) => ({ name: topicName(path), path, title: titleOf(text), text }))
    .sort((a, b) => order(a.path) - order(b.path) || (a.name < b.name ? -1 : 1));
}

/** README.md is named after its folder. */
function topicName(path: string): string {
  const parts = path.split("/");
  const isReadme = parts.length > 1 && parts.at(-1) === "README.md";
  return isReadme ? parts.at(-2)! : nameOf(`/${path}`).replace(/\.md$/, "").toLowerCase();
}

/** The first heading, without its marks. */
function titleOf(text: string): string {
  return (/^# +(.+)$/m.exec(text)?.[1] ?? "").replaceAll("`", "");
}

/** Finds one. @throws {Failure} not-found, with the topic that may be meant */
export function topicNamed(topics: readonly Topic[], word: string): Topic {
  const wanted = word.toLowerCase().replace(/\.md$/, "");
  const found = topics.find(({ name }) => name === wanted);
  if (found) return found;
  const names = topics.map(({ name }) => name);
  const near = closest(wanted, names) ?? names.find((name) => wanted !== "" && name.includes(wanted));
  throw failure("not-found", {
    what: `there is no topic ${JSON.stringify(word)}`,
    remedy: near ? `did you mean ${near}?` : "`container-hooks docs` lists those that there are",
  });
}
