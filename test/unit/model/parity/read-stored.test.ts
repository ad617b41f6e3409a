import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openInput } from '../../../../src/lib/data/open-input.ts';
import type { Value } from '../../../../src/lib/data/rows.ts';
import { isColumnFile, readStoredColumns, readStoredTable } from '../../../../src/lib/model/parity/read-stored.ts';
import { readStoredScore, type StoredScore } from '../../../../src/lib/model/parity/stored-score.ts';
import { createWorld } from '../../score/world.ts';

let dir: string;
const at = (...parts: string[]) => path.join(dir, ...parts);
const put = (name: string, value: unknown) => {
  fs.mkdirSync(path.dirname(at(name)), { recursive: true });
  fs.writeFileSync(at(name), typeof value === 'string' ? value : JSON.stringify(value));
  return at(name);
};

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-stored-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

const read = (row: Readonly<Record<string, Value>>) => readStoredScore(row, 'text', 'row 1');

describe('a stored vector', () => {
  test('of any doubles comes back from their bits, alone and in a row', () => {
    fc.assert(
      fc.property(fc.array(fc.double(), { minLength: 1, maxLength: 5 }), values => {
        const bytes = Buffer.alloc(values.length * 8);
        for (const [index, value] of values.entries()) bytes.writeDoubleBE(value, index * 8);
        const bits = bytes.toString('hex');
        expect(read({ rawPrediction: bits }).raw).toEqual(values);
        expect(read({ rawPrediction: bits.match(/.{16}/g) ?? [] }).raw).toEqual(values);
        expect(read({ prediction: bits.slice(0, 16) }).prediction).toBe(values[0]);
      }),
    );
  });

  test('of any finite doubles comes back from JSON, as text and as numbers', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 5 }),
        values => {
          // Sixteen digits are the bits of a double, so such an integer cannot be a text.
          const plain = values.map(value => (Object.is(value, -0) || /^\d{16}$/.test(String(value)) ? 0 : value));
          expect(read({ probability: JSON.stringify(plain) }).probabilities).toEqual(plain);
          expect(read({ probability: plain.map(String) }).probabilities).toEqual(plain);
          expect(read({ rawPrediction: { type: 1, values: plain } }).raw).toEqual(plain);
        },
      ),
    );
  });

  test.each<[string, Value, number[]]>([
    ['sparse', { type: 0, size: 4, indices: [3, 0], values: [0.5, -1] }, [-1, 0, 0, 0.5]],
    ['sparse and empty', { type: 0, size: 2, indices: [], values: [] }, [0, 0]],
    ['sparse of no size', { type: 0, size: 0, indices: [], values: [] }, []],
    ['sparse, as text', '{"type":0,"size":2,"indices":[1],"values":[0.5]}', [0, 0.5]],
    ['dense with what Spark writes beside', { type: 1, size: null, indices: null, values: [1, 2] }, [1, 2]],
    ['with signs and powers', ['+1', '-1.5e-3', 'Infinity'], [1, -0.0015, Infinity]],
  ])('that is %s', (_, value, expected) => {
    expect(read({ rawPrediction: value }).raw).toEqual(expected);
  });

  test.each<[string, Value]>([
    ['an index beyond the size', { type: 0, size: 2, indices: [2], values: [1] }],
    ['an index below zero', { type: 0, size: 2, indices: [-1], values: [1] }],
    ['an index that is a fraction', { type: 0, size: 2, indices: [0.5], values: [1] }],
    ['an index that is a text', { type: 0, size: 2, indices: ['1'], values: [1] }],
    ['a size below zero: an error of the language escaped', { type: 0, size: -1, indices: [], values: [] }],
    ['a size that is a fraction', { type: 0, size: 1.5, indices: [], values: [] }],
    ['a size of gigabytes', { type: 0, size: 1e6 + 1, indices: [], values: [] }],
    ['fewer values than indices', { type: 0, size: 3, indices: [0, 1], values: [1] }],
    ['no values', { type: 1, size: 2 }],
    ['fifteen digits of bits', '3ff000000000000'],
    ['bits in capitals', '3FF0000000000000'],
    ['a text in quotes', '"[1]"'],
    ['a list in a list', [[1]]],
    ['a truth value', true],
  ])('with %s is refused', (_, value) => {
    expect(() => read({ rawPrediction: value })).toThrow(
      expect.objectContaining({
        code: 'DATA_INVALID',
        message: expect.stringMatching(/^row 1: rawPrediction is neither/),
      }),
    );
  });

  test('that is long is shown in part', () => {
    expect(() => read({ rawPrediction: 'x'.repeat(500) })).toThrow(/^.{0,120}…$/);
  });

  test('a probability is one number or all of them; both may be there', () => {
    expect(read({ probability: 0.25 })).toMatchObject({ probability: 0.25, probabilities: undefined });
    expect(read({ probability: [0.75, 0.25] })).toMatchObject({ probability: undefined, probabilities: [0.75, 0.25] });
    expect(read({ probability: '0.25', probabilities: '[0.75,0.25]' })).toMatchObject({
      probability: 0.25,
      probabilities: [0.75, 0.25],
    });
    expect(read({ probability: null, probabilities: null })).toMatchObject({ probability: null, probabilities: null });
  });

  test('a text that is a number is a text', () => {
    expect(read({ text: 5 }).text).toBe('5');
    expect(read({ text: '' }).text).toBe('');
    expect(read({}).text).toBeNull();
  });
});

