import { describe, expect, test } from 'vitest';
import { createCsvRows } from '../../../../src/lib/data/csv/csv-rows.ts';
import { Encoding } from '../../../../src/lib/data/read/encoding.ts';
import { eachBatch, fieldOf, open, readAll } from '../tables.ts';

const DIALECT = { delimiter: 0x2c, quote: 0x22, escaping: 'double', end: 0x0a } as const;

interface Options {
  names?: readonly string[];
  wanted?: readonly number[];
  leastFields?: number;
  encoding?: Encoding;
}

function formatOf({ names = ['a', 'b'], wanted, leastFields = 0, encoding = new Encoding(null) }: Options = {}) {
  const count = { replaced: 0 };
  const all = names.map((_, index) => index);
  const format = createCsvRows({ dialect: DIALECT, names, wanted: wanted ?? all, leastFields, encoding, count });
  return { format, count };
}

/** Rows and records of one scan. */
function read(data: string | Buffer, options: Options = {}) {
  const bytes = Buffer.from(data);
  const { format, count } = formatOf(options);
  const next = format.scan(bytes, 0, bytes.length, true);
  const batch = format.batch(bytes, 0, next, 0);
  const rows = Array.from({ length: batch.rows }, (_, row) => batch.columns.map(column => fieldOf(column, row)));
  const records = Array.from({ length: batch.rows }, (_, row) => batch.record(row));
  return { rows, records, bad: format.bad, replaced: count.replaced };
}

describe('a batch of CSV', () => {
  test('has the columns in the order asked for, one of them twice too', () => {
    const { rows } = read('1,"x ""y"""\n2,z\n', { wanted: [1, 0, 1] });
    expect(rows).toEqual([
      ['x "y"', '1', 'x "y"'],
      ['z', '2', 'z'],
    ]);
  });

  test('without any column still has its rows and records', () => {
    const { rows, records } = read('1,"x ""y"""\n2,\n', { wanted: [] });
    expect(rows).toEqual([[], []]);
    expect(records).toEqual([
      { a: '1', b: 'x "y"' },
      { a: '2', b: null },
    ]);
  });

  test('has fewer rows the wider the table is', () => {
    for (const [columns, most] of [
      [1, 8192],
      [64, 8192],
      [128, 4096],
      [4096, 128],
      [100_000, 16],
    ] as const) {
      const { format } = formatOf({ names: Array.from({ length: columns }, (_, index) => `c${index}`), wanted: [0] });
      const bytes = Buffer.from('x\n'.repeat(9000));
      format.scan(bytes, 0, bytes.length, true);
      expect(format.rows).toBe(most);
    }
  });

  test('a record can be asked for again and again, in any order, and has every column even if its name is odd', () => {
    const { format } = formatOf({ names: ['__proto__', 'constructor'], wanted: [1] });
    const bytes = Buffer.from('"a ""1""","b ""1"""\n"a ""2""","b ""2"""\n');
    const { record } = format.batch(bytes, 0, format.scan(bytes, 0, bytes.length, true), 7);
    for (const row of [1, 0, 1]) {
      expect(Object.entries(record(row))).toEqual([
        ['__proto__', `a "${row + 1}"`],
        ['constructor', `b "${row + 1}"`],
      ]);
    }
  });

  test('says what is wrong with bad rows', () => {
    const { bad } = read('x\na,b,c\n"a" b,c\n', { leastFields: 2 });
    expect(bad).toEqual([
      { start: 0, reason: '1 field instead of 2' },
      { start: 2, reason: '3 fields instead of 2' },
      { start: 8, reason: 'text behind a closing quote' },
    ]);
  });
});

describe('letters beyond ASCII in CSV', () => {
  test('that are Latin-1 become UTF-8, in the columns and in records', () => {
    const bytes = Buffer.from('caf\xe9,plain\n"\xfc ""\xdf""",\xa9\n', 'latin1');
    for (const wanted of [[0], [1], [0, 1], [0, 1, 0]]) {
      const { rows, records, replaced } = read(bytes, { wanted });
      const all = [
        ['café', 'plain'],
        ['ü "ß"', '©'],
      ];
      expect(rows).toEqual(all.map(row => wanted.map(column => row[column])));
      expect(records).toEqual(all.map(([a, b]) => ({ a, b })));
      expect(replaced).toBe(0);
    }
  });

  test('that are broken UTF-8 are mended in their field only, and counted', () => {
    const bytes = Buffer.concat([Buffer.from('ä,ö\nü,x'), Buffer.from([0xc3]), Buffer.from(',y\nß,ok\n')]);
    const { rows, records, replaced } = read(bytes, { names: ['a', 'b', 'c'], encoding: new Encoding('utf8') });
    expect(rows.map(row => row.slice(0, 2))).toEqual([
      ['ä', 'ö'],
      ['ü', 'x\ufffd'],
      ['ß', 'ok'],
    ]);
    expect(records[1]).toEqual({ a: 'ü', b: 'x\ufffd', c: 'y' });
    expect(replaced).toBe(1);
    // In a column that nobody asked for it is mended where it is shown, and not counted.
    const other = read(bytes, { names: ['a', 'b', 'c'], wanted: [0], encoding: new Encoding('utf8') });
    expect([other.records[1], other.replaced]).toEqual([{ a: 'ü', b: 'x\ufffd', c: 'y' }, 0]);
  });

  test('a field that begins with a byte order mark keeps it', () => {
    expect(read('\ufeffa,b\n').rows).toEqual([['\ufeffa', 'b']]);
  });

  /** UTF-8 that was read as Latin-1: taking out the quotes left half a letter behind the field. */
  test.each(['"""é"', '"he said ""so"" é!"', '"""ja"" schön"', '"""""😀."'])(
    'the only ones of a long file, in a field with doubled quotes (%s), are still UTF-8',
    async field => {
      const table = await open(`text,label\n${'a plain tweet,0\n'.repeat(20_000)}${field},1\n`);
      expect((await readAll(table, ['text'])).at(-1)).toEqual([field.slice(1, -1).replaceAll('""', '"')]);
      expect(table.layout.encoding).toBe('utf8');
      expect(table.statistics().replacedFields).toBe(0);
    },
  );

  test('records of a wide table keep all columns through many batches', async () => {
    const names = Array.from({ length: 200 }, (_, index) => (index === 7 ? 'text' : `c${index}`));
    const line = (row: number) => names.map((_, column) => `${row * column}`).join(',');
    const rows = Array.from({ length: 3000 }, (_, row) => line(row));
    const table = await open(`${names.join(',')}\n${rows.join('\n')}\n`);
    let seen = 0;
    let batches = 0;
    await eachBatch(table, ['text'], batch => {
      batches++;
      for (let row = 0; row < batch.rows; row += 50)
        expect(Object.values(batch.record(row)).join(',')).toBe(rows[seen + row]);
      seen += batch.rows;
    });
    expect(seen).toBe(3000);
    expect(batches).toBeGreaterThan(1);
  });
});
