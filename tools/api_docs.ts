/**
 * The reference of the public modules, docs/api.md, made from the sources: every symbol with its declaration, what its
 * comment says and its example.
 */
import ts from "typescript";

/** The modules that plugins and their tests import, with the files that they are. */
export const MODULES: Record<string, string> = {
  "container-hooks/plugin": "mod/api/plugin.ts",
  "container-hooks/testing": "mod/api/testing.ts",
};

const PROJECT = new URL("..", import.meta.url).pathname;

/** A symbol that a module exports. */
export interface ApiSymbol {
  name: string;
  kind: "function" | "value" | "type";
  /** TypeScript, without bodies. */
  declaration: string;
  /** What its comment says, as Markdown; empty where there is none. */
  doc: string;
  /** What its comment says of each parameter. */
  parameters: [name: string, doc: string][];
  /** What it throws. */
  throws: string;
  /** Its examples, as Markdown. */
  examples: string[];
}

/** A public module. */
export interface ApiModule {
  name: string;
  doc: string;
  examples: string[];
  symbols: ApiSymbol[];
}

/** Reads the public modules. */
export function readModules(): ApiModule[] {
  const files = Object.values(MODULES).map((file) => PROJECT + file);
  const program = ts.createProgram(files, {
    noLib: true,
    allowImportingTsExtensions: true,
    module: ts.ModuleKind.Preserve,
    target: ts.ScriptTarget.ESNext,
    noEmit: true,
  });
  const checker = program.getTypeChecker();
  return Object.entries(MODULES).map(([name, file]) => {
    const source = program.getSourceFile(PROJECT + file)!;
    const comment = ts.getJSDocCommentsAndTags(source.statements[0]!)[0] as ts.JSDoc | undefined;
    const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(source)!)
      .map((symbol) => symbolOf(checker, symbol));
    return { name, ...textsOf(comment), symbols: exported };
  });
}

function symbolOf(checker: ts.TypeChecker, exported: ts.Symbol): ApiSymbol {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  const declarations = symbol.declarations ?? [];
  const documented = declarations.map((node) => commentOf(node)).find((comment) => comment !== undefined);
  return {
    name: exported.name,
    kind: kindOf(declarations[0]!),
    declaration: visibleOf(declarations).map(declarationText).join("\n"),
    ...textsOf(documented),
  };
}

/** The last of overloads is what they have in common, and nobody calls it. */
function visibleOf(declarations: readonly ts.Declaration[]): readonly ts.Declaration[] {
  return declarations.length > 1
    ? declarations.filter((node) => !(node as ts.FunctionDeclaration).body)
    : declarations;
}

function kindOf(node: ts.Declaration): ApiSymbol["kind"] {
  if (ts.isFunctionDeclaration(node)) return "function";
  return ts.isVariableDeclaration(node) || ts.isClassDeclaration(node) ? "value" : "type";
}

/** The comment above a declaration; of a constant, above its statement. */
function commentOf(node: ts.Node): ts.JSDoc | undefined {
  const holder = ts.isVariableDeclaration(node) ? node.parent.parent : node;
  return ts.getJSDocCommentsAndTags(holder).findLast((each): each is ts.JSDoc => ts.isJSDoc(each));
}

function textsOf(comment: ts.JSDoc | undefined): Omit<ApiSymbol, "name" | "kind" | "declaration"> {
  const tags = comment?.tags ?? [];
  const tagged = (name: string) => tags.filter((tag) => tag.tagName.text === name);
  return {
    doc: textOf(comment?.comment),
    parameters: tagged("param").map((
      tag,
    ) => [(tag as ts.JSDocParameterTag).name.getText(), textOf(tag.comment)]),
    throws: tagged("throws").map((tag) => textOf(tag.comment)).join(" "),
    examples: tagged("example").map((tag) => textOf(tag.comment)),
  };
}

/** The text of a comment, with links to symbols as links within the page. */
function textOf(comment: ts.JSDocTag["comment"]): string {
  if (comment === undefined || typeof comment === "string") return comment ?? "";
  return comment.map((part) => {
    if (!("name" in part) || !part.name) return part.text;
    const name = part.name.getText();
    return linkTo(name.split(".")[0]!, name);
  }).join("");
}

