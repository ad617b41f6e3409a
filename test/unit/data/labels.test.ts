import { describe, expect, test } from 'vitest';
import { createLabelIds } from '../../../src/lib/data/label-ids.ts';
import { createLabelOrder } from '../../../src/lib/data/label-order.ts';
import { foldLabel } from '../../../src/lib/data/label-schemes.ts';
import { type LabelRequest, resolveLabels } from '../../../src/lib/data/labels.ts';
import type { FieldColumn } from '../../../src/lib/data/rows.ts';

function columnOf(values: readonly (string | null)[]): FieldColumn {
  const starts = new Int32Array(values.length);
  const ends = new Int32Array(values.length);
  let at = 0;
  const bytes = Buffer.from(values.map(value => value ?? '').join(''));
  for (const [row, value] of values.entries()) {
    starts[row] = value === null ? -1 : at;
    at += Buffer.byteLength(value ?? '');
    ends[row] = at;
  }
  return { bytes, starts, ends };
}

/** Each label twice, but for those with their own number. */
function resolve(labels: Record<string, number> | readonly string[], request: Partial<LabelRequest> = {}) {
  const entries = Array.isArray(labels) ? labels.map((value): [string, number] => [value, 2]) : Object.entries(labels);
  return resolveLabels(
    entries.map(([value, rows]) => ({ value, rows })),
    { columnName: 'label', ...request },
  );
}

/** Which class each label is, dropped ones as −1. */
function classes(labels: readonly string[], columnName = 'label') {
  const { scheme, classes: names, classOf } = resolve(labels, { columnName });
  return `${scheme}: ${names.join()}: ${[...classOf].join()}`;
}

describe('label ids', () => {
  test('number labels in the order of first sight, without the white space around them', () => {
    const ids = createLabelIds('label');
    const out = new Int32Array(8);
    const column = columnOf(['pos', ' neg\r', null, 'pos ', '  ', '', 'ümlaut', 'neg']);
    ids.assign(column, 8, out);
    // The bytes of a batch are used again for the next one.
    column.bytes.fill(0);
    expect([...out]).toEqual([0, 1, -1, 0, -1, -1, 2, 1]);
    expect(ids.counts()).toEqual([
      { value: 'pos', rows: 2 },
      { value: 'neg', rows: 2 },
      { value: 'ümlaut', rows: 1 },
    ]);
    expect(ids.blank).toBe(3);
  });

  test('keep a thousand different ones apart and refuse more, or very long ones: a text is no label', () => {
    const ids = createLabelIds('id');
    const out = new Int32Array(2000);
    const values = Array.from({ length: 1000 }, (_, i) => `value ${(i * 7919) % 1000}`);
    ids.assign(columnOf([...values, ...values]), 2000, out);
    expect(new Set(out.subarray(0, 1000)).size).toBe(1000);
    expect([...out.subarray(1000)]).toEqual([...out.subarray(0, 1000)]);
    expect(() => ids.assign(columnOf(['one more']), 1, out)).toThrow(
      'column id has more than 1,000 different values: it looks like no label column',
    );
    expect(() => createLabelIds('text').assign(columnOf(['x'.repeat(1500)]), 1, out)).toThrow('a value of 1,500 bytes');
  });
});

