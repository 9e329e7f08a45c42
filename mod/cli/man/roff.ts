/** The macros of man(7), as far as our pages take them. */
import { VERSION } from "../../core/version.ts";

/** A manual page. */
export interface ManPage {
  /** "container-hooks-explain". */
  name: string;
  section: 5 | 8;
  text: string;
}

/** Makes a page of lines, with the heading that each has. @param brief For `man -k`. */
export function manPage(
  name: string,
  section: ManPage["section"],
  brief: string,
  lines: readonly string[],
): ManPage {
  const group = section === 5 ? "File Formats" : "System Administration";
  const text = [
    `.TH ${roff(name.toUpperCase())} ${section} "" "container\\-hooks ${roff(VERSION)}" "${group}"`,
    ".SH NAME",
    `${roff(name)} \\- ${roff(brief)}`,
    ...lines,
    "",
  ].join("\n");
  return { name, section, text };
}

/** A text that roff takes as it is: no escapes, no request at the beginning of a line, real hyphens. */
export function roff(plain: string): string {
  return plain.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^([.'])/gm, "\\&$1");
}

/** A term and what it is; the term may have roff's own marks in it. */
export function entry(term: string, what: string): string[] {
  return [".TP", term, roff(`${what}.`)];
}

/** References to other pages, in the order of the page that they stand on. */
export function seeAlso(pages: readonly (readonly [name: string, section: number])[]): string[] {
  return [
    ".SH SEE ALSO",
    ...pages.map(([name, section], at) =>
      `.BR ${roff(name)} (${section})${at < pages.length - 1 ? "," : ""}`
    ),
  ];
}
