import { describe, expect, test } from 'vitest';
import { ColumnStats, type ValueRule } from '../../../../src/lib/data/profile/column-stats.ts';
import { FieldReader, KIND } from '../../../../src/lib/data/profile/field-reader.ts';
import { columnOf } from './texts.ts';

function statsOf(values: readonly (string | null)[], rule: ValueRule | null = null) {
  const stats = new ColumnStats('x', rule);
  stats.add(columnOf(values), values.length, 0);
  return stats.summary('other');
}

describe('a field by itself', () => {
  const kindOf = (text: string | null) => {
    const { bytes, starts, ends } = columnOf([text]);
    return new FieldReader().read(bytes, starts[0] as number, ends[0] as number);
  };

  test.each([
    [null, KIND.none],
    ['', KIND.none],
    [' \t\r\n', KIND.none],
    ['0', KIND.bit],
    [' 1 ', KIND.bit],
    ['2', KIND.integer],
    ['00', KIND.integer],
    ['-7', KIND.integer],
    ['+7', KIND.integer],
    ['123456789012345', KIND.integer],
    ['12345678901234567890', KIND.integer],
    ['1.5', KIND.number],
    ['.5', KIND.number],
    ['-2e-3', KIND.number],
    ['1.', KIND.number],
    ['1,5', KIND.text],
    ['1.2.3', KIND.text],
    ['-', KIND.text],
    ['.', KIND.text],
    ['12a', KIND.text],
    ['0x10', KIND.text],
    ['9'.repeat(40), KIND.text],
    ['true', KIND.boolean],
    ['No', KIND.boolean],
    ['yes', KIND.boolean],
    ['FALSE', KIND.boolean],
    ['nope', KIND.text],
    ['truer', KIND.text],
    ['2009-04-06', KIND.date],
    ['2009-04-06 22:19:45', KIND.date],
    ['2009-04-06T22:19:45.123Z', KIND.date],
    ['2009-04-06T22:19+02:00', KIND.date],
    ['06/04/2009', KIND.text],
    ['Mon Apr 06 22:19:45 PDT 2009', KIND.text],
    ['word', KIND.text],
  ])('%j is of kind %i', (text, kind) => {
    expect(kindOf(text)).toBe(kind);
  });

  test('has the value that is written, and its length without white space', () => {
    const reader = new FieldReader();
    for (const [text, value] of [
      ['  42', 42],
      ['-7 ', -7],
      ['1.25', 1.25],
      ['12345678901234567890', Number('12345678901234567890')],
      ['1e3', 1000],
    ] as const) {
      const { bytes, starts, ends } = columnOf([text]);
      reader.read(bytes, starts[0] as number, ends[0] as number);
      expect([text, reader.value, reader.length]).toEqual([text, value, text.trim().length]);
    }
  });

  test('has the same hash with white space around it, and another one for another value', () => {
    const seen = new Set<string>();
    const reader = new FieldReader();
    for (let value = 0; value < 5000; value++) {
      const { bytes, starts, ends } = columnOf([`v${value}`, ` v${value}\t`]);
      const keys = [0, 1].map(row => {
        reader.read(bytes, starts[row] as number, ends[row] as number);
        return `${reader.hash.low} ${reader.hash.high}`;
      });
      expect(keys[0]).toBe(keys[1]);
      seen.add(keys[0] as string);
    }
    expect(seen.size).toBe(5000);
  });
});

describe('a column', () => {
  test.each([
    [['1', '0', null, '1'], 'integer', 0, 1],
    [['3', '-5', ' 12 '], 'integer', -5, 12],
    [['3', '2.5'], 'number', 2.5, 3],
    [['true', 'no'], 'boolean', null, null],
    [['true', '1'], 'text', null, null],
    [['2009-04-06', '2010-01-01'], 'date', null, null],
    [['1', 'a'], 'text', null, null],
    [[null, '', ' '], 'empty', null, null],
  ])('%j is %s', (values, type, min, max) => {
    expect(statsOf(values)).toMatchObject({ type, min, max });
  });

  test('counts what is missing, what differs, and how long it is', () => {
    expect(statsOf(['a', 'bb', null, 'a', ' a ', ''])).toMatchObject({
      nulls: 2,
      distinct: 2,
      distinctExact: true,
      meanBytes: 5 / 4,
      broken: null,
    });
  });

  test('many different values are estimated, unless they must all differ', () => {
    const values = Array.from({ length: 50_000 }, (_, row) => `user ${row}`);
    const estimate = statsOf(values);
    expect(estimate.distinctExact).toBe(false);
    expect(Math.abs(estimate.distinct - 50_000) / 50_000).toBeLessThan(0.06);
    expect(statsOf([...values, 'user 7'], { unique: true })).toMatchObject({ distinct: 50_000, distinctExact: true });
  });

  test.each<[string, ValueRule, (string | null)[], object]>([
    ['type', { type: 'number' }, ['1', '2.5', 'x', null, '0'], { wrongType: 1 }],
    ['an integer', { type: 'integer' }, ['1', '2.5', '-3'], { wrongType: 1 }],
    ['a boolean, which 0 and 1 are too', { type: 'boolean' }, ['1', 'true', '2'], { wrongType: 1 }],
    ['a date', { type: 'date' }, ['2009-04-06', '2009'], { wrongType: 1 }],
    ['text is anything', { type: 'text' }, ['1', 'x', 'true'], { wrongType: 0 }],
    ['values', { values: ['a', '4'] }, ['a', ' 4 ', 'b', 'A'], { notAllowed: 2 }],
    ['pattern', { pattern: /^[a-z]+$/u }, ['abc', 'a1', ''], { notMatching: 1 }],
    [
      'lengths in code points',
      { minLength: 2, maxLength: 3 },
      ['😀', '😀é', 'abcd', 'abc'],
      { tooShort: 1, tooLong: 1 },
    ],
    ['several at once', { type: 'integer', maxLength: 1 }, ['xx', '22', '3'], { wrongType: 1, tooLong: 2 }],
  ])('breaks the rule of %s', (_name, rule, values, broken) => {
    expect(statsOf(values, rule).broken).toMatchObject({
      wrongType: 0,
      notAllowed: 0,
      notMatching: 0,
      tooShort: 0,
      tooLong: 0,
      ...broken,
    });
  });

  test('shows the first few values that break its rule, by row', () => {
    const stats = new ColumnStats('x', { type: 'integer' });
    stats.add(columnOf(['1', 'a', '2', 'b']), 4, 0);
    stats.add(columnOf(['c', 'd']), 2, 4);
    expect(stats.summary('other').broken?.examples).toEqual([
      { row: 2, text: 'a' },
      { row: 4, text: 'b' },
      { row: 5, text: 'c' },
    ]);
  });
});

test('an estimate of the different values is never above the number of values', () => {
  const runs = Array.from({ length: 20 }, (_, run) =>
    statsOf(Array.from({ length: 9000 + 100 * run }, (_, row) => (row % 9 === 0 ? null : `${run} ${row}`))),
  );
  for (const [run, { distinct, distinctExact, nulls }] of runs.entries()) {
    if (!distinctExact) expect(distinct).toBeLessThanOrEqual(9000 + 100 * run - nulls);
  }
  expect(runs.some(({ distinctExact }) => !distinctExact)).toBe(true);
});
