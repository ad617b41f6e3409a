/** What a writer keeps for the next chunk; one that a huge row made larger is given back. */
const KEPT_BYTES = 4 * 1024 * 1024;
/** How much text is copied between two looks at the room that is left: at worst each byte becomes six. */
const PIECE = 16 * 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** First byte of U+D000 … U+DFFF: behind it stand the surrogates, which UTF-8 does not have. */
const SURROGATE_LEAD = 0xed;
const HEX = '0123456789abcdef';

/** Bytes of a JSON text that cannot be copied as they are. */
const NEEDS_ESCAPE = new Uint8Array(256);
NEEDS_ESCAPE.fill(1, 0, 0x20);
NEEDS_ESCAPE[QUOTE] = 1;
NEEDS_ESCAPE[BACKSLASH] = 1;
NEEDS_ESCAPE[SURROGATE_LEAD] = 1;

const SHORT_ESCAPES: Readonly<Record<number, string>> = {
  8: '\\b',
  9: '\\t',
  10: '\\n',
  12: '\\f',
  13: '\\r',
  [QUOTE]: '\\"',
  [BACKSLASH]: '\\\\',
};

/** Bytes of a CSV field that make quotes necessary anywhere in it. */
const NEEDS_QUOTES = new Uint8Array(256);
for (const mark of '",\r\n') NEEDS_QUOTES[mark.charCodeAt(0)] = 1;

const encoder = new TextEncoder();

/** Output is put together here byte by byte: texts come and go as UTF-8 and never become strings in between. */
export class ByteWriter {
  #bytes: Uint8Array = new Uint8Array(64 * 1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** What was written; holds until the next write. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
    if (this.#bytes.length > KEPT_BYTES) this.#bytes = new Uint8Array(64 * 1024);
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** Text of ASCII characters only, such as numbers and punctuation. */
  ascii(text: string): void {
    this.#reserve(text.length);
    const target = this.#bytes;
    let at = this.#length;
    for (let index = 0; index < text.length; index += 1) target[at++] = text.charCodeAt(index);
    this.#length = at;
  }

  text(text: string): void {
    this.#reserve(text.length * 3);
    this.#length += encoder.encodeInto(text, this.#bytes.subarray(this.#length)).written;
  }

  /** Bytes as they are; for the short ones that come with every row. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    const target = this.#bytes;
    let at = this.#length;
    for (let index = 0; index < bytes.length; index += 1) target[at++] = bytes[index] as number;
    this.#length = at;
  }

  /** A JSON string of UTF-8 bytes, its quotes included. */
  jsonString(source: Uint8Array, start: number, end: number): void {
    this.byte(QUOTE);
    for (let from = start; from < end; ) from = this.#jsonPiece(source, from, Math.min(end, from + PIECE), end);
    this.byte(QUOTE);
  }

  /** A CSV field of UTF-8 bytes, in quotes where it needs them; an empty one gets them too, so that it is no null. */
  csvField(source: Uint8Array, start: number, end: number): void {
    if (!needsQuotes(source, start, end)) {
      this.#copy(source, start, end);
      return;
    }
    this.#reserve(2 * (end - start) + 2);
    const target = this.#bytes;
    let at = this.#length;
    target[at++] = QUOTE;
    for (let index = start; index < end; index += 1) {
      const byte = source[index] as number;
      if (byte === QUOTE) target[at++] = QUOTE;
      target[at++] = byte;
    }
    target[at++] = QUOTE;
    this.#length = at;
  }

  /** Copies one piece and returns where it ended: behind the end where a character of several bytes was escaped. */
  #jsonPiece(source: Uint8Array, start: number, pieceEnd: number, end: number): number {
    this.#reserve(6 * (pieceEnd - start));
    const target = this.#bytes;
    let at = this.#length;
    let index = start;
    while (index < pieceEnd) {
      const byte = source[index] as number;
      if (NEEDS_ESCAPE[byte] === 0) {
        target[at++] = byte;
        index += 1;
        continue;
      }
      const isSurrogate = byte === SURROGATE_LEAD && index + 2 < end && (source[index + 1] as number) >= 0xa0;
      if (byte === SURROGATE_LEAD && !isSurrogate) {
        target[at++] = byte;
        index += 1;
        continue;
      }
      const escaped = isSurrogate ? escapeSurrogate(source, index) : escapeControl(byte);
      for (let mark = 0; mark < escaped.length; mark += 1) target[at++] = escaped.charCodeAt(mark);
      index += isSurrogate ? 3 : 1;
    }
    this.#length = at;
    return index;
  }

  #copy(source: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start);
    const target = this.#bytes;
    let at = this.#length;
    for (let index = start; index < end; index += 1) target[at++] = source[index] as number;
    this.#length = at;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.view());
    this.#bytes = grown;
  }
}

function needsQuotes(source: Uint8Array, start: number, end: number): boolean {
  if (start === end || source[start] === 0x20 || source[end - 1] === 0x20) return true;
  for (let index = start; index < end; index += 1) if (NEEDS_QUOTES[source[index] as number] === 1) return true;
  return false;
}

function escapeControl(byte: number): string {
  return SHORT_ESCAPES[byte] ?? `\\u00${HEX[byte >> 4]}${HEX[byte & 15]}`;
}

/** A lone surrogate of a JSON input goes back into JSON as it came: UTF-8 has no valid bytes for it. */
function escapeSurrogate(source: Uint8Array, index: number): string {
  const unit = 0xd000 | (((source[index + 1] as number) & 0x3f) << 6) | ((source[index + 2] as number) & 0x3f);
  return `\\u${unit.toString(16)}`;
}
