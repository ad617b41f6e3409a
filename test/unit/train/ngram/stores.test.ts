import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBuckets } from '../../../../src/lib/train/ngram/bucket-store.ts';
import { MemoryBudget, openRecords, RecordStore } from '../../../../src/lib/train/ngram/record-store.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ngram-store-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

describe('RecordStore', () => {
  it('gives blocks back in the order in which their places were reserved, from memory or from the file', () => {
    const store = new RecordStore(path.join(folder, 'rows'), new MemoryBudget(6));
    const places = [store.reserve(), store.reserve(), store.reserve(), store.reserve()];
    store.put(places[2] as number, { bytes: Uint8Array.of(5, 1, 9), rows: 1, features: 1 });
    store.put(places[0] as number, { bytes: Uint8Array.of(1, 2, 3, 4), rows: 1, features: 2 });
    store.put(places[1] as number, { bytes: Uint8Array.of(7, 0), rows: 1, features: 0 });
    store.put(places[3] as number, { bytes: Uint8Array.of(8, 3, 1, 1, 1), rows: 1, features: 3 });
    const stored = store.describe();
    expect(stored).toMatchObject({ rows: 4, features: 6 });
    expect(stored.blocks.map(block => 'memory' in block)).toEqual([false, true, true, false]);
    const source = openRecords(stored);
    expect([0, 1, 2, 3].map(block => [...source.read(block)])).toEqual([
      [1, 2, 3, 4],
      [7, 0],
      [5, 1, 9],
      [8, 3, 1, 1, 1],
    ]);
    expect(() => source.read(4)).toThrow('no block 4 of 4');
    source.close();
    store.close();
  });

  it('makes no file while memory is enough', () => {
    const store = new RecordStore(path.join(folder, 'rows'), new MemoryBudget(1000));
    store.put(store.reserve(), { bytes: Uint8Array.of(1, 0), rows: 1, features: 0 });
    expect(fs.readdirSync(folder)).toEqual([]);
    store.close();
  });

  it('says so when the file was cut behind its back', () => {
    const file = path.join(folder, 'rows');
    const store = new RecordStore(file, new MemoryBudget(0));
    store.put(store.reserve(), { bytes: Uint8Array.of(1, 0, 2, 0), rows: 2, features: 0 });
    fs.truncateSync(file, 3);
    const source = openRecords(store.describe());
    expect(() => source.read(0)).toThrow('shorter than it was written');
    source.close();
    store.close();
  });
});

describe('openBuckets', () => {
  it('gives back what was put in, in memory as in a file', () => {
    let run = 0;
    const records = fc.array(fc.tuple(fc.nat(3), fc.nat(9000), fc.integer()), { maxLength: 30 });
    fc.assert(
      fc.property(records, rows => {
        const sizes = [0, 0, 0, 0];
        for (const [bucket, length] of rows) sizes[bucket] = (sizes[bucket] as number) + length;
        const memory = openBuckets('', 2 ** 30, sizes);
        const file = openBuckets(path.join(folder, `${run++}`), -1, sizes);
        for (const [bucket, length, value] of rows) {
          memory.append(bucket, new Int32Array(length).fill(value));
          file.append(bucket, new Int32Array(length).fill(value));
        }
        for (const bucket of [2, 0, 1, 3, 1]) {
          const expected = rows.filter(row => row[0] === bucket).flatMap(row => new Array<number>(row[1]).fill(row[2]));
          expect(memory.read(bucket)).toEqual(Int32Array.from(expected));
          expect(file.read(bucket)).toEqual(Int32Array.from(expected));
        }
        memory.close();
        file.close();
      }),
      { numRuns: 40 },
    );
  });
});
