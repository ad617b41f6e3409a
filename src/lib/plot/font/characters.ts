import { GLYPHS } from './glyphs.ts';

/** Signs that no decomposition leads to ours. */
const SUBSTITUTES: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  Æ: 'AE',
  œ: 'oe',
  Œ: 'OE',
  ø: 'o',
  Ø: 'O',
  đ: 'd',
  Đ: 'D',
  ł: 'l',
  Ł: 'L',
  ı: 'i',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '‐': '-',
  '‑': '-',
};

const PLAIN = /^[!-~]*(?: [!-~]+)*$/;
const MARKS = /\p{Mark}/gu;
const INVISIBLE = /[\p{Control}\p{Format}]/gu;

/** The signs to draw for a text: letters without their accents where needed, null for what we cannot draw. */
export function toGlyphNames(text: string): (string | null)[] {
  // Most texts of a plot; patterns of Unicode classes cost milliseconds when first used.
  if (PLAIN.test(text)) return [...text];
  const names: (string | null)[] = [];
  for (const sign of text.replaceAll(/\s+/g, ' ').replaceAll(INVISIBLE, '')) {
    if (Object.hasOwn(GLYPHS, sign)) names.push(sign);
    else names.push(...simplify(sign));
  }
  return names;
}

function simplify(sign: string): (string | null)[] {
  const plain = SUBSTITUTES[sign] ?? sign.normalize('NFKD').replaceAll(MARKS, '');
  return Array.from(plain, part => (Object.hasOwn(GLYPHS, part) ? part : null));
}
