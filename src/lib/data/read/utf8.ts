import { isUtf8 } from 'node:buffer';

/** U+FFFD. */
const REPLACEMENT = [0xef, 0xbf, 0xbd] as const;

/**
 * Bytes with U+FFFD for what is not UTF-8, as Java's decoder writes it: one for each longest beginning of a character
 * (Unicode 15, section 3.9, "maximal subpart"), and one for a surrogate written in three bytes.
 */
export function repairUtf8(bytes: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(bytes.length * 3);
  let to = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes, at);
    if (length > 0) {
      for (let i = 0; i < length; i++) out[to++] = bytes[at + i] as number;
      at += length;
    } else {
      for (const byte of REPLACEMENT) out[to++] = byte;
      at -= length;
    }
  }
  return out.subarray(0, to);
}

/** Length of the character that begins here; negative: of the broken bytes that one U+FFFD stands for. */
function characterLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return -1;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (!isSecond(first, bytes[at + 1])) return -1;
  for (let i = 2; i < length; i++) if (!isContinuation(bytes[at + i])) return -i;
  const isSurrogate = first === 0xed && (bytes[at + 1] as number) >= 0xa0;
  return isSurrogate ? -3 : length;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** Leaves out longer forms than needed and what is beyond U+10FFFF. */
function isSecond(first: number, second: number | undefined): boolean {
  if (second === undefined || !isContinuation(second)) return false;
  if (first === 0xe0) return second >= 0xa0;
  if (first === 0xf0) return second >= 0x90;
  return first !== 0xf4 || second < 0x90;
}

/** UTF-8 or Latin-1: bytes beyond ASCII that make no characters are Latin-1 unless most of them do. */
export function guessEncoding(bytes: Uint8Array): 'utf8' | 'latin1' {
  if (isUtf8(bytes)) return 'utf8';
  let whole = 0;
  let broken = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes, at);
    if (length > 1) whole++;
    if (length < 0) broken++;
    at += Math.abs(length);
  }
  return whole > broken ? 'utf8' : 'latin1';
}

/** Where the last character ends that is there as a whole: a piece of a longer text may end within one. */
export function wholeCharacters(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return bytes;
    if (byte >= 0xc0) {
      const length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
      return length > back ? bytes.subarray(0, bytes.length - back) : bytes;
    }
  }
  return bytes;
}
