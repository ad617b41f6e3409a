import { stripColor } from './cell.ts';

/** A colour code, or what a person sees as one character, with the number of terminal columns it takes. */
export interface Unit {
  readonly text: string;
  readonly width: number;
}

/** Measures text as a terminal shows it. */
export interface Ruler {
  width(text: string): number;
  units(text: string): Unit[];
}

const PLAIN = /^[\x20-\x7e]*$/;

const asciiRuler: Ruler = {
  width: text => stripColor(text).length,
  units: text => splitUnits(text, plain => [...plain].map(character => ({ text: character, width: 1 }))),
};

/** The tables of Unicode are loaded only when one of the texts needs them. */
export async function chooseRuler(texts: Iterable<string>): Promise<Ruler> {
  for (const text of texts) {
    if (!PLAIN.test(stripColor(text).replaceAll('\n', ''))) return loadUnicodeRuler();
  }
  return asciiRuler;
}

export async function loadUnicodeRuler(): Promise<Ruler> {
  const { default: stringWidth } = await import('string-width');
  const segmenter = new Intl.Segmenter();
  const graphemes = (text: string) =>
    [...segmenter.segment(text)].map(({ segment }) => ({ text: segment, width: stringWidth(segment) }));
  return {
    // The sum of its units, so that what is measured as a whole and what is laid out piece by piece agree.
    width: text => graphemes(stripColor(text)).reduce((sum, unit) => sum + unit.width, 0),
    units: text => splitUnits(text, graphemes),
  };
}

function splitUnits(text: string, split: (plain: string) => Unit[]): Unit[] {
  const parts = text.split(/(\x1b\[[0-9;]*m)/);
  return parts.flatMap((part, index) => (index % 2 === 1 ? [{ text: part, width: 0 }] : split(part)));
}
