import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createJsonRows } from '../../../../src/lib/data/jsonl/json-rows.ts';
import { spellNumbers } from '../../../../src/lib/data/jsonl/kept-number.ts';
import { Encoding } from '../../../../src/lib/data/read/encoding.ts';
import type { Value } from '../../../../src/lib/data/rows.ts';
import { eachBatch, failure, fieldOf, open, readAll } from '../tables.ts';

function read(data: string | Uint8Array, wanted: readonly string[] = ['text', 'label'], encoding = new Encoding(null)) {
  const bytes = Buffer.from(data);
  const count = { replaced: 0 };
  const format = createJsonRows({ wanted, textColumn: wanted[0] ?? 'text', encoding, count });
  const at = format.scan(bytes, 0, bytes.length, true);
  const batch = format.batch(bytes, 0, at, 0);
  return {
    rows: Array.from({ length: batch.rows }, (_, row) => batch.columns.map(column => fieldOf(column, row))),
    records: Array.from({ length: batch.rows }, (_, row) => batch.record(row)),
    bad: format.bad.map(({ reason }) => reason),
    starts: format.bad.map(({ start }) => start),
    lines: format.lines,
    replaced: count.replaced,
    at,
  };
}

const one = (value: string) => read(`{"text":${value}}\n`, ['text']);

