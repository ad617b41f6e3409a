import { decodeJavaUtf8 } from '../../text/decode-utf8.ts';
import { lowerCase } from '../../text/lower-case.ts';

/** Small letters of a text as Java makes them; the result is overwritten by the next call. */
export function createLowerUtf8(): (bytes: Uint8Array, start: number, end: number) => Uint8Array {
  const encoder = new TextEncoder();
  let buffer = new Uint8Array(4096);
  return (bytes, start, end) => {
    const text = lowerCase(decodeJavaUtf8(bytes.subarray(start, end), 0, end - start));
    // A UTF-16 unit takes at most three bytes of UTF-8.
    if (buffer.length < text.length * 3) buffer = new Uint8Array(text.length * 6);
    return buffer.subarray(0, encoder.encodeInto(text, buffer).written);
  };
}
