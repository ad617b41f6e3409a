import fs from 'node:fs';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseStratified } from '../../../../src/lib/data/convert/choose-rows.ts';
import { sampleTable } from '../../../../src/lib/data/convert/sample-table.ts';
import { splitTable } from '../../../../src/lib/data/convert/split-table.ts';
import { openInput } from '../../../../src/lib/data/open-input.ts';
import { createSelector } from '../../../../src/lib/data/sample.ts';
import { createSplitter } from '../../../../src/lib/data/split.ts';
import { useRowTools } from '../../../helpers/row-tools.ts';

const bench = useRowTools();
type More = Parameters<typeof bench.request>[1];

const LABELS = ['bad', 'good', 'good', 'good', 'rare'];
/** Rows 1 of 100 are rare. */
const labelOf = (row: number) => (row % 100 === 7 ? 'rare' : row % 3 === 0 ? 'bad' : 'good');
const lineOf = (row: number) => `text of row ${row},${labelOf(row)},${row}`;
const HEADER = 'text,label,row';
const file = (rows: number) => `${HEADER}\n${Array.from({ length: rows }, (_, row) => `${lineOf(row)}\n`).join('')}`;

const sample = (
  input: string,
  output: string,
  more: More & { fraction?: number; maxRows?: number; seed?: number; stratify?: boolean } = {},
) => {
  const { fraction = 1, maxRows = 0, seed = 42, stratify = false, ...request } = more;
  return sampleTable({
    ...bench.request(input === '-' ? '-' : bench.at(input), request),
    output,
    sample: { seed, fraction, maxRows },
    stratify,
  });
};

const split = (
  input: string,
  more: More & { folder?: string; train?: number; val?: number; seed?: number; stratify?: boolean } = {},
) => {
  const { folder, train = 0.8, val = 0.1, seed = 42, stratify = false, ...request } = more;
  return splitTable({
    ...bench.request(input === '-' ? '-' : bench.at(input), request),
    folder,
    split: { seed, trainRatio: train, validationRatio: val },
    stratify,
  });
};

const rowsIn = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .slice(1)
    .map(line => Number(line.split(',')[2]));

