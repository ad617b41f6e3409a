import { mix } from '../../../../src/lib/learn/ngram/random.ts';
import { PART, type TextBatch } from '../../../../src/lib/train/batch.ts';
import type { TextChunk } from '../../../../src/lib/train/ngram/text-chunk.ts';

export interface MadeText {
  readonly text: string | null;
  readonly label: number;
  readonly part: number;
}

const TOLD = [
  ['dreadful', 'dull', 'never again', 'a waste of time'],
  ['wonderful', 'moving', 'see it again', 'worth every minute'],
  ['it was fine', 'so so', 'neither nor', 'éventuellement'],
];

/** Rows of noise words with a phrase that tells the class; every fifth row is for the test. */
export function madeTexts(count: number, classes: number, words = 12): MadeText[] {
  return Array.from({ length: count }, (_, row) => {
    const label = mix(1, row) % classes;
    const noise = Array.from({ length: words }, (_, at) => `w${mix(row, at) % 3000}`);
    const told = TOLD[label] as readonly string[];
    noise[mix(2, row) % words] = told[mix(3, row) % told.length] as string;
    return { text: `${noise.join(' ')}!`, label, part: row % 5 === 0 ? PART.test : PART.train };
  });
}

/** The rows in batches whose memory is overwritten by the next one, as a reader gives them. */
export function* batchesOf(rows: readonly MadeText[], size = 100): Generator<TextBatch> {
  const encoder = new TextEncoder();
  const longest = Math.max(1, ...rows.map(({ text }) => encoder.encode(text ?? '').length));
  const bytes = new Uint8Array(longest * size);
  const [starts, ends] = [new Int32Array(size), new Int32Array(size)];
  const [labelIds, parts] = [new Int32Array(size), new Uint8Array(size)];
  for (let from = 0; from < rows.length; from += size) {
    const batch = rows.slice(from, from + size);
    let at = 0;
    bytes.fill(0x21);
    for (const [row, { text, label, part }] of batch.entries()) {
      starts[row] = text === null ? -1 : at;
      if (text !== null) at += encoder.encodeInto(text, bytes.subarray(at)).written;
      ends[row] = at;
      labelIds[row] = label;
      parts[row] = part;
    }
    yield { rows: batch.length, texts: { bytes, starts, ends }, labelIds, parts };
  }
}

/** All rows as one chunk, whatever part they are of. */
export function chunkOf(rows: readonly MadeText[]): TextChunk {
  const texts = rows.map(({ text }) => new TextEncoder().encode(text ?? ''));
  const ends = new Int32Array(new SharedArrayBuffer(4 * rows.length));
  let at = 0;
  for (const [row, { length }] of texts.entries()) {
    at += length;
    ends[row] = at;
  }
  const bytes = new Uint8Array(new SharedArrayBuffer(at));
  for (const [row, text] of texts.entries()) bytes.set(text, (ends[row] as number) - text.length);
  const labels = new Int32Array(new SharedArrayBuffer(4 * rows.length));
  labels.set(rows.map(({ label }) => label));
  return { bytes, ends, labels, rows: rows.length };
}
