import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSource } from '../../../src/lib/data/open-source.ts';
import { openTable } from '../../../src/lib/data/open-table.ts';
import type { FieldColumn } from '../../../src/lib/data/rows.ts';
import type { SampleRequest } from '../../../src/lib/data/sample.ts';
import { chooseRows } from '../../../src/lib/train/choose-rows.ts';

const ROWS = 12_000;
const { signal } = new AbortController();
let dir: string;
let file: string;
let text: string;

beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-choose-'));
  file = path.join(dir, 'rows.csv');
  const rows = Array.from({ length: ROWS }, (_, row) => `row number ${row},${row < ROWS / 2 ? 'neg' : 'pos'}`);
  text = `text,label\n${rows.join('\n')}\n`;
  fs.writeFileSync(file, text);
});
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

function read({ bytes, starts, ends }: FieldColumn, row: number): string {
  return new TextDecoder().decode(bytes.subarray(starts[row], ends[row]));
}

/** Every row that the sample has, as number, text and label. */
async function choose(sample: SampleRequest, from: 'file' | 'stdin'): Promise<[number, string, string][]> {
  const world = { cwd: dir, stdin: Readable.from([Buffer.from(text)]) };
  const source = await openSource(from === 'file' ? file : '-', world);
  const request = { needsLabel: true };
  const again = source.repeatable ? () => openTable(source, request) : null;
  const chosen = await chooseRows(await openTable(source, request), { sample, again, signal });
  const found: [number, string, string][] = [];
  for await (const batch of chosen.batches()) {
    for (let row = 0; row < batch.rows; row++) {
      const number = batch.numberOf(row);
      if (chosen.selects(number)) found.push([number, read(batch.texts, row), read(batch.labels, row)]);
    }
  }
  return found;
}

describe('rows of a sample', () => {
  test('without a limit every row is there, with its own number', async () => {
    const rows = await choose({ seed: 1, fraction: 1, maxRows: 0 }, 'file');
    expect(rows).toHaveLength(ROWS);
    expect(rows.every(([number, said]) => said === `row number ${number}`)).toBe(true);
  });

  test('a limit is kept exactly and takes rows from everywhere, not from the head', async () => {
    const rows = await choose({ seed: 1, fraction: 1, maxRows: 500 }, 'file');
    expect(rows).toHaveLength(500);
    const positive = rows.filter(([, , label]) => label === 'pos').length;
    expect(positive).toBeGreaterThan(180);
    expect(positive).toBeLessThan(320);
  });

  test('a stream that can be read only once gives the very same rows as a file', async () => {
    const sample = { seed: 7, fraction: 0.5, maxRows: 4500 };
    const streamed = await choose(sample, 'stdin');
    expect(streamed).toHaveLength(4500);
    expect(streamed).toEqual(await choose(sample, 'file'));
  });

  test('another seed chooses other rows, the same seed the same', async () => {
    const first = await choose({ seed: 1, fraction: 1, maxRows: 100 }, 'file');
    expect(await choose({ seed: 1, fraction: 1, maxRows: 100 }, 'file')).toEqual(first);
    expect(await choose({ seed: 2, fraction: 1, maxRows: 100 }, 'file')).not.toEqual(first);
  });

  test('a limit above the number of rows takes them all', async () => {
    expect(await choose({ seed: 1, fraction: 1, maxRows: ROWS * 2 }, 'stdin')).toHaveLength(ROWS);
  });

  test('nulls survive being held in memory', async () => {
    const source = await openSource('-', {
      cwd: dir,
      stdin: Readable.from([Buffer.from('{"text":null,"label":1}\n{"text":"a","label":0}\n')]),
    });
    const table = await openTable(source, { needsLabel: true });
    const chosen = await chooseRows(table, { sample: { seed: 1, fraction: 1, maxRows: 10 }, again: null, signal });
    for await (const batch of chosen.batches()) {
      expect([...batch.texts.starts]).toEqual([-1, 0]);
      expect(read(batch.texts, 1)).toBe('a');
    }
  });
});
