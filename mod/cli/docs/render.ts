/** Markdown laid out for a terminal: headings at the margin, the text below them indented and wrapped. */
import { marked, type Token, type Tokens } from "marked";
import wrapAnsi from "wrap-ansi";
import type { Host } from "../../host/host.ts";
import { COLOUR, inColour, wantsColour } from "../kit/colour.ts";
import { alignRows } from "../kit/output.ts";

/** Lines of prose beyond this are hard to read. */
const MOST = 100;
/** Columns before what stands below a heading. */
const INDENT = 2;

/** What a text is laid out for. */
interface Page {
  host: Host;
  coloured: boolean;
  /** Columns that are left. */
  width: number;
}

/** Lays a text out. @param width Of the terminal. */
export async function render(host: Host, markdown: string, width: number): Promise<string> {
  const page = { host, coloured: wantsColour(host), width: Math.min(width, MOST) };
  const parts: string[] = [];
  for (const token of marked.lexer(markdown)) {
    if (token.type === "heading") {
      parts.push(heading(page, token as Tokens.Heading));
      continue;
    }
    // A table may use all that there is: its cells are short lines of their own.
    const room = token.type === "table" ? width : page.width;
    const text = await block({ ...page, width: room - INDENT }, token);
    if (text !== "") parts.push(indented(text, INDENT));
  }
  return `${parts.join("\n\n")}\n`;
}

function heading(page: Page, { tokens, depth }: Tokens.Heading): string {
  const text = wrapped(page, inline({ ...page, coloured: false }, tokens).replaceAll("`", ""));
  const bold = page.coloured ? inColour(text, COLOUR.heading) : text;
  return depth > 2 ? indented(bold, 1) : bold;
}

async function block(page: Page, token: Token): Promise<string> {
  switch (token.type) {
    case "paragraph":
    case "text":
      return wrapped(page, inline(page, (token as Tokens.Paragraph).tokens ?? [token]));
    case "code":
      return indented((token as Tokens.Code).text, INDENT);
    case "list":
      return await list(page, token as Tokens.List);
    case "table":
      return await table(page, token as Tokens.Table);
    case "blockquote":
      return indented(
        await blocks({ ...page, width: page.width - 2 }, (token as Tokens.Blockquote).tokens),
        2,
      );
    default:
      return ""; // Rules, blank lines, comments.
  }
}

async function blocks(page: Page, tokens: readonly Token[], between: string = "\n\n"): Promise<string> {
  const texts: string[] = [];
  for (const token of tokens) texts.push(await block(page, token));
  return texts.filter((text) => text !== "").join(between);
}

async function list(page: Page, { items, ordered, start, loose }: Tokens.List): Promise<string> {
  const texts: string[] = [];
  for (const [at, { tokens }] of items.entries()) {
    const mark = ordered ? `${Number(start) + at}. ` : "- ";
    const text = await blocks({ ...page, width: page.width - mark.length }, tokens, loose ? "\n\n" : "\n");
    texts.push(mark + indented(text, mark.length).trimStart());
  }
  return texts.join(loose ? "\n\n" : "\n");
}

async function table(page: Page, { header, rows }: Tokens.Table): Promise<string> {
  const plain = { ...page, coloured: false };
  const cells = [header, ...rows].map((row) =>
    row.map(({ tokens }) => inline(plain, tokens).replaceAll("`", ""))
  );
  const [first = [], ...others] = cells;
  const heads = first.map((text) => ({ text, colour: COLOUR.heading }));
  return (await alignRows(page.host, [heads, ...others], page.width)).trimEnd();
}

/** What stands within a line. */
function inline(page: Page, tokens: readonly Token[]): string {
  return tokens.map((token): string => {
    switch (token.type) {
      case "codespan": {
        const { text } = token as Tokens.Codespan;
        return page.coloured ? inColour(text, COLOUR.code) : `\`${text}\``;
      }
      case "strong": {
        const text = inline(page, (token as Tokens.Strong).tokens);
        return page.coloured ? inColour(text, COLOUR.heading) : text;
      }
      case "link": {
        const { href, tokens: inner } = token as Tokens.Link;
        const text = inline(page, inner);
        return /^https?:/.test(href) && text !== href ? `${text} (${href})` : text;
      }
      case "br":
        return "\n";
      case "html":
      case "image":
        return "";
      default: {
        const inner = (token as Tokens.Text).tokens;
        if (inner) return inline(page, inner);
        const text = token.type === "escape" || token.type === "text"
          ? (token as Tokens.Text).text
          : token.raw;
        // A paragraph's own line ends are blanks.
        return text.replace(/\s*\n\s*/g, " ");
      }
    }
  }).join("");
}

function wrapped({ width }: Page, text: string): string {
  return wrapAnsi(text, Math.max(width, 20), { hard: false });
}

function indented(text: string, columns: number): string {
  return text.replace(/^(?=.)/gm, " ".repeat(columns));
}
