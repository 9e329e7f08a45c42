/** Replacements in a text, and the way back. */

/** A replacement: `length` characters at `offset` of the old text become `insert`. Counted in UTF-16 units. */
export interface TextPatch {
  offset: number;
  length: number;
  insert: string;
}

/**
 * Makes the new text.
 *
 * @param patches sorted and not overlapping
 * @throws RangeError where they are not, or reach beyond the text: they belong to another one
 */
export function applyPatches(text: string, patches: readonly TextPatch[]): string {
  const parts: string[] = [];
  let done = 0;
  for (const { offset, length, insert } of patches) {
    if (offset < done || length < 0 || offset + length > text.length) {
      throw new RangeError(`a patch at ${offset} does not belong to this text`);
    }
    parts.push(text.slice(done, offset), insert);
    done = offset + length;
  }
  parts.push(text.slice(done));
  return parts.join("");
}

/** Makes the patches that turn the text which `patches` make of `oldText` back into it. */
export function invertPatches(oldText: string, patches: readonly TextPatch[]): TextPatch[] {
  let shift = 0;
  return patches.map(({ offset, length, insert }) => {
    const inverse = {
      offset: offset + shift,
      length: insert.length,
      insert: oldText.slice(offset, offset + length),
    };
    shift += insert.length - length;
    return inverse;
  });
}