describe('a sample', () => {
  test('is made of the rows that training would take, in their order', async () => {
    bench.write('a.csv', file(5000));
    const result = await sample('a.csv', 'b.csv', { maxRows: 300, fraction: 0.5, seed: 7 });
    const { selects } = createSelector({ seed: 7, fraction: 0.5, maxRows: 300, totalRows: 5000 });
    const expected = Array.from({ length: 5000 }, (_, row) => row).filter(selects);
    expect(rowsIn(bench.text('b.csv'))).toEqual(expected);
    expect(result).toMatchObject({ rows: 300, of: 5000, stratified: false, seed: 7, written: true });
    expect(Object.values(result.labels).reduce((sum, rows) => sum + rows, 0)).toBe(300);
  });

  test('is the same from standard input, from JSON lines and from Parquet', async () => {
    bench.write('a.csv', file(2000));
    await sample('a.csv', 'b.csv', { maxRows: 100 });
    await sample('-', 'c.csv', { maxRows: 100, standardInput: file(2000) });
    await sample('a.csv', 'd.jsonl', { fraction: 0.9999999 });
    await sample('d.jsonl', 'e.csv', { maxRows: 100 });
    await sample('d.jsonl', 'f.parquet', { fraction: 0.9999999 });
    await sample('f.parquet', 'g.csv', { maxRows: 100 });
    for (const other of ['c.csv', 'e.csv', 'g.csv']) expect(bench.text(other)).toBe(bench.text('b.csv'));
    expect(fs.readdirSync(bench.at('.')).filter(name => name.startsWith('.'))).toEqual([]);
  });

  test('stratified has the same share of every label, to the row', async () => {
    bench.write('a.csv', file(5000));
    const { labels, rows } = await sample('a.csv', 'b.csv', { fraction: 0.1, stratify: true });
    expect(rows).toBe(500);
    const of = (label: string) =>
      Array.from({ length: 5000 }, (_, row) => labelOf(row)).filter(each => each === label).length;
    for (const label of new Set(LABELS)) expect(Math.abs((labels[label] ?? 0) - of(label) / 10)).toBeLessThan(1);
    const limited = await sample('a.csv', 'c.csv', { fraction: 0.1, maxRows: 77, stratify: true });
    expect(limited.rows).toBe(77);
  });

  test('stratified comes from the whole file, and another seed gives others', async () => {
    bench.write('a.csv', file(3000));
    await sample('a.csv', 'b.csv', { maxRows: 300, stratify: true });
    await sample('a.csv', 'c.csv', { maxRows: 300, stratify: true, seed: 43 });
    const [one, other] = [rowsIn(bench.text('b.csv')), rowsIn(bench.text('c.csv'))];
    expect(one.filter(row => row < 1000).length).toBeGreaterThan(60);
    expect(one.filter(row => row >= 2000).length).toBeGreaterThan(60);
    expect(one).not.toEqual(other);
  });

  test('stratified gives exactly as many as wanted, whatever the labels', () => {
    const counts = fc.array(fc.nat(60), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(
        counts,
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        fc.nat(80),
        fc.nat(),
        (sizes, fraction, maxRows, seed) => {
          const labels = sizes.flatMap((size, label) => Array.from({ length: size }, () => label - 1));
          const known = new Map(sizes.map((size, label) => [label - 1, size]));
          const choose = chooseStratified({ seed, fraction, maxRows }, known);
          const chosen = labels.filter((label, row) => choose(row, label));
          const all = Math.round(labels.length * fraction);
          expect(chosen).toHaveLength(maxRows > 0 ? Math.min(all, maxRows) : all);
          for (const [label, size] of known) {
            const exact = (size * chosen.length) / Math.max(1, labels.length);
            expect(Math.abs(chosen.filter(each => each === label).length - exact)).toBeLessThanOrEqual(1);
          }
        },
      ),
    );
  });

  test('all rows are no sample', async () => {
    bench.write('a.csv', file(10));
    await expect(sample('a.csv', 'b.csv')).rejects.toMatchObject({ code: 'FLAG_INVALID' });
  });

  test('of texts without labels', async () => {
    bench.write('a.jsonl', Array.from({ length: 50 }, (_, row) => `{"text":"row ${row}"}\n`).join(''));
    expect(await sample('a.jsonl', 'b.jsonl', { maxRows: 5 })).toMatchObject({ rows: 5, labels: {} });
    await expect(sample('a.jsonl', 'c.jsonl', { maxRows: 5, stratify: true })).rejects.toThrow(/label/);
  });

  test('a column that is called label and holds none stops nobody who does not need it', async () => {
    const lines = Array.from({ length: 3000 }, (_, row) => `text ${row},name ${row}\n`).join('');
    bench.write('a.csv', `text,label\n${lines}`);
    expect(await sample('a.csv', 'b.csv', { maxRows: 5 })).toMatchObject({ rows: 5, labels: {} });
    await expect(sample('a.csv', 'c.csv', { maxRows: 5, stratify: true })).rejects.toThrow(/no label column/);
  });
});