/** The source of a declaration, without what runs. */
function declarationText(node: ts.Declaration): string {
  if (ts.isFunctionDeclaration(node)) {
    const end = node.body ? node.body.getStart() : node.getEnd();
    return `${textBetween(node, end).replace(/^export (async )?/, "").trim().replace(/;$/, "")};`;
  }
  if (ts.isVariableDeclaration(node)) {
    const type = node.type?.getText();
    return `const ${node.name.getText()}${type ? `: ${type}` : ` = ${node.initializer?.getText()}`};`;
  }
  return textBetween(node, node.getEnd()).replace(/^export /, "");
}

function textBetween(node: ts.Node, end: number): string {
  return node.getSourceFile().text.slice(node.getStart(), end);
}

/** Writes the page, as it is before it is formatted. */
export function pageOf(modules: readonly ApiModule[]): string {
  const parts = ["# Reference: all that a plugin and its tests can import", INTRODUCTION];
  for (const { name, doc, examples, symbols } of modules) {
    parts.push(`## ${name}`, doc, ...examples, contentsOf(symbols));
    parts.push(...ordered(symbols).map(sectionOf));
  }
  return `${withAnchors(parts.join("\n\n"))}\n`;
}

/** A link to a symbol's section, whose anchor is not known yet. */
function linkTo(name: string, text = name): string {
  return `[\`${text}\`](#symbol:${name})`;
}

/** Names the sections as a forge does: in small letters, and one more time with a number behind it. */
function withAnchors(page: string): string {
  const anchors = new Map<string, string>();
  const used = new Map<string, number>();
  for (const [, name = ""] of page.matchAll(/^### (.+)$/gm)) {
    const slug = name.toLowerCase();
    const before = used.get(slug) ?? 0;
    used.set(slug, before + 1);
    anchors.set(name, before === 0 ? slug : `${slug}-${before}`);
  }
  return page.replace(/\(#symbol:(\w+)\)/g, (_, name) => {
    const anchor = anchors.get(name);
    if (anchor === undefined) throw new Error(`a comment links to ${name}, which no public module exports`);
    return `(#${anchor})`;
  });
}

const INTRODUCTION =
  "Every symbol that a plugin and its tests can import. `deno task docs` writes this page from the " +
  "sources, and every example is run by the tests. What stays as it is is said in [compatibility.md](compatibility.md); " +
  "how to begin, in [writing-a-plugin.md](writing-a-plugin.md).";

/** Functions first, then constants, then types, each by name. */
function ordered(symbols: readonly ApiSymbol[]): ApiSymbol[] {
  const order = ["function", "value", "type"];
  return symbols.toSorted((one, other) =>
    order.indexOf(one.kind) - order.indexOf(other.kind) || (one.name < other.name ? -1 : 1)
  );
}

function contentsOf(symbols: readonly ApiSymbol[]): string {
  const titles = { function: "Functions", value: "Constants", type: "Types" };
  return Object.entries(titles).flatMap(([kind, title]) => {
    const names = ordered(symbols).filter((symbol) => symbol.kind === kind)
      .map(({ name }) => linkTo(name));
    return names.length > 0 ? [`${title}: ${names.join(", ")}.`] : [];
  }).join("\n\n");
}

function sectionOf({ name, declaration, doc, parameters, throws, examples }: ApiSymbol): string {
  return [
    `### ${name}`,
    doc,
    `\`\`\`ts ignore\n${declaration}\n\`\`\``,
    parameters.map(([parameter, text]) => `- \`${parameter}\`: ${text.replace(/\n/g, " ")}`).join("\n"),
    throws && `Throws ${throws}`,
    ...examples,
  ].filter((part) => part !== "").join("\n\n");
}

/** Makes the whole page, formatted as all of docs/ is. */
export async function makePage(): Promise<string> {
  const formatter = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext", "md", "-"],
    cwd: PROJECT,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = formatter.stdin.getWriter();
  await writer.write(new TextEncoder().encode(pageOf(readModules())));
  await writer.close();
  const { success, stdout } = await formatter.output();
  if (!success) throw new Error("deno fmt does not take the page");
  return new TextDecoder().decode(stdout);
}