describe('whole columns', () => {
  test('side by side in one file', () => {
    const file = put('x.json', { text: ['a', null], prediction: [1, 0], rawPrediction: [[-1, 1], null] });
    expect(readStoredColumns(file)).toMatchObject([
      { text: 'a', prediction: 1, raw: [-1, 1], probability: undefined },
      { text: null, prediction: 0, raw: null },
    ]);
  });

  test('several by name, their texts in files beside', () => {
    put('rows/ordinary.json', ['a', 'b']);
    put('rows/nasty.json', ['']);
    const file = put('lr/expected.json', { ordinary: { prediction: [1, 0] }, nasty: { prediction: [1] } });
    expect(readStoredColumns(file).map(({ text, prediction }) => [text, prediction])).toEqual([
      ['a', 1],
      ['b', 0],
      ['', 1],
    ]);
    fs.rmSync(at('rows/nasty.json'));
    expect(() => readStoredColumns(file)).toThrow(
      expect.objectContaining({ code: 'NOT_FOUND', message: expect.stringContaining('nasty.json') }),
    );
  });

  test.each<[string, unknown, string]>([
    [
      'rows as a list: they were looked for in a file called 0',
      [{ text: 'a', prediction: 1 }],
      'holds no columns of scores',
    ],
    ['no texts', { prediction: [1] }, 'holds no columns of scores'],
    ['a number', '5', 'holds no columns of scores'],
    ['nothing', '', 'holds no columns of scores'],
    ['parts that are lists', { text: ['a'] }, 'holds no columns of scores'],
    [
      'a column of another length',
      { text: ['a'], prediction: [1, 2] },
      'prediction has not one value for each of 1 texts',
    ],
    ['a column that is no list', { text: ['a'], prediction: [1], probability: 5 }, 'probability has not one value'],
    [
      'a value that is none',
      { text: ['a', 'b'], prediction: [1, 'x'] },
      'row 2: prediction is neither a number nor a vector: "x"',
    ],
  ])('with %s are refused', (_, value, reason) => {
    const file = put('x.json', value);
    expect(() => readStoredColumns(file)).toThrow(
      expect.objectContaining({
        code: 'DATA_INVALID',
        message: expect.stringContaining(reason),
        hint: expect.any(String),
      }),
    );
  });

  test('are told by the end of the name', () => {
    expect(['a.json', 'A.JSON', 'a.jsonl', 'json', 'a.json.gz'].map(isColumnFile)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('rows of a table', () => {
  const rowsOf = async (file: string) => {
    const { world } = createWorld(dir);
    const { table } = await openInput(file, {}, world);
    const rows: StoredScore[] = [];
    for await (const row of readStoredTable(table, world.signal)) rows.push(row);
    return rows;
  };

  test('come with their scores', async () => {
    put('x.jsonl', '{"text":"a","prediction":1,"rawPrediction":[0.5]}\n{"text":null,"prediction":null}\n');
    expect(await rowsOf('x.jsonl')).toMatchObject([
      { text: 'a', prediction: 1, raw: [0.5], probability: undefined },
      { text: null, prediction: null, raw: undefined },
    ]);
  });

  test('are counted from one where something is wrong', async () => {
    put('x.csv', 'text,prediction\na,1\nb,0\nc,maybe\n');
    await expect(rowsOf('x.csv')).rejects.toThrow('row 3: prediction is neither a number nor a vector: "maybe"');
  });
});
