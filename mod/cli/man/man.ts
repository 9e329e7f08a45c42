/** `container-hooks man`: the manual pages that `install` lays out. */
import { closest } from "../../config/closest.ts";
import { failure } from "../../errors.ts";
import { printJson } from "../kit/output.ts";
import type { ProgramContext } from "../program_context.ts";
import { manPages } from "./pages.ts";
import type { ManPage } from "./roff.ts";

interface Flags {
  json: boolean;
  quiet: boolean;
}

/** Prints one of them. */
export function man(this: ProgramContext, { json, quiet }: Flags, word: string = "container-hooks"): void {
  const { host } = this;
  const pages = manPages(this);
  const names = pages.map(shortName);
  if (quiet) return json ? printJson(host, names) : host.stdout(names.map((name) => `${name}\n`).join(""));
  const page = pageNamed(pages, names, word);
  return json ? printJson(host, page) : host.stdout(page.text);
}

/** A command's page goes by the command's name. */
function shortName({ name, section }: ManPage): string {
  return section === 8 ? name.replace(/^container-hooks-(?!ctk$)/, "") : name;
}

function pageNamed(pages: readonly ManPage[], names: readonly string[], word: string): ManPage {
  const wanted = word.replace(/\([58]\)$|\.[58]$/, "");
  const found = pages.find(({ name }, at) => names[at] === wanted || name === wanted) ??
    (wanted === "config.toml" ? pages.find(({ section }) => section === 5) : undefined);
  if (found) return found;
  const near = closest(wanted, names);
  throw failure("not-found", {
    what: `there is no manual page ${JSON.stringify(word)}`,
    remedy: near ? `did you mean ${near}?` : "`container-hooks man --quiet` lists those that there are",
  });
}
