import { describe, expect, test } from 'vitest';
import type { ReportEvent } from '../../../src/lib/core/report.ts';
import { silent } from '../../../src/lib/core/report.ts';
import { createLabelIds } from '../../../src/lib/data/label-ids.ts';
import { createLabelOrder } from '../../../src/lib/data/label-order.ts';
import type { Table } from '../../../src/lib/data/rows.ts';
import { PART, type TextBatch } from '../../../src/lib/train/batch.ts';
import { chooseRows } from '../../../src/lib/train/choose-rows.ts';
import type { TextLearner } from '../../../src/lib/train/learner.ts';
import { type ReadRequest, readRows } from '../../../src/lib/train/read-rows.ts';
import { columnOf, type FakeRow, fakeTable } from '../score/fakes.ts';

const { signal } = new AbortController();

/** Writes down every row that it is handed. */
function listener() {
  const heard: { text: string | null; id: number; part: number }[] = [];
  const sizes: number[] = [];
  const learner: TextLearner = {
    async add({ rows, texts, labelIds, parts }: TextBatch) {
      sizes.push(rows);
      // Whatever was handed over may be overwritten as soon as this has ended, not before.
      await new Promise(resolve => setImmediate(resolve));
      for (let row = 0; row < rows; row++) {
        const [start, end] = [texts.starts[row] as number, texts.ends[row] as number];
        const text = start < 0 ? null : new TextDecoder().decode(texts.bytes.subarray(start, end));
        heard.push({ text, id: labelIds[row] as number, part: parts[row] as number });
      }
    },
    fit: async () => [],
    close: async () => {},
  };
  return { heard, sizes, learner };
}

async function requestOf(table: Table, more: Partial<ReadRequest> & { fraction?: number } = {}): Promise<ReadRequest> {
  const sample = { seed: 1, fraction: more.fraction ?? 1, maxRows: 0 };
  return {
    table,
    chosen: await chooseRows(table, { sample, again: null, signal }),
    title: 'read rows',
    labels: createLabelIds('label'),
    order: null,
    partOf: row => row % 3,
    learners: [],
    report: silent,
    ...more,
  };
}

const table = (rows: readonly FakeRow[], batch = 2) =>
  fakeTable(['text', 'label'], rows, { labelColumn: 'label', batch });