describe('a split', () => {
  test('has every row once, and the rows that training would have in each part', async () => {
    // A row without its last field is none for training, and must not move the numbers of those behind it.
    const lines = file(3000).split('\n');
    lines.splice(1500, 0, 'cut');
    bench.write('a.csv', lines.join('\n'));
    const result = await split('a.csv', { seed: 5 });
    expect(bench.names()).toEqual(['a-test.csv', 'a-train.csv', 'a-val.csv', 'a.csv']);
    const { table } = await openInput(bench.at('a.csv'), { needsLabel: true }, bench.request(bench.at('a.csv')));
    const splitter = createSplitter({ seed: 5, trainRatio: 0.8, validationRatio: 0.1 });
    const expected: number[][] = [[], [], []];
    for await (const { rows, firstRow, columns } of table.batches(['row'], new AbortController().signal)) {
      for (let row = 0; row < rows; row++) {
        const [column] = columns;
        const text = Buffer.from(column?.bytes.subarray(column.starts[row], column.ends[row]) ?? []).toString();
        expected[splitter.partOf(firstRow + row)]?.push(Number(text));
      }
    }
    const found = ['train', 'val', 'test'].map(part => rowsIn(bench.text(`a-${part}.csv`)));
    expect(found).toEqual(expected);
    expect(found.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 3000 }, (_, row) => row));
    expect(result.parts.map(({ part, rows }) => [part, rows])).toEqual(
      ['train', 'val', 'test'].map((part, index) => [part, expected[index]?.length]),
    );
    expect(result).toMatchObject({ of: 3000, badRows: 1 });
  });

  test('stratified keeps the shares of a rare label too', async () => {
    bench.write('a.csv', file(4000));
    const { parts } = await split('a.csv', { stratify: true });
    expect(parts.map(({ labels }) => labels['rare'])).toEqual([32, 4, 4]);
    expect(parts.map(({ rows }) => rows)).toEqual([3200, 400, 400].map(rows => expect.closeTo(rows, -1)));
  });

  test.for<[string, number, number, string[]]>([
    ['no validation part', 0.9, 0, ['train', 'test']],
    ['no test part', 0.9, 0.1, ['train', 'val']],
    ['shares that miss 1 in binary', 0.7, 0.3, ['train', 'val']],
    ['nothing but a training part', 1, 0, ['train']],
  ])('%s', async ([, train, val, expected]) => {
    bench.write('a.csv', file(200));
    const { parts } = await split('a.csv', { train, val });
    expect(parts.map(({ part }) => part)).toEqual(expected);
    expect(parts.reduce((sum, { rows }) => sum + rows, 0)).toBe(200);
  });

  test('more than all rows is refused', async () => {
    bench.write('a.csv', file(10));
    await expect(split('a.csv', { train: 0.9, val: 0.2 })).rejects.toMatchObject({ code: 'FLAG_INVALID' });
  });

  test('names come from the input, its compression too; a folder and another type can be asked for', async () => {
    bench.write('my.reviews.csv.gz', zlib.gzipSync(file(100)));
    await split('my.reviews.csv.gz');
    expect(bench.names()).toContain('my.reviews-val.csv.gz');
    const packed = fs.readFileSync(bench.at('my.reviews-val.csv.gz'));
    expect(zlib.gunzipSync(packed).toString().startsWith(`${HEADER}\n`)).toBe(true);
    await split('my.reviews.csv.gz', { folder: 'parts/deep/', to: 'parquet' });
    expect(fs.readdirSync(bench.at('parts/deep')).sort()).toEqual([
      'my.reviews-test.parquet',
      'my.reviews-train.parquet',
      'my.reviews-val.parquet',
    ]);
    await split('-', { folder: 'piped', standardInput: file(50) });
    expect(fs.readdirSync(bench.at('piped')).sort()).toEqual(['data-test.csv', 'data-train.csv', 'data-val.csv']);
    await expect(split('-', { standardInput: file(50) })).rejects.toMatchObject({ code: 'FLAG_INVALID' });
  });

  test('a folder of part files gives its name', async () => {
    fs.mkdirSync(bench.at('table'));
    bench.write('table/part-00000.jsonl', '{"text":"a","label":1}\n'.repeat(50));
    bench.write('table/part-00001.jsonl', '{"text":"b","label":0}\n'.repeat(50));
    const { of } = await split('table/', { to: 'jsonl' });
    expect(of).toBe(100);
    expect(bench.names()).toEqual(['table', 'table-test.jsonl', 'table-train.jsonl', 'table-val.jsonl']);
  });

  test('parts of a file without a header have none, unless they are to have one', async () => {
    const lines = Array.from(
      { length: 60 },
      (_, row) => `"${row % 2 ? 4 : 0}","${row}","Mon Apr 06 22:19:45 PDT 2009","NO_QUERY","me","text ${row}"\n`,
    );
    bench.write('a.csv', lines.join(''));
    await split('a.csv');
    expect(bench.text('a-train.csv')).not.toContain('target');
    const all = ['train', 'val', 'test'].map(part => bench.text(`a-${part}.csv`)).join('');
    expect(all.trimEnd().split('\n')).toHaveLength(60);
    await split('a.csv', { folder: 'named', header: true });
    expect(bench.text('named/a-train.csv').split('\n')[0]).toBe('target,ids,date,flag,user,text');
  });

  test('one part in the way stops all of them before anything is read', async () => {
    bench.write('a.csv', file(100));
    bench.write('a-test.csv', 'mine');
    await expect(split('a.csv')).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(bench.names()).toEqual(['a-test.csv', 'a.csv']);
    await split('a.csv', { dryRun: true, force: true });
    expect(bench.text('a-test.csv')).toBe('mine');
  });
});
