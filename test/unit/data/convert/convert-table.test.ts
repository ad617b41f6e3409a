import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { convertTable } from '../../../../src/lib/data/convert/convert-table.ts';
import { createParquetEncoder } from '../../../../src/lib/data/write/encode-parquet.ts';
import { writeParquet } from '../../../../src/lib/parquet/write.ts';
import { useRowTools } from '../../../helpers/row-tools.ts';

const bench = useRowTools();

const convert = (
  input: string,
  output: string,
  more: Parameters<typeof bench.request>[1] & { inferTypes?: boolean } = {},
) => {
  const { inferTypes = false, ...request } = more;
  return convertTable({ ...bench.request(bench.at(input), request), output, inferTypes });
};

const TRICKY = [
  { text: 'plain', label: '0', note: null },
  { text: 'comma, "quotes" and \'more\'', label: '4', note: '' },
  { text: 'two\nlines\r\nthree', label: '007', note: ' spaces ' },
  { text: 'ünïcödé 😀 日本語 \u2028', label: '1.0', note: 'null' },
  { text: '\t\u0001\\n {"a":1}', label: '-0', note: '1e3' },
];
const CSV = `text,label,note
plain,0,
"comma, ""quotes"" and 'more'",4,""
"two
lines\r
three",007," spaces "
ünïcödé 😀 日本語 \u2028,1.0,null
"\t\u0001\\n {""a"":1}",-0,1e3
`;

