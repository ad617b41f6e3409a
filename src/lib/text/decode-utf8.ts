const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const SURROGATE = 0xed;

/**
 * Text of UTF-8 bytes as Java's new String(bytes, UTF_8) reads it. Both put U+FFFD for what is malformed, a byte order
 * mark stays, but Java takes the bytes of an encoded surrogate, whole or cut off, as one malformed character.
 */
export function decodeJavaUtf8(bytes: Uint8Array, start: number, end: number): string {
  const field = bytes.subarray(start, end);
  let text = '';
  let from = 0;
  for (let at = field.indexOf(SURROGATE); at >= 0; at = field.indexOf(SURROGATE, at + 1)) {
    if (at + 1 >= field.length || ((field[at + 1] ?? 0) & 0xe0) !== 0xa0) continue;
    text += `${decoder.decode(field.subarray(from, at))}\ufffd`;
    from = at + 2 < field.length && ((field[at + 2] ?? 0) & 0xc0) === 0x80 ? at + 3 : at + 2;
  }
  return text + decoder.decode(from === 0 ? field : field.subarray(from));
}