describe('values of a column', () => {
  test.each<[json: string, text: string | null]>([
    ['"good"', 'good'],
    ['""', ''],
    ['" "', ' '],
    ['null', null],
    ['true', 'true'],
    ['false', 'false'],
    ['0', '0'],
    ['-0', '0'],
    ['1.0', '1'],
    ['1.50', '1.5'],
    ['1e3', '1000'],
    ['1e21', '1e+21'],
    ['9007199254740991', '9007199254740991'],
    ['"two\\nlines"', 'two\nlines'],
    ['"\\u00e9\\ud83d\\ude00\\u0000"', 'é😀\0'],
    ['"\\/ \\" \\\\ \\t"', '/ " \\ \t'],
  ])('%s is %j', (json, text) => {
    expect(one(json).rows).toEqual([[text]]);
  });

  test.each([
    ['{"a":1}', 'an object in text instead of a text'],
    ['{}', 'an object in text instead of a text'],
    ['["a"]', 'a list in text instead of a text'],
    ['[]', 'a list in text instead of a text'],
  ])('%s is no text', (json, reason) => {
    expect(one(json)).toMatchObject({ rows: [], bad: [reason] });
  });

  test('a key that is missing is null; one that all objects have is missing too', () => {
    expect(read('{}\n{"label":1}\n', ['text', 'constructor', '__proto__']).rows).toEqual([
      [null, null, null],
      [null, null, null],
    ]);
    expect(read('{"__proto__":"x","constructor":"y"}\n', ['__proto__', 'constructor']).rows).toEqual([['x', 'y']]);
  });

  test('of a key that comes twice the last one counts, as in JSON.parse', () => {
    expect(one('"a","text":"b"').rows).toEqual([['b']]);
  });

  test('half a surrogate pair becomes U+FFFD and moves no other field', () => {
    expect(read('{"text":"a\\ud83d","label":"x"}\n{"text":"\\ude00b","label":"y"}\n').rows).toEqual([
      ['a\ufffd', 'x'],
      ['\ufffdb', 'y'],
    ]);
  });

  test('any texts come back as they were, for any size of letters', () => {
    const cell = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 20 }), fc.constant(null));
    fc.assert(
      fc.property(fc.array(fc.record({ text: cell, label: cell }), { maxLength: 20 }), given => {
        const { rows, bad } = read(given.map(row => `${JSON.stringify(row)}\n`).join(''));
        expect(rows).toEqual(given.map(({ text, label }) => [text, label]));
        expect(bad).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('records', () => {
  test('keep their types and their inner values', () => {
    const row = {
      text: 'a',
      n: 1.5,
      yes: true,
      nothing: null,
      list: [1, 'x', [null]],
      inner: { deep: { deeper: [] } },
    };
    expect(read(`${JSON.stringify(row)}\n`).records).toEqual([row]);
    expect(read(`${JSON.stringify(row)}\n`, []).records).toEqual([row]);
  });

  /** Numbers of posts came out of scoring with other last digits than they went in. */
  test('keep all digits of integers that a double cannot hold', () => {
    const [record] = read(
      '{"text":"a","id":1234567890123456789,"list":[-9007199254740993,1],"in":{"n":18446744073709551615}}',
    ).records;
    expect(JSON.stringify(record)).toBe(
      '{"text":"a","id":1234567890123456789,"list":[-9007199254740993,1],"in":{"n":18446744073709551615}}',
    );
    expect(spellNumbers(record as Value)).toEqual({
      text: 'a',
      id: '1234567890123456789',
      list: ['-9007199254740993', 1],
      in: { n: '18446744073709551615' },
    });
    expect(read('{"text":12345678901234567890,"label":9007199254740993}').rows).toEqual([
      ['12345678901234567890', '9007199254740993'],
    ]);
  });

  test('a number beyond all doubles came out as null', () => {
    const line = '{"big":1e400,"small":-2.5E+1000,"none":1e-400,"usual":1e300}';
    expect(JSON.stringify(read(line).records[0])).toBe(line.replace('1e-400', '0').replace('1e300', '1e+300'));
    expect(one('1e400').rows).toEqual([['1e400']]);
  });

  test('leave alone what has many digits and is no such integer', () => {
    const json =
      '{"text":"0123456789012345678","label":9007199254740991,"share":0.12345678901234567890,"big":1.0000000000000000e30,"__proto__":1}';
    const [record] = read(json).records as [Record<string, Value>];
    expect(record).toEqual(JSON.parse(json));
    expect(Object.keys(record)).toContain('__proto__');
  });
});

describe('lines', () => {
  test('end with a line feed, with a carriage return before it, or with the file; empty ones are left out', () => {
    expect(read('{"text":"a"}\r\n\n \t\r\n{"text":"b"}')).toMatchObject({
      rows: [
        ['a', null],
        ['b', null],
      ],
      bad: [],
      lines: 4,
    });
  });

  test('that are one text stand for the column of texts', () => {
    expect(read('"one"\n{"text":"two","label":1}\n', ['text', 'label'])).toMatchObject({
      rows: [
        ['one', null],
        ['two', '1'],
      ],
      records: [{ text: 'one' }, { text: 'two', label: 1 }],
    });
    expect(read('"one"\n', ['review']).records).toEqual([{ review: 'one' }]);
  });

  test.each([
    ['1', 'a number instead of an object'],
    ['true', 'a boolean instead of an object'],
    ['null', 'null instead of an object'],
    ['[{"text":"a"}]', 'a list instead of an object'],
    ['{"text":"a"} {"text":"b"}', 'not JSON: '],
    ['{"text":"a",}', 'not JSON: '],
    ["{'text':'a'}", 'not JSON: '],
    ['{"text":NaN}', 'not JSON: '],
    ['{"text":"a', 'not JSON: '],
  ])('%s are bad', (line, reason) => {
    const { rows, bad, starts } = read(`{"text":"x"}\n${line}\n{"text":"y"}\n`, ['text']);
    expect(rows).toEqual([['x'], ['y']]);
    expect(bad).toEqual([expect.stringContaining(reason)]);
    expect(starts).toEqual([13]);
  });

  test('a message about one is short and has no control characters', () => {
    const [reason = ''] = read(`{"text":\u0001${'x\u007f'.repeat(300)}\n`).bad;
    expect(reason).toMatch(/^not JSON: [^\u0000-\u001f\u007f-\u009f]{10,120}$/);
  });

  test('nested up to a hundred levels are read, deeper ones are bad, long or short', () => {
    const nested = (levels: number, fill = '') =>
      `{"text":"x","fill":"${fill}","deep":${'['.repeat(levels - 1)}1${']'.repeat(levels - 1)}}\n`;
    for (const fill of ['', '[{'.repeat(10_000), '\\"['.repeat(10_000)]) {
      expect(read(nested(100, fill)).bad).toEqual([]);
      expect(read(nested(101, fill)).bad).toEqual(['values nested deeper than 100']);
    }
    expect(read(`{"text":${'{"a":'.repeat(100_000)}`).bad).toEqual(['values nested deeper than 100']);
  });

  test('that are not there to their end wait for more', () => {
    const bytes = Buffer.from('{"text":"a"}\n{"text":"b"}\n{"text"');
    const format = createJsonRows({
      wanted: ['text'],
      textColumn: 'text',
      encoding: new Encoding(null),
      count: { replaced: 0 },
    });
    expect([format.scan(bytes, 0, bytes.length, false), format.rows, format.bad]).toEqual([26, 2, []]);
    expect([format.scan(bytes, 26, bytes.length, false), format.rows]).toEqual([26, 0]);
    expect([format.scan(bytes, 26, bytes.length, true), format.rows, format.bad.length]).toEqual([bytes.length, 0, 1]);
    expect([format.scan(bytes, 0, 13, false), format.rows]).toEqual([13, 1]);
  });

  test('come in batches of no more than 8,192', () => {
    const bytes = Buffer.from('{}\n'.repeat(10_000));
    const format = createJsonRows({
      wanted: [],
      textColumn: 'text',
      encoding: new Encoding(null),
      count: { replaced: 0 },
    });
    expect([format.scan(bytes, 0, bytes.length, true), format.rows]).toEqual([8192 * 3, 8192]);
    expect([format.scan(bytes, 8192 * 3, bytes.length, true), format.rows]).toEqual([30_000, 1808]);
  });
});

describe('letters beyond ASCII in JSON lines', () => {
  test('in Latin-1', () => {
    const { rows, replaced } = read(Buffer.from('{"text":"caf\xe9","label":"\xfc"}\n', 'latin1'));
    expect([rows, replaced]).toEqual([[['café', 'ü']], 0]);
  });

  test('that are broken are mended and counted by line', () => {
    const broken = Buffer.concat([Buffer.from('{"text":"äöü'), Buffer.from([0xc3]), Buffer.from('"}\n{"text":"ß"}\n')]);
    const { rows, replaced } = read(broken, ['text']);
    expect([rows, replaced]).toEqual([[['äöü\ufffd'], ['ß']], 1]);
  });

  test('a half letter at the end of a block does not decide the encoding', () => {
    const bytes = Buffer.from('{"text":"plain"}\n{"text":"ä"}\n');
    const encoding = new Encoding(null);
    const format = createJsonRows({ wanted: ['text'], textColumn: 'text', encoding, count: { replaced: 0 } });
    const at = format.scan(bytes, 0, bytes.indexOf(0xc3) + 1, false);
    expect([at, format.rows]).toEqual([17, 1]);
    format.scan(bytes, at, bytes.length, true);
    expect([format.rows, encoding.name]).toEqual([1, 'utf8']);
  });
});

describe('a file of JSON lines', () => {
  test('gives records of all its columns, in every batch', async () => {
    const given = Array.from({ length: 9000 }, (_, id) => ({ id, text: `text ${id}`, tags: [id % 3] }));
    const table = await open(given.map(row => JSON.stringify(row)).join('\n'), {}, 'a.jsonl');
    const records: unknown[] = [];
    await eachBatch(table, ['text'], batch => {
      for (let row = 0; row < batch.rows; row++) records.push(batch.record(row));
    });
    expect(records).toEqual(given);
  });

  test('begins behind a byte order mark, and is read in UTF-16', async () => {
    const json = '\ufeff{"text":"grün","label":1}\n{"text":"rot","label":0}\n';
    for (const encoding of ['utf8', 'utf16le'] as const) {
      const table = await open(Buffer.from(json, encoding), {}, 'a.jsonl');
      expect(await readAll(table, ['text', 'label'])).toEqual([
        ['grün', '1'],
        ['rot', '0'],
      ]);
      expect(table.layout).toMatchObject({ encoding, type: 'jsonl' });
    }
  });

  test('of bad lines only, or of none, is refused with what a line must be', async () => {
    const work = (data: string) => open(data, { type: 'jsonl', textColumn: 'text' }, 'a.jsonl').then(t => readAll(t));
    expect(await failure(work('{"text":[1]}\n{"text":[2]}\n'))).toBe(
      'DATA_INVALID a.jsonl: all 2 rows cannot be read (line 1: a list in text instead of a text; line 2: a list in text instead of a text) | each line must be one JSON object',
    );
    // The message ended with "its columns are" and named none.
    expect(await failure(work(`\n{"text":${'['.repeat(20_000)}`))).toMatch(
      /line 2 cannot be read: values nested deeper/,
    );
    expect(await failure(work(`{"text":"${'long '.repeat(60_000)}"}\n`))).toMatch(
      /line 1 cannot .* longer than 256 KiB/,
    );
    expect(await failure(work('{}\n'))).toMatch(/its objects have no keys/);
    expect(await failure(work('3\n'))).toMatch(/a\.jsonl: line 1 cannot be read: a number instead of an object/);
  });
});
