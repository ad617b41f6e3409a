import { YOUNGER_CHARACTERS } from './younger-characters.ts';

/*
 * Which capital sigmas Java's toLowerCase writes as ς. The starting point is Unicode's condition Final_Sigma (The Unicode
 * Standard, section 3.13): a cased letter before, none after, as far as one looks through case-ignorable characters. Java
 * looks further, through letters without case and digits for instance, and less far at other places. The lists below were found
 * by experiment: a Java 17 machine lowered texts around every code point. docs/parity.md says how often they are wrong.
 */

/** What a character does to a stretch of text that Java looks through. */
const STOP = 1;
const LETTER = 2;
const DIGIT = 3;
const MARK = 4;
const FORMAT = 5;
/** Looked through between two letters. */
const HYPHEN = 6;
/** Looked through between two letters and between two digits. */
const POINT = 7;
/** Looked through between two digits. */
const COMMA = 8;
/** Looked through between a letter and a digit, in this order. */
const DANDA = 9;
const KIND = 15;
const CASED = 16;

/** Kana and the Chinese characters of the first versions of Unicode end a stretch; later ones are letters like others. */
const STOPPING_LETTERS = /[\u3005\u3041-\u3094\u309d\u309e\u30a1-\u30fa\u30fc-\u30fe\u4e00-\u9fa5\uf900-\ufa2d]/;
/** Of the letters and numbers that Unicode calls cased, Java takes these. */
const CASED_CHARACTERS =
  /[\p{Lu}\p{Ll}\p{Lt}\u0295\u02b0-\u02b8\u02c0\u02c1\u02e0-\u02e4\u037a\u1d2c-\u1d61\u2160-\u217f]|\u0345/u;
const YOUNGER = new RegExp(`[${YOUNGER_CHARACTERS}]`, 'u');
const TESTS: readonly (readonly [RegExp, number])[] = [
  [YOUNGER, STOP],
  [STOPPING_LETTERS, STOP],
  [/[\p{Mn}\p{Me}]|\u1734/u, MARK],
  [/[\p{L}\p{Mc}]/u, LETTER],
  [/\p{N}/u, DIGIT],
  [/[\p{Pd}\p{Pc}\u00ad\u2027]/u, HYPHEN],
  [/\p{Cf}/u, FORMAT],
  [/["'.]/, POINT],
  [/[,\u066b]/, COMMA],
  [/[\u0964\u0965]/, DANDA],
];
const SIGMA = 0x3a3;
const kinds = new Uint8Array(0x10000);

/**
 * The places of the sigmas that become final. A stretch is what Java looks through without a stop; in it only the last cased
 * character can be a final sigma, and only if it is not the first as well. So one pass over the text is enough.
 */
export function findFinalSigmas(text: string): number[] {
  const found: number[] = [];
  let cased = 0;
  let last = -1;
  let base = STOP;
  let joint = STOP;
  const end = () => {
    if (cased > 1 && text.charCodeAt(last) === SIGMA) found.push(last);
    cased = 0;
    last = -1;
    base = joint = STOP;
  };
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    const pair = unit >= 0xd800 && unit < 0xdc00 ? (text.codePointAt(at) ?? unit) : unit;
    const kind = pair > 0xffff ? kindOfPair(pair) : kindOf(unit);
    const type = kind & KIND;
    if (type === FORMAT) continue;
    if (type === STOP || (type === MARK && (joint !== STOP || base === STOP))) {
      end();
    } else if (type >= HYPHEN) {
      if (joint !== STOP || base === STOP) end();
      else joint = type;
    } else {
      if (joint !== STOP && !joins(joint, base, type)) end();
      joint = STOP;
      if (type !== MARK) base = type;
      if ((kind & CASED) !== 0) {
        cased++;
        last = at;
      }
    }
    if (pair > 0xffff) {
      // Seen from the right, a character of two code units stops the search, unless the text begins with it.
      if (type === LETTER && (at > 0 || (kind & CASED) === 0)) {
        end();
        base = LETTER;
      }
      at++;
    }
  }
  end();
  return found;
}

function joins(joint: number, before: number, after: number): boolean {
  if (before !== after) return joint === DANDA && after === DIGIT;
  return joint === POINT || joint === (before === LETTER ? HYPHEN : COMMA);
}

function kindOf(unit: number): number {
  let kind = kinds[unit] ?? 0;
  if (kind === 0) {
    const character = String.fromCharCode(unit);
    kind = TESTS.find(([set]) => set.test(character))?.[1] ?? STOP;
    if (kind !== STOP && CASED_CHARACTERS.test(character)) kind |= CASED;
    kinds[unit] = kind;
  }
  return kind;
}

/** Beyond U+FFFF only letters count, and only with case do they hold up a sigma before them. */
function kindOfPair(code: number): number {
  const character = String.fromCodePoint(code);
  if (YOUNGER.test(character) || !/\p{L}/u.test(character)) return STOP;
  return CASED_CHARACTERS.test(character) ? LETTER | CASED : LETTER;
}
