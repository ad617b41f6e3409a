import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLabelIds } from '../../../src/lib/data/label-ids.ts';
import { createLabelOrder } from '../../../src/lib/data/label-order.ts';
import { resolveLabels } from '../../../src/lib/data/labels.ts';
import { createRandom } from '../../../src/lib/data/random.ts';
import { eachBatch, open } from './tables.ts';

/** Labels of a table through the reader, with their column. */
async function number(values: readonly (string | null)[], type: 'csv' | 'jsonl' = 'jsonl') {
  const ids = createLabelIds('label');
  const lines = values.map((label, row) =>
    type === 'csv' ? `row ${row},${label ?? ''}` : JSON.stringify({ text: `row ${row}`, label }),
  );
  const table = await open(`${type === 'csv' ? 'text,label\n' : ''}${lines.join('\n')}\n`, {
    textColumn: 'text',
    labelColumn: 'label',
  });
  const found: number[] = [];
  await eachBatch(table, ['label'], ({ rows, columns: [column] }) => {
    if (!column) throw new Error('no column');
    const out = new Int32Array(rows);
    ids.assign(column, rows, out);
    found.push(...out);
  });
  return { ids, found };
}

describe('label ids', () => {
  test('are those of a map, for any labels', async () => {
    const label = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 6 }),
      fc.constantFrom(null, '', ' ', 'a', ' a', 'a\t', 'é'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(label, { minLength: 1, maxLength: 40 }), async values => {
        const known = new Map<string, number>();
        const trimmed = values.map(value => (value ?? '').replace(/^[ \t-\r]+|[ \t-\r]+$/g, ''));
        const wanted = trimmed.map(value => {
          if (value === '') return -1;
          if (!known.has(value)) known.set(value, known.size);
          return known.get(value);
        });
        const { ids, found } = await number(values);
        expect(found).toEqual(wanted);
        expect(ids.counts()).toEqual(
          [...known.keys()].map(value => ({ value, rows: trimmed.filter(each => each === value).length })),
        );
        expect(ids.blank).toBe(wanted.filter(id => id === -1).length);
      }),
      { numRuns: 60 },
    );
  });

  test('keep case and inner white space; numbers of JSON lines and of CSV are the same labels', async () => {
    const { ids } = await number(['A', 'a', 'a  b', 'a b']);
    expect(ids.counts().map(({ value }) => value)).toEqual(['A', 'a', 'a  b', 'a b']);
    const csv = await number(['1', '0', '', '1.5'], 'csv');
    expect(csv.ids.counts().map(({ value }) => value)).toEqual(['1', '0', '1.5']);
    expect(csv.ids.blank).toBe(1);
  });

  test('a thousand different labels fit, one more is too many; a label has a thousand bytes at most', async () => {
    const labels = Array.from({ length: 1000 }, (_, row) => `label ${row}`);
    expect((await number([...labels, ...labels])).found).toEqual([...labels.keys(), ...labels.keys()]);
    await expect(number([...labels, 'another'])).rejects.toMatchObject({
      exit: 9,
      message: 'column label has more than 1,000 different values: it looks like no label column',
      hint: 'name the column of the labels with --label-column',
    });
    expect((await number([`${' '.repeat(50)}${'é'.repeat(500)}`])).ids.counts()).toEqual([
      { value: 'é'.repeat(500), rows: 1 },
    ]);
    await expect(number(['x'.repeat(1001)])).rejects.toThrow('column label has a value of 1,001 bytes');
  });

  test('nothing but blank labels are no class', async () => {
    const { ids } = await number([null, '', '  ']);
    expect(() => resolveLabels(ids.counts(), { columnName: 'label', blank: ids.blank })).toThrow(
      'column label has no class: found no label (3 rows)',
    );
  });
});

describe('the order of labels', () => {
  const warn = (labels: Iterable<number>, piece = 1000) => {
    const order = createLabelOrder();
    const all = [...labels];
    for (let at = 0; at < all.length; at += piece) {
      const part = Int32Array.from([...all.slice(at, at + piece), 99, 98]);
      order.add(part, part.length - 2);
    }
    return order.warning(['neg', 'pos', 'neu']);
  };
  const blocks = (...lengths: number[]) =>
    lengths.flatMap((length, index) => new Array<number>(length).fill(index % 3));

  test('is not seen in fewer than a hundred rows', () => {
    expect(warn(blocks(49, 50))).toBeNull();
    expect(warn(blocks(50, 50))).toContain('the first 50 rows are all neg');
  });

  test('a first run that is short is not told as one', () => {
    expect(warn(blocks(1, 999, 1000))).toContain('the label changes 2 times in 2,000 rows');
    expect(warn(blocks(40, 960, 1000))).toContain('2 times in 2,000 rows');
    expect(warn(blocks(41, 959, 1000))).toContain('the first 41 rows are all neg');
  });

  test('is the same for every size of batches, and rows without a label do not count', () => {
    const labels = [...blocks(300, 200, 100)].flatMap(label => [label, -1]);
    for (const piece of [1, 7, 600, 5000]) expect(warn(labels, piece)).toBe(warn(labels));
    expect(warn(labels)).toContain('the first 300 rows are all neg');
  });

  test('of rows by chance is never warned of, be a label rare or not', () => {
    const random = createRandom(11, 1);
    for (const share of [0.5, 0.2, 0.05, 0.01]) {
      expect(warn(Array.from({ length: 5000 }, () => (random() < share ? 1 : 0)))).toBeNull();
    }
  });

  test('a label without a name goes by its number', () => {
    const order = createLabelOrder();
    order.add(new Int32Array(200).fill(7), 200);
    order.add(new Int32Array(200).fill(8), 200);
    expect(order.warning([])).toContain('the first 200 rows are all 7');
  });
});
