import { describe, expect, test } from 'vitest';
import { openTable } from '../../../../src/lib/data/open-table.ts';
import { BadRows } from '../../../../src/lib/data/read/bad-rows.ts';
import { BlockReader } from '../../../../src/lib/data/read/block-reader.ts';
import { failure, open, readAll, sourceOf } from '../tables.ts';

const MIB = 1024 * 1024;
const never = () => new AbortController().signal;

async function* cut(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe('blocks', () => {
  test('are the same for every size of chunks, and what was left moves to their beginning', async () => {
    const bytes = Buffer.from(Array.from({ length: 2.5 * MIB }, (_, at) => (at * 31) & 0xff));
    for (const chunk of [10_007, MIB, 3 * MIB]) {
      const reader = new BlockReader(cut(bytes, chunk));
      const ends: [number, boolean][] = [];
      let place = 0;
      for (const left of [100, MIB, 0]) {
        expect(await reader.fill(never())).toBe(true);
        ends.push([reader.end, reader.isLast]);
        expect(reader.bytes.compare(bytes, place, place + reader.end, 0, reader.end)).toBe(0);
        reader.start = reader.end - left;
        place += reader.start;
      }
      // The second block has grown to hold what was left; the third has the rest.
      expect(ends).toEqual([
        [MIB, false],
        [MIB, false],
        [1.5 * MIB + 100, true],
      ]);
    }
  });

  test('grow only while a record fills them, and shrink again', async () => {
    const reader = new BlockReader(cut(Buffer.alloc(9 * MIB), MIB / 2));
    const sizes: number[] = [];
    for (let block = 0; block < 4; block++) {
      await reader.fill(never());
      sizes.push(reader.bytes.length / MIB);
      if (block === 2) reader.start = reader.end - 10;
    }
    expect(sizes).toEqual([1, 2, 4, 1]);
  });

  test('an empty source gives an empty last block', async () => {
    const reader = new BlockReader(cut(Buffer.alloc(0), 1));
    expect(await reader.fill(never())).toBe(true);
    expect([reader.start, reader.end, reader.isLast]).toEqual([0, 0, true]);
  });

  test('an abort ends the wait for a source that says nothing, and closing does not wait for it', async () => {
    const abort = new AbortController();
    const reader = new BlockReader(
      (async function* () {
        yield Buffer.from('a');
        await new Promise(() => {});
      })(),
    );
    const work = reader.fill(abort.signal);
    setTimeout(() => abort.abort(new Error('enough')), 5);
    await expect(work).rejects.toThrow('enough');
    await reader.close();
    await expect(new BlockReader(cut(Buffer.from('a'), 1)).fill(abort.signal)).rejects.toThrow('enough');
  });

  test('closing ends the source', async () => {
    let isEnded = false;
    const reader = new BlockReader(
      (async function* () {
        try {
          for (;;) yield Buffer.alloc(MIB);
        } finally {
          isEnded = true;
        }
      })(),
    );
    await reader.fill(never());
    await reader.close();
    expect(isEnded).toBe(true);
  });
});

describe('bad rows', () => {
  const filled = (good: number, bad: number) => {
    const rows = new BadRows('a.csv');
    rows.rows = good;
    for (let row = 0; row < bad; row++) rows.add(`reason ${row}`, () => 1000 + row);
    return rows;
  };

  test('the first five are kept, and lines are counted for those only', () => {
    const rows = new BadRows('a.csv');
    let asked = 0;
    for (let row = 0; row < 100; row++) rows.add('x', () => ++asked);
    expect([rows.count, asked, rows.examples.length]).toEqual([100, 5, 5]);
  });

  test.each<[good: number, bad: number, isEnd: boolean, says: string | null]>([
    [90, 10, true, null],
    [89, 11, true, '11 of 100 rows cannot be read'],
    [50, 49, true, null],
    [0, 3, true, 'all 3 rows cannot be read'],
    [0, 0, true, null],
    [0, 9999, false, null],
    [0, 10_000, false, '10,000 of 10,000 rows cannot be read'],
    [9000, 1000, false, null],
    [8999, 1001, false, '1,001 of 10,000 rows cannot be read'],
  ])('%i good and %i bad ones, at the end: %s', (good, bad, isEnd, says) => {
    const judge = () => filled(good, bad).judge(isEnd, 'what to do');
    if (says === null) expect(judge).not.toThrow();
    else expect(judge).toThrow(`a.csv: ${says} (line 1,000: reason 0; line 1,001: reason 1; `);
  });

  test('details are for programs', () => {
    try {
      filled(1, 100).judge(true, 'what to do');
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({
        exit: 9,
        hint: 'what to do',
        details: { rows: 101, badRows: 100, badExamples: { length: 5, 0: { line: 1000, reason: 'reason 0' } } },
      });
    }
  });

  test('a file that is all wrong is given up before its end', async () => {
    const rows = `good,1\n${'a,b,c\n'.repeat(400_000)}`;
    const table = await openTable(sourceOf(`text,label\n${rows}`, { chunk: 65_536 }), { needsLabel: true });
    expect(await failure(readAll(table))).toMatch(
      /^DATA_INVALID rows.csv: [\d,]+ of [\d,]+ rows cannot be read \(line 3: 3 fields instead of 2; /,
    );
    expect(table.progress().done).toBeLessThan(2_000_000);
  });
});

describe('records without an end', () => {
  test('a line of more than 64 MiB is refused, told from a quote', async () => {
    async function* endless() {
      yield Buffer.from('text,label\ngood,1\n');
      for (let mebibyte = 0; mebibyte < 100; mebibyte++) yield Buffer.alloc(MIB, 'a');
    }
    const table = await openTable({ name: 'long.csv', bytes: null, repeatable: false, open: endless });
    expect(await failure(readAll(table))).toBe(
      'DATA_INVALID long.csv: the row in line 3 does not end within 64 MiB | the file has no line ends, or is no text file',
    );
  });

  test('a quote that is open at the end is told by its own line, not that of its row', async () => {
    const work = (csv: string) => open(csv).then(table => readAll(table));
    expect(await failure(work('text,label\n"a\nb",1\n"c\nd","e\nf\n'))).toMatch(
      /the quote that opens in line 5 never closes/,
    );
    expect(await failure(work(`text,label\n${'"a\nb",1\n'.repeat(30_000)}x,"\n`))).toMatch(
      /opens in line 60002 never closes/,
    );
  });
});
