/** The little of protobuf that containerd's records need. */

/** Field of google.protobuf.Any that holds the message; field 1 is its type. */
const VALUE = 2;

/** Wire type of texts and bytes. */
const BYTES = 2;

/** Gets the message in a google.protobuf.Any; undefined where these are no such bytes. */
export function anyValue(bytes: Uint8Array): Uint8Array | undefined {
  for (let at = 0; at < bytes.length;) {
    const tag = varint(bytes, at);
    const length = tag && varint(bytes, tag.end);
    if (!length || tag.value % 8 !== BYTES || length.end + length.value > bytes.length) return undefined;
    if (tag.value >> 3 === VALUE) return bytes.subarray(length.end, length.end + length.value);
    at = length.end + length.value;
  }
  return undefined;
}

/** A number of at most 28 bits. */
function varint(bytes: Uint8Array, start: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let index = 0; index < 4 && start + index < bytes.length; index++) {
    const byte = bytes[start + index]!;
    value |= (byte & 0x7f) << (7 * index);
    if (byte < 0x80) return { value, end: start + index + 1 };
  }
  return undefined;
}