describe('rows keep their values', () => {
  test('csv → jsonl → parquet → csv → the same bytes', async () => {
    bench.write('a.csv', CSV);
    await convert('a.csv', 'b.jsonl');
    expect(await bench.records('b.jsonl')).toEqual(TRICKY);
    await convert('b.jsonl', 'c.parquet');
    expect(await bench.records('c.parquet')).toEqual(TRICKY);
    await convert('c.parquet', 'd.csv');
    expect(bench.text('d.csv')).toBe(CSV);
  });

  test('whatever the texts', async () => {
    const cell = fc.option(fc.string({ unit: 'grapheme', maxLength: 20 }));
    const row = fc.record({ text: fc.string({ minLength: 1 }), label: cell, more: cell });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 15 }), async rows => {
        bench.write('a.jsonl', rows.map(each => `${JSON.stringify(each)}\n`).join(''));
        await convert('a.jsonl', 'b.csv', { force: true });
        const header = { header: true, delimiter: ',' };
        const read = await bench.records('b.csv', { ...header, type: 'csv', encoding: 'utf8' });
        expect(read).toEqual(rows.map(each => ({ ...each })));
        await convert('a.jsonl', 'c.parquet', { force: true });
        await convert('c.parquet', 'd.jsonl', { force: true });
        expect(await bench.records('d.jsonl')).toEqual(rows.map(each => ({ ...each })));
      }),
      { numRuns: 40 },
    );
  });

  test('moments keep their microseconds, before 1970 too', async () => {
    const moments = ['2026-11-21T12:00:00.123456Z', '1960-01-01T00:00:00.000001Z', '2026-11-21T12:00:00.120Z', null];
    const encoder = createParquetEncoder([
      { name: 'text', kind: 'text' },
      { name: 'at', kind: 'timestamp' },
    ]);
    for (const at of moments) encoder.record({ text: 'x', at });
    bench.write('a.parquet', Buffer.concat(encoder.end()));
    await convert('a.parquet', 'b.parquet');
    await convert('b.parquet', 'c.jsonl');
    expect((await bench.records('c.jsonl')).map(({ at }) => at)).toEqual(moments);
  });

  test('numbers that JSON does not have are not called null in a CSV', async () => {
    const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.5];
    const texts = values.map(() => 'x');
    const fields = [
      { name: 'text', type: 'string', values: texts },
      { name: 'score', type: 'double', values: Float64Array.from(values) },
    ] as const;
    bench.write('a.parquet', Buffer.from(writeParquet({ rows: 4, fields, keyValues: {} })));
    await convert('a.parquet', 'b.csv');
    expect(bench.text('b.csv')).toBe('text,score\nx,NaN\nx,Infinity\nx,-Infinity\nx,0.5\n');
  });

  test('numbers, truth and nulls of JSON lines through Parquet, with all digits', async () => {
    const lines = [
      '{"text":"a","count":1,"share":0.1,"id":9007199254740993,"ok":true,"none":null}',
      '{"text":"b","count":-5,"share":-0,"id":1,"ok":false,"none":null}',
      '{"text":"c","count":null,"share":1e300,"id":-9223372036854775808,"ok":null,"none":null}',
    ];
    bench.write('a.jsonl', lines.join('\n'));
    const { columns } = await convert('a.jsonl', 'b.parquet');
    expect(Object.fromEntries(columns.map(({ name, type }) => [name, type]))).toEqual({
      text: 'text',
      count: 'long',
      share: 'double',
      id: 'long',
      ok: 'boolean',
      none: 'text',
    });
    const rows = await bench.records('b.parquet');
    expect(rows.map(({ id }) => String(id))).toEqual(['9007199254740993', '1', '-9223372036854775808']);
    expect(rows.map(({ share }) => share)).toEqual([0.1, -0, 1e300]);
    expect(rows.map(({ count, ok }) => [count, ok])).toEqual([
      [1, true],
      [-5, false],
      [null, null],
    ]);
    await convert('b.parquet', 'c.csv');
    expect(bench.text('c.csv').split('\n').slice(1, 3)).toEqual(['a,1,0.1,9007199254740993,true,', 'b,-5,-0,1,false,']);
  });

  test.for<[string, string[], string]>([
    ['numbers and texts', ['1', '"1"'], 'text'],
    ['truth and numbers', ['true', '1'], 'text'],
    ['whole numbers and fractions', ['1', '1.5'], 'double'],
    ['whole numbers and a negative zero', ['1', '-0'], 'double'],
    ['fractions and what no double holds', ['1.5', '9007199254740993'], 'text'],
    ['more than 64 bits', ['1', '92233720368547758070'], 'text'],
    ['lists', ['[1,"a"]', '[]'], 'text'],
    ['objects', ['{"a":{"b":null}}', 'null'], 'text'],
  ])('a column of %s', async ([, values, type]) => {
    bench.write('a.jsonl', values.map(value => `{"text":"t","v":${value}}\n`).join(''));
    const { columns } = await convert('a.jsonl', 'b.parquet');
    expect(columns[1]).toEqual({ name: 'v', type });
    const read = (await bench.records('b.parquet')).map(({ v }) => v);
    const expected = values.map(value =>
      type === 'double' ? Number(value) : value === 'null' ? null : value.replace(/^"(.*)"$/, '$1'),
    );
    expect(read).toEqual(expected);
  });

  test('a column that only later rows have is there, and one that only the first has too', async () => {
    const rows = Array.from({ length: 20_000 }, (_, row) => ({
      text: `row ${row} of some length`,
      ...(row === 19_999 ? { late: 1 } : {}),
    }));
    bench.write('a.jsonl', rows.map(row => JSON.stringify(row)).join('\n'));
    await convert('a.jsonl', 'b.csv');
    const lines = bench.text('b.csv').trimEnd().split('\n');
    expect([lines[0], lines[1], lines.at(-1)]).toEqual([
      'text,late',
      'row 0 of some length,',
      'row 19999 of some length,1',
    ]);
  });

  test('JSON lines stay as they are: nested values, keys that are missing, digits', async () => {
    const lines = '{"text":"a","tags":["x",{"y":[]}],"id":12345678901234567890}\n{"text":"b","z":-0}\n';
    bench.write('a.jsonl', lines);
    await convert('a.jsonl', 'b.jsonl.zst');
    const bytes = await import('node:fs').then(fs => fs.readFileSync(bench.at('b.jsonl.zst')));
    expect(zlib.zstdDecompressSync(bytes).toString()).toBe(lines);
  });

  test('Parquet keeps its types: dates, times and large numbers', async () => {
    bench.write('a.jsonl', '{"text":"x","id":1}\n');
    bench.write(
      'a.parquet',
      writeParquet({
        rows: 2,
        fields: [
          { name: 'text', type: 'string', values: ['a', null] },
          { name: 'id', type: 'long', values: [2n ** 60n, null] },
          { name: 'score', type: 'double', values: Float64Array.of(1, 2) },
          { name: 'words', type: 'strings', lists: [['a', 'b'], null] },
        ],
        keyValues: {},
      }),
    );
    const { columns } = await convert('a.parquet', 'b.parquet');
    expect(columns.map(({ type }) => type)).toEqual(['text', 'long', 'double', 'text']);
    expect(await bench.records('b.parquet')).toEqual([
      { text: 'a', id: String(2n ** 60n), score: 1, words: '["a","b"]' },
      { text: null, id: null, score: 2, words: null },
    ]);
  });
});