describe('what labels mean', () => {
  test.each([
    [['1', '0'], 'label', '0/1: negative,positive: 1,0'],
    [['1.0', '0.0', '1'], 'label', '0/1: negative,positive: 1,0,1'],
    [['4', '0', '2'], 'target', '0/4: negative,positive: 1,0,-1'],
    [['-1', '1'], 'label', '-1/1: negative,positive: 0,1'],
    [['-1', '1', '0'], 'label', '-1/0/1: negative,neutral,positive: 0,2,1'],
    [['Positive', ' NEGATIVE '], 'sentiment', 'negative/positive: negative,positive: 1,0'],
    [['pos', 'neg', 'positive'], 'label', 'negative/positive: negative,positive: 1,0,1'],
    [['TRUE', 'false'], 'label', 'true/false: negative,positive: 1,0'],
    [['positive', 'neutral', 'neg'], 'label', 'negative/neutral/positive: negative,neutral,positive: 2,1,0'],
    [['5', '4', '3', '2', '1'], 'label', 'stars 1-5: negative,positive: 1,1,-1,0,0'],
    [['5.0', '1.0', '3.5', '2.5'], 'Overall', 'stars 1-5: negative,positive: 1,0,-1,-1'],
    [['10', '1', '7', '5', '4'], 'rating', 'ratings 1-10: negative,positive: 1,0,1,-1,0'],
    [['2', '1'], 'label', '1/2: negative,positive: 1,0'],
    [['spam', 'ham'], 'label', 'as written: ham,spam: 1,0'],
    [['3', '10', '0'], 'label', 'as written: 0,3,10: 1,2,0'],
    [['B', 'a', 'b'], 'label', 'as written: a,B: 1,0,1'],
    [['positive', 'neutral'], 'label', 'as written: neutral,positive: 1,0'],
    [['0', 'label', '1'], 'label', '0/1: negative,positive: 0,-1,1'],
    [['x', 'label', 'y'], 'Label', 'as written: x,y: 0,-1,1'],
  ])('%j in %s', (labels, columnName, expected) => {
    expect(classes(labels, columnName)).toBe(expected);
  });

  test('folds case, white space and the ways to write a number', () => {
    expect([' Pos ', '+1', '01', '4.0', '2.50', '-0', '1e3', '1234567890123456'].map(foldLabel)).toEqual([
      'pos',
      '1',
      '1',
      '4',
      '2.5',
      '0',
      '1e3',
      '1234567890123456',
    ]);
  });

  test('tells rows, what is dropped and why, in one line', () => {
    const mapping = resolve({ '0': 1200, '4': 3000, '2': 7 }, { blank: 2 });
    expect(mapping.rows).toEqual([1200, 3000]);
    expect(mapping.dropped).toEqual([
      { value: '', rows: 2, why: 'no label' },
      { value: '2', rows: 7, why: 'neutral' },
    ]);
    expect(mapping.describe()).toBe(
      'labels 0/4: negative (0) 1,200, positive (4) 3,000; dropped: no label 2, 2 (neutral) 7',
    );
  });

  test('the project file has the last word', () => {
    const mapping = resolve(['A', 'b', 'C'], { explicit: { a: 1, B: 0 } });
    expect([...mapping.classOf]).toEqual([1, 0, -1]);
    expect(mapping.dropped[0]?.why).toBe('not in the labels of the project file');
    expect(resolve(['x', 'y', 'z'], { explicit: { x: 0, y: 1, z: 2 } }).classes).toEqual(['x', 'y', 'z']);
    expect(() => resolve(['x'], { explicit: { x: 0, y: 2 } })).toThrow('no label has class 1');
    expect(() => resolve(['x'], { explicit: { x: 0 } })).toThrow('one class only');
  });

  test('one class, none, or one for nearly every row, are no labels to train on', () => {
    expect(() => resolve({ '4': 10, '2': 3 }, { blank: 1 })).toThrow(
      'column label has one class only: found 2 (3 rows), 4 (10 rows), no label (1 rows), read as 0/4',
    );
    expect(() => resolve([])).toThrow('no class: found no rows');
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`id ${i}`, 1]));
    expect(() => resolve(many)).toThrow('30 different values in 30 rows: it looks like no label column');
  });
});

describe('rows in the order of their labels', () => {
  const run = (labels: number[]) => {
    const order = createLabelOrder();
    for (let at = 0; at < labels.length; at += 37)
      order.add(Int32Array.from(labels.slice(at, at + 37)), Math.min(37, labels.length - at));
    return order.warning(['neg', 'pos']);
  };
  const half = (label: number) => new Array<number>(600).fill(label);

  test('are warned of with the length of the first run', () => {
    expect(run([...half(0), ...half(1)])).toContain('the first 600 rows are all neg');
    expect(run([...half(0), -1, -1, ...half(0), ...half(1)])).toContain('the first 1,200 rows are all neg');
    expect(run(Array.from({ length: 2000 }, (_, i) => (i >> 5) & 1))).toContain(
      'the label changes 62 times in 2,000 rows',
    );
  });

  test('are not seen in what chance gives, in one label only, in few rows', () => {
    expect(run(Array.from({ length: 2000 }, (_, i) => (i * 2654435761) >>> 31))).toBeNull();
    expect(run(half(0))).toBeNull();
    expect(run([0, 0, 0, 1, 1, 1])).toBeNull();
  });
});