describe('rows on their way to the learners', () => {
  test('every learner gets every row, with its label and what it is used for', async () => {
    const rows = Array.from({ length: 7 }, (_, at) => ({ text: `text ${at}`, label: at % 2 === 0 ? 'pos' : 'neg' }));
    const [one, two] = [listener(), listener()];
    const { counts, blank } = await readRows(await requestOf(table(rows), { learners: [one.learner, two.learner] }));
    expect(one.heard).toEqual(rows.map(({ text }, at) => ({ text, id: at % 2, part: at % 3 })));
    expect(two.heard).toEqual(one.heard);
    expect(one.sizes).toEqual([2, 2, 2, 1]);
    expect(blank).toBe(0);
    // Rows 0, 3, 6 are to train on; 1, 4 to validate; 2, 5 to test.
    expect(counts).toEqual([
      [2, 1],
      [1, 1],
      [1, 1],
    ]);
  });

  test('the part hangs on the number of the row in the file and its label', async () => {
    const asked: [number, number][] = [];
    const rows = [
      { text: 'a', label: 'x' },
      { text: ' ', label: 'x' },
      { text: 'c', label: null },
      { text: 'd', label: 'y' },
    ];
    const partOf = (row: number, id: number) => {
      asked.push([row, id]);
      return PART.train;
    };
    await readRows(await requestOf(table(rows), { partOf }));
    expect(asked).toEqual([
      [0, 0],
      [3, 1],
    ]);
  });

  test.each([null, '', ' ', '\t\r\n \v\f'])('a row whose text is %j is left out and counted', async text => {
    const { heard, learner } = listener();
    const { blank, counts } = await readRows(
      await requestOf(
        table([
          { text, label: 'a' },
          { text: 'x', label: 'b' },
        ]),
        { learners: [learner] },
      ),
    );
    expect(blank).toBe(1);
    expect(heard.map(({ part }) => part)).toEqual([PART.left, 1]);
    expect(counts[0]).toEqual([]);
  });

  test.each(['\u00a0', '\u3000', '\ufeff', '.', '\0'])('%j is a text', async text => {
    const { blank } = await readRows(await requestOf(table([{ text, label: 'a' }])));
    expect(blank).toBe(0);
  });

  test('rows outside the sample are handed on as left out, and their texts count for nothing', async () => {
    const rows = Array.from({ length: 400 }, (_, at) => ({ text: at % 4 === 0 ? '' : 'some text', label: 'a' }));
    const { heard, learner } = listener();
    const { blank, counts } = await readRows(await requestOf(table(rows, 64), { fraction: 0.25, learners: [learner] }));
    const kept = counts.flat().reduce((sum, count) => sum + count, 0);
    expect(heard).toHaveLength(400);
    expect(heard.filter(({ part }) => part !== PART.left)).toHaveLength(kept);
    expect(kept + blank).toBeGreaterThan(60);
    expect(kept + blank).toBeLessThan(140);
    expect(blank).toBeGreaterThan(0);
  });

  test('batches larger than any before find room', async () => {
    const rows = Array.from({ length: 20_000 }, (_, at) => ({ text: `t${at}`, label: at % 2 === 0 ? 'a' : 'b' }));
    const { heard, learner } = listener();
    const { counts } = await readRows(await requestOf(table(rows, 15_000), { learners: [learner] }));
    expect(counts.flat().reduce((sum, count) => sum + count, 0)).toBe(20_000);
    expect(heard[14_999]).toEqual({ text: 't14999', id: 1, part: 14_999 % 3 });
    expect(heard[19_999]).toEqual({ text: 't19999', id: 1, part: 19_999 % 3 });
  });

  test('an order of labels is noticed', async () => {
    const rows = Array.from({ length: 300 }, (_, at) => ({ text: 'x', label: at < 150 ? 'neg' : 'pos' }));
    const order = createLabelOrder();
    await readRows(await requestOf(table(rows), { order }));
    expect(order.warning(['neg', 'pos'])).toContain('the first 150 rows are all neg');
  });

  test('a learner that fails ends the reading at once', async () => {
    let seen = 0;
    const learner: TextLearner = {
      add() {
        seen += 1;
        throw new Error('the disk is full');
      },
      fit: async () => [],
      close: async () => {},
    };
    const rows = Array.from({ length: 10 }, () => ({ text: 'x', label: 'a' }));
    await expect(readRows(await requestOf(table(rows), { learners: [learner] }))).rejects.toThrow('the disk is full');
    expect(seen).toBe(1);
  });
});

describe('progress', () => {
  const column = columnOf(['x']);
  const stalling = (done: readonly number[], total: number | null): Table => {
    let at = 0;
    return {
      ...table([]),
      async *batches() {
        for (; at < done.length; at++)
          yield { rows: 1, firstRow: at, columns: [column, column], record: () => ({ text: 'x', label: 'x' }) };
      },
      progress: () => ({ done: done[Math.min(at, done.length - 1)] as number, total }),
    };
  };
  const told = async (reading: Table) => {
    const events: ReportEvent[] = [];
    await readRows(await requestOf(reading, { report: event => void events.push(event), title: 'read test rows' }));
    return events;
  };

  test('is told when there is some', async () => {
    expect(await told(stalling([10, 10, 10, 30], 30))).toEqual([
      { type: 'progress', id: 'read test rows', label: 'read test rows', done: 10, total: 30, unit: 'bytes' },
      { type: 'progress', id: 'read test rows', label: 'read test rows', done: 30, total: 30, unit: 'bytes' },
    ]);
  });

  test('has no total where nobody knows it', async () => {
    expect((await told(stalling([5], null)))[0]).not.toHaveProperty('total');
  });
});
