/** Draws lines of a terminal as SVG, which needs no font of its own and follows the reader's light or dark theme. */

/** Characters in a line; longer ones are continued on the next. */
const COLUMNS = 100;
const ADVANCE = 7.8;
const LINE = 19;
const MARGIN = 18;

/** Colours of a line, by how it begins: light, dark. */
const KINDS: [name: string, start: RegExp, light: string, dark: string][] = [
  ["title", /^# /, "#6e7781", "#8b949e"],
  ["command", /^\$ /, "#0550ae", "#79c0ff"],
  ["added", /^\+/, "#116329", "#7ee787"],
  ["removed", /^-/, "#a40e26", "#ffa198"],
  ["refused", /^container-hooks: cannot|^\(status/, "#a40e26", "#ffa198"],
];

/** Draws a terminal's lines. */
export function drawTerminal(lines: readonly string[]): string {
  const rows = lines.flatMap((line) => {
    const kind = KINDS.find(([, start]) => start.test(line))?.[0] ?? "text";
    return wrapped(line.replaceAll("\t", "  ")).map((text) => ({ text, kind }));
  });
  const width = Math.ceil(COLUMNS * ADVANCE + 2 * MARGIN);
  const height = rows.length * LINE + 2 * MARGIN;
  const texts = rows.map(({ text, kind }, at) =>
    `<text class="${kind}" x="${MARGIN}" y="${MARGIN + at * LINE + 14}">${escaped(text)}</text>`
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="What task demo printed">
<style>
rect { fill: #f6f8fa; stroke: #d0d7de }
text { font: 13px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; white-space: pre; fill: #1f2328 }
${KINDS.map(([name, , light]) => `.${name} { fill: ${light} }`).join("\n")}
@media (prefers-color-scheme: dark) {
rect { fill: #0d1117; stroke: #30363d }
text { fill: #e6edf3 }
${KINDS.map(([name, , , dark]) => `.${name} { fill: ${dark} }`).join("\n")}
}
</style>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
${texts.join("\n")}
</svg>
`;
}

/** Breaks a line between words. */
function wrapped(line: string): string[] {
  if (line.length <= COLUMNS) return [line];
  const at = line.lastIndexOf(" ", COLUMNS);
  const end = at > 0 ? at : COLUMNS;
  return [line.slice(0, end), ...wrapped(`  ${line.slice(end).trimStart()}`)];
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
