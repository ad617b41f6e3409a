import { describe, expect, it } from 'vitest';
import { Folder } from '../../../../src/lib/learn/ngram/fold.ts';
import { RowBlock } from '../../../../src/lib/learn/ngram/row-block.ts';
import { RowHasher } from '../../../../src/lib/learn/ngram/row-hasher.ts';
import { lowerCase } from '../../../../src/lib/text/lower-case.ts';
import { createChunkHasher } from '../../../../src/lib/train/ngram/hash-chunk.ts';
import { createLowerUtf8 } from '../../../../src/lib/train/ngram/lower-utf8.ts';
import { CHUNK_BYTES, CHUNK_ROWS, ChunkBuilder, type TextChunk } from '../../../../src/lib/train/ngram/text-chunk.ts';
import { randomTexts } from '../../../helpers/random-texts.ts';
import { chunkOf, madeTexts } from './made-texts.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function textsOf({ bytes, ends, rows }: TextChunk): string[] {
  return Array.from({ length: rows }, (_, row) =>
    decoder.decode(bytes.slice(row === 0 ? 0 : ends[row - 1], ends[row])),
  );
}

function add(builder: ChunkBuilder, text: string, label = 0): boolean {
  const bytes = encoder.encode(`<<${text}>>`);
  return builder.add(bytes, 2, bytes.length - 2, label);
}

describe('ChunkBuilder', () => {
  it('gives back what was added, in order, and starts afresh', () => {
    const builder = new ChunkBuilder();
    for (const [label, text] of ['one', '', 'drei é', '四'].entries()) expect(add(builder, text, label)).toBe(true);
    const chunk = builder.take(undefined);
    expect(textsOf(chunk)).toEqual(['one', '', 'drei é', '四']);
    expect([...chunk.labels.subarray(0, 4)]).toEqual([0, 1, 2, 3]);
    expect(builder.rows).toBe(0);
    expect(builder.take(undefined)).toMatchObject({ rows: 0 });
  });

  it('is full at so many rows, be they empty', () => {
    const builder = new ChunkBuilder();
    for (let row = 0; row < CHUNK_ROWS; row++) expect(add(builder, '')).toBe(true);
    expect(add(builder, '')).toBe(false);
    expect(builder.take(undefined).rows).toBe(CHUNK_ROWS);
    expect(add(builder, 'next')).toBe(true);
  });

  it('is full at so many bytes', () => {
    const builder = new ChunkBuilder();
    const half = 'x'.repeat(CHUNK_BYTES / 2);
    expect([add(builder, half), add(builder, half), add(builder, ''), add(builder, 'x')]).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(textsOf(builder.take(undefined)).map(({ length }) => length)).toEqual([half.length, half.length, 0]);
  });

  it('takes a row that is longer than a chunk, alone', () => {
    const builder = new ChunkBuilder();
    const long = 'y'.repeat(CHUNK_BYTES + 7);
    add(builder, 'short');
    expect(add(builder, long)).toBe(false);
    builder.take(undefined);
    expect(add(builder, long)).toBe(true);
    expect(add(builder, 'z')).toBe(false);
    expect(textsOf(builder.take(undefined))).toEqual([long]);
  });

  it('uses the memory of a chunk that is done again, and only that', () => {
    const builder = new ChunkBuilder();
    add(builder, 'first');
    const first = builder.take(undefined);
    add(builder, 'second');
    const second = builder.take(first);
    expect(second.bytes.buffer).not.toBe(first.bytes.buffer);
    add(builder, '3rd');
    const third = builder.take(undefined);
    expect(third.bytes.buffer).toBe(first.bytes.buffer);
    expect(textsOf(third)).toEqual(['3rd']);
    expect(textsOf(second)).toEqual(['second']);
  });

  it('lies in memory that a thread can see', () => {
    const builder = new ChunkBuilder();
    add(builder, 'shared');
    const { bytes, ends, labels } = builder.take(undefined);
    for (const { buffer } of [bytes, ends, labels]) expect(buffer).toBeInstanceOf(SharedArrayBuffer);
  });
});

describe('createChunkHasher', () => {
  const options = { numFeatures: 2 ** 14, words: [1, 2], characters: [2] };

  function rowsOf(packed: Uint8Array): number[][] {
    const labels = Int32Array.from({ length: 10 }, (_, label) => label);
    const block = new RowBlock(labels, new Folder(2 ** 14, 2 ** 14));
    block.open(packed);
    return Array.from({ length: block.rows }, (_, row) => [
      block.labels[row] as number,
      ...block.features.subarray(block.starts[row], block.starts[row + 1]),
    ]);
  }

  it('packs every row with its label and the features of its text', () => {
    const rows = [...madeTexts(60, 3), { text: '', label: 2, part: 0 }, { text: 'ÀÉ ß', label: 1, part: 0 }];
    const packed = createChunkHasher(options)(chunkOf(rows));
    const hasher = new RowHasher(options, createLowerUtf8());
    const expected = rows.map(({ text, label }) => {
      const bytes = encoder.encode(text ?? '');
      hasher.hash(bytes, 0, bytes.length);
      return [label, ...hasher.features.subarray(0, hasher.count)];
    });
    expect(rowsOf(packed.bytes)).toEqual(expected);
    expect(packed.rows).toBe(62);
    expect(packed.features).toBe(expected.reduce((sum, row) => sum + row.length - 1, 0));
  });

  it('gives each chunk memory of its own, of just the size', () => {
    const hash = createChunkHasher(options);
    const [first, second] = [hash(chunkOf(madeTexts(20, 2))), hash(chunkOf(madeTexts(9, 2)))];
    expect(first.bytes.buffer).not.toBe(second.bytes.buffer);
    for (const { bytes } of [first, second]) expect(bytes.buffer.byteLength).toBe(bytes.length);
  });

  it('grows for chunks that take more room than any before', () => {
    const long = Array.from({ length: 150_000 }, (_, at) => `w${at}`).join(' ');
    const rows = [
      { text: 'short', label: 1, part: 0 },
      { text: long, label: 0, part: 0 },
      { text: 'short', label: 1, part: 0 },
    ];
    const wide = { ...options, numFeatures: 2 ** 26 };
    const { bytes, features } = createChunkHasher(wide)(chunkOf(rows));
    expect(features).toBeGreaterThan(290_000);
    const block = new RowBlock(Int32Array.of(0, 1), new Folder(2 ** 26, 2 ** 26));
    block.open(bytes);
    expect([...block.labels.subarray(0, 3)]).toEqual([1, 0, 1]);
    expect(block.countOf(0)).toBe(block.countOf(2));
  });
});

describe('createLowerUtf8', () => {
  it('makes small letters as scoring does, and whole characters of any bytes', () => {
    const lower = createLowerUtf8();
    for (const text of randomTexts(300, 9)) {
      const bytes = encoder.encode(`ab${text}cd`);
      expect(decoder.decode(lower(bytes, 2, bytes.length - 2).slice())).toBe(lowerCase(text.toWellFormed()));
    }
    expect(decoder.decode(lower(Uint8Array.of(0x41, 0xff, 0xc3), 0, 3).slice())).toBe('a\ufffd\ufffd');
  });

  it('grows for a long text and is right for a short one after it', () => {
    const lower = createLowerUtf8();
    const long = encoder.encode('ÄÖ'.repeat(20_000));
    expect(lower(long, 0, long.length)).toHaveLength(long.length);
    expect(decoder.decode(lower(encoder.encode('É'), 0, 2).slice())).toBe('é');
  });
});
