import { PART, type TextBatch } from '../../../src/lib/train/batch.ts';

export interface MadeRow {
  readonly text: string | null;
  /** Id of the label; −1 where there is none. */
  readonly label: number;
  /** PART of the row. */
  readonly part: number;
}

const encoder = new TextEncoder();

/** Rows as a reader hands them over: one buffer, with bytes between the fields that belong to nobody. */
export function batchOf(rows: readonly MadeRow[]): TextBatch {
  const bytes: number[] = [];
  const starts = new Int32Array(rows.length).fill(-1);
  const ends = new Int32Array(rows.length).fill(-1);
  for (const [row, { text }] of rows.entries()) {
    bytes.push(0x22);
    if (text === null) continue;
    starts[row] = bytes.length;
    bytes.push(...encoder.encode(text));
    ends[row] = bytes.length;
  }
  return {
    rows: rows.length,
    texts: { bytes: Uint8Array.from(bytes), starts, ends },
    labelIds: Int32Array.from(rows, ({ label }) => label),
    parts: Uint8Array.from(rows, ({ part }) => part),
  };
}

const WORDS = [
  ['dreadful', 'broken', 'awful', 'waste', 'refund'],
  ['wonderful', 'great', 'love', 'perfect', 'happy'],
  ['average', 'ordinary', 'fine', 'plain', 'okay'],
];
const NEUTRAL = [
  'camera',
  'book',
  'phone',
  'delivery',
  'Screen',
  'battery',
  'really',
  'bought',
  'gift',
  'É',
  'the',
  'and',
];

/** Texts whose words tell their label most of the time; a fifth of the rows each to validate and to test on. */
export function madeRows(count: number, classes = 2, seed = 1): MadeRow[] {
  let state = seed;
  const draw = (bound: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
  const pick = (words: readonly string[] = []) => words[draw(words.length)] ?? '';
  return Array.from({ length: count }, (_, row) => {
    const label = row % classes;
    const told = draw(8) === 0 ? draw(classes) : label;
    const words = [pick(NEUTRAL), pick(WORDS[told]), pick(NEUTRAL), pick(WORDS[told]), pick(NEUTRAL)];
    const fifth = Math.floor(row / classes) % 5;
    return { text: words.join(' '), label, part: fifth === 3 ? PART.validation : fifth === 4 ? PART.test : PART.train };
  });
}