describe('columns of a CSV that hold numbers', () => {
  test('stay texts, unless they are to be numbers and nothing changes by it', async () => {
    const rows = ['text,a,b,c,d,e', 'x,1,1.5,007,true,1', 'y,-2,,1,false,1.0', 'z,9007199254740993,2,2,true,2'];
    bench.write('a.csv', `${rows.join('\n')}\n`);
    const told = await convert('a.csv', 'b.parquet');
    expect(new Set(told.columns.map(({ type }) => type))).toEqual(new Set(['text']));
    const { columns } = await convert('a.csv', 'c.parquet', { inferTypes: true });
    expect(columns.map(({ type }) => type)).toEqual(['text', 'long', 'double', 'text', 'boolean', 'text']);
    await convert('a.csv', 'd.jsonl', { inferTypes: true });
    expect(bench.text('d.jsonl').split('\n')[2]).toBe(
      '{"text":"z","a":9007199254740993,"b":2,"c":"2","d":true,"e":"2"}',
    );
    await convert('c.parquet', 'e.csv');
    expect(bench.text('e.csv')).toBe(bench.text('a.csv'));
  });
});

describe('places and names', () => {
  test('standard input to standard output', async () => {
    const request = bench.request('-', { standardInput: 'text,label\na,1\nb,2\n', to: 'jsonl' });
    const { rows, path } = await convertTable({ ...request, output: '-', inferTypes: false });
    expect([rows, path]).toEqual([2, '-']);
    expect(bench.streamed()).toBe('{"text":"a","label":"1"}\n{"text":"b","label":"2"}\n');
  });

  test('standard input that must be read twice', async () => {
    const standardInput = '{"text":"a","n":1}\n{"text":"b","later":2}\n';
    const request = bench.request('-', { standardInput });
    await convertTable({ ...request, output: 'b.csv', inferTypes: false });
    expect(bench.text('b.csv')).toBe('text,n,later\na,1,\nb,,2\n');
  });

  test('Latin-1, another delimiter and no header come out as UTF-8 with commas and names', async () => {
    bench.write('a.csv', Buffer.from('caf\u00e9 is good;positive\nbad; negative\n', 'latin1'));
    await convert('a.csv', 'b.csv');
    expect(bench.text('b.csv')).toMatch(/^\w+,\w+\ncafé is good,positive\nbad," negative"\n$/);
    await convert('a.csv', 'c.csv', { header: false });
    expect(bench.text('c.csv')).toMatch(/^café/);
  });

  test('a table without texts is converted all the same', async () => {
    bench.write('a.csv', 'x,y\n1,2\n3,4\n');
    await convert('a.csv', 'b.jsonl', { inferTypes: true });
    expect(bench.text('b.jsonl')).toBe('{"x":1,"y":2}\n{"x":3,"y":4}\n');
  });

  test('what is there is not replaced, nor is the input, whatever is said', async () => {
    bench.write('a.csv', CSV);
    bench.write('b.csv', 'mine');
    await expect(convert('a.csv', 'b.csv')).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(convert('a.csv', 'a.csv', { force: true })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect([bench.text('b.csv'), bench.text('a.csv')]).toEqual(['mine', CSV]);
    await convert('a.csv', 'b.csv', { force: true });
    expect(bench.text('b.csv')).toBe(CSV);
  });

  test('a dry run reads everything and writes nothing', async () => {
    bench.write('a.csv', CSV);
    expect(await convert('a.csv', 'b.parquet', { dryRun: true })).toMatchObject({ rows: 5, written: false });
    expect(bench.names()).toEqual(['a.csv']);
  });

  test('a failure in the middle leaves nothing, and rows that cannot be read are told', async () => {
    bench.write('a.csv', 'text,label\na,1\nb,2,3\nc,4\n');
    expect(await convert('a.csv', 'b.jsonl')).toMatchObject({ rows: 2, badRows: 1 });
    expect(bench.notes.join()).toMatch(/1 row could not be read.*line 3/);
    const stop = new AbortController();
    bench.write('large.csv', `text,label\n${'a row of text,1\n'.repeat(200_000)}`);
    const work = convert('large.csv', 'c.parquet', {
      signal: stop.signal,
      report: () => stop.abort(new Error('stopped')),
    });
    await expect(work).rejects.toThrow('stopped');
    expect(bench.names()).toEqual(['a.csv', 'b.jsonl', 'large.csv']);
  });
});
