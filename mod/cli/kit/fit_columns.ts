/** Fitting a table into the width of a terminal: the widest columns give way first, and their texts are wrapped. */

/** Characters that take two places: East Asian wide ones, and what is shown as a picture. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** No column becomes narrower than that. */
const LEAST = 8;

/** Times, ids and numbers: broken in two they are misread. One that is longer than a time in digits gives way. */
const WHOLE = /^[+-]?\d\S{0,19}$/;

/**
 * Finds the widths of columns.
 *
 * @param terminal Of the terminal; undefined where nothing limits it.
 * @param gap Behind each column.
 * @returns one for each column, undefined where that stays as wide as its widest cell
 */
export function fitColumns(
  rows: readonly (readonly string[])[],
  terminal: number | undefined,
  gap: number,
): (number | undefined)[] {
  const natural = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => widthOf(row[column] ?? "")))
  );
  if (terminal === undefined) return natural.map(() => undefined);
  const least = natural.map((_, column) =>
    Math.max(LEAST, ...rows.map((row) => WHOLE.test(row[column] ?? "") ? widthOf(row[column]!) : 0))
  );
  const widths = [...natural];
  let over = widths.reduce((sum, width) => sum + width + gap, -gap) - terminal;
  while (over > 0) {
    const widest = widestAbove(widths, least) ?? widestAbove(widths, widths.map(() => LEAST));
    if (widest === undefined) break;
    widths[widest]!--;
    over--;
  }
  return widths.map((width, column) => width < natural[column]! ? width : undefined);
}

function widestAbove(widths: readonly number[], least: readonly number[]): number | undefined {
  const spare = widths.map((width, column) => width > least[column]! ? width : 0);
  const widest = Math.max(...spare);
  return widest > 0 ? spare.indexOf(widest) : undefined;
}

function widthOf(text: string): number {
  return Array.from(text).reduce((width, character) => width + (WIDE.test(character) ? 2 : 1), 0);
}
