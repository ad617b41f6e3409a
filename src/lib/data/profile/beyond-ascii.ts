/** Signs of texts beyond ASCII that mostly mean a mishap; a bit each. */
export const MISHAP = {
  /** U+FFFD, which stands for bytes that could not be read. */
  replaced: 1,
  /** U+0080 to U+009F. */
  control: 2,
  /** Zero width, or changing the direction of writing. */
  hidden: 4,
  /** UTF-8 that was read as Latin-1 or Windows-1252. */
  mojibake: 8,
} as const;

export const SCRIPTS = [
  'none',
  'Latin',
  'Greek',
  'Cyrillic',
  'Armenian',
  'Hebrew',
  'Arabic',
  'Devanagari',
  'Indic',
  'Thai',
  'Georgian',
  'Hangul',
  'Ethiopic',
  'Khmer',
  'Kana',
  'Han',
  'other',
] as const;
type Script = (typeof SCRIPTS)[number];

/** Blocks of the Unicode standard that letters of a script stand in; by sixteens. */
const BLOCKS: readonly (readonly [script: Script, from: number, to: number])[] = [
  ['Latin', 0x00c0, 0x024f],
  ['Latin', 0x1e00, 0x1eff],
  ['Latin', 0xff20, 0xff5f],
  ['Greek', 0x0370, 0x03ff],
  ['Greek', 0x1f00, 0x1fff],
  ['Cyrillic', 0x0400, 0x052f],
  ['Armenian', 0x0530, 0x058f],
  ['Hebrew', 0x0590, 0x05ff],
  ['Arabic', 0x0600, 0x077f],
  ['Arabic', 0x08a0, 0x08ff],
  ['Hebrew', 0xfb20, 0xfb4f],
  ['Arabic', 0xfb50, 0xfdff],
  ['Arabic', 0xfe70, 0xfeff],
  ['Devanagari', 0x0900, 0x097f],
  ['Indic', 0x0980, 0x0dff],
  ['Thai', 0x0e00, 0x0e7f],
  ['other', 0x0e80, 0x109f],
  ['Georgian', 0x10a0, 0x10ff],
  ['Hangul', 0x1100, 0x11ff],
  ['Ethiopic', 0x1200, 0x139f],
  ['other', 0x13a0, 0x177f],
  ['Khmer', 0x1780, 0x17ff],
  ['other', 0x1800, 0x1cff],
  ['Cyrillic', 0x1c80, 0x1c8f],
  ['Georgian', 0x1c90, 0x1cbf],
  ['Georgian', 0x2d00, 0x2d2f],
  ['Cyrillic', 0x2de0, 0x2dff],
  ['Kana', 0x3040, 0x30ff],
  ['Hangul', 0x3130, 0x318f],
  ['Han', 0x3400, 0x4dbf],
  ['Han', 0x4e00, 0x9fff],
  ['other', 0xa000, 0xabff],
  ['Cyrillic', 0xa640, 0xa69f],
  ['Hangul', 0xac00, 0xd7af],
  ['Han', 0xf900, 0xfaff],
  ['Kana', 0xff60, 0xff9f],
];

const BY_SIXTEENS = createTable();
const LATIN = SCRIPTS.indexOf('Latin');
const HAN = SCRIPTS.indexOf('Han');

function createTable(): Uint8Array {
  const table = new Uint8Array(0x1000);
  for (const [script, from, to] of BLOCKS) table.fill(SCRIPTS.indexOf(script), from >> 4, (to + 1) >> 4);
  return table;
}

/** Reads texts that have characters beyond ASCII, once for all who want to know about them. */
export class BeyondAscii {
  /** Index in SCRIPTS of the one with most letters. */
  script = 0;
  /** Bits of MISHAP. */
  mishaps = 0;
  private readonly letters = new Int32Array(SCRIPTS.length);

  /** The bytes are valid UTF-8. */
  look(bytes: Uint8Array, start: number, end: number): void {
    const { letters } = this;
    letters.fill(0);
    this.mishaps = 0;
    let before = 0;
    for (let at = start; at < end; ) {
      const first = bytes[at] as number;
      if (first < 0x80) {
        if ((first | 0x20) >= 0x61 && (first | 0x20) <= 0x7a) letters[LATIN] = (letters[LATIN] as number) + 1;
        before = first;
        at++;
        continue;
      }
      const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
      const point = decodeAt(bytes, at, length);
      const script = point < 0x10000 ? (BY_SIXTEENS[point >> 4] as number) : isHanBeyond(point) ? HAN : 0;
      letters[script] = (letters[script] as number) + 1;
      this.mishaps |= mishapOf(point, before);
      before = point;
      at += length;
    }
    this.script = this.most();
  }

  private most(): number {
    let most = 0;
    for (let script = 1; script < SCRIPTS.length; script++) {
      const count = this.letters[script] as number;
      if (count > 0 && (most === 0 || count > (this.letters[most] as number))) most = script;
    }
    return most;
  }
}

/** Where the first character is that means one of these mishaps; the start where none does. */
export function findMishap(bytes: Uint8Array, start: number, end: number, mishap: number): number {
  let before = 0;
  for (let at = start; at < end; ) {
    const first = bytes[at] as number;
    const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    const point = length === 1 ? first : decodeAt(bytes, at, length);
    if (length > 1 && (mishapOf(point, before) & mishap) !== 0) return at;
    before = point;
    at += length;
  }
  return start;
}

function decodeAt(bytes: Uint8Array, at: number, length: number): number {
  const [a, b] = [bytes[at] as number, (bytes[at + 1] as number) & 0x3f];
  if (length === 2) return ((a & 0x1f) << 6) | b;
  const c = (bytes[at + 2] as number) & 0x3f;
  if (length === 3) return ((a & 0x0f) << 12) | (b << 6) | c;
  return ((a & 0x07) << 18) | (b << 12) | (c << 6) | ((bytes[at + 3] as number) & 0x3f);
}

function isHanBeyond(point: number): boolean {
  return point >= 0x20000 && point < 0x32000;
}

function mishapOf(point: number, before: number): number {
  if (point < 0x100) {
    const isSecond = point <= 0xbf && (before === 0xc3 || before === 0xc2);
    const isPiece = (before === 0xe2 && point === 0x80) || (before === 0xf0 && point === 0x9f);
    if (isSecond || isPiece) return MISHAP.mojibake;
    if (point < 0xa0) return MISHAP.control;
    return point === 0xad ? MISHAP.hidden : 0;
  }
  // â€ and ðŸ: the first two bytes of a typographic quote and of an emoji, read as Windows-1252.
  if ((point === 0x20ac && before === 0xe2) || (point === 0x178 && before === 0xf0)) return MISHAP.mojibake;
  if (point === 0xfffd) return MISHAP.replaced;
  return isHidden(point) ? MISHAP.hidden : 0;
}

/** The zero width joiner is left out: emoji and Indic scripts are written with it. */
function isHidden(point: number): boolean {
  if (point < 0x200b || point > 0xfeff) return false;
  const isZeroWidth = point === 0x200b || point === 0xfeff || (point >= 0x2060 && point <= 0x2064);
  return isZeroWidth || (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}
