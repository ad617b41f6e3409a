import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareValues } from '../../../../src/cli/output/list/compare.ts';
import { compileQuery } from '../../../../src/cli/output/list/query.ts';
import { readyColumns, tabulate } from '../../../../src/cli/output/records.ts';
import { SentopsError } from '../../../../src/lib/core/errors.ts';

interface Row {
  readonly id: string;
  readonly n?: unknown;
  readonly tags?: readonly string[];
  readonly labels?: object;
}

const columns = readyColumns({ id: { id: true }, n: { title: 'Number' }, tags: {}, labels: { extra: true } });
const rows: readonly Row[] = [
  { id: 'b', n: 10, tags: ['x', 'y'], labels: { team: 'a', env: 'prod' } },
  { id: 'a', n: 9, tags: [] },
  { id: 'c', n: null, labels: { team: 'b' } },
  { id: 'd', n: 'text', tags: ['x'] },
];
const ask = (settings: Parameters<typeof compileQuery>[0]) =>
  compileQuery(settings, columns)
    .apply(rows)
    .map(row => row.id)
    .join('');

describe('filter', () => {
  test.for([
    ['id=b', 'b'],
    ['id==b', 'b'],
    ['id!=b', 'acd'],
    ['n=10', 'b'],
    ['n=10.0', 'b'],
    ['n>9', 'bd'],
    ['n>=9', 'bad'],
    ['n<10', 'a'],
    ['n<=10', 'ba'],
    ['n=', 'c'],
    ['n!=', 'bad'],
    ['id~^[ab]$', 'ba'],
    ['id~A', 'a'],
    ['id!~[ab]', 'cd'],
    ['tags=x', 'bd'],
    ['tags=', 'ac'],
    ['tags~y', 'b'],
    ['labels.team=a', 'b'],
    ['labels.team=', 'ad'],
    ['Number=9', 'a'],
    [' id = b ', 'b'],
  ])('%s keeps %s', ([filter, kept]) => {
    expect(ask({ filter: [filter ?? ''] })).toBe(kept);
  });

  test('several must all hold', () => {
    expect(ask({ filter: ['tags=x', 'n>=10', 'id=b'] })).toBe('b');
  });

  test.for(['', 'id', '=x', '>5', 'id ~ ['])('%j is refused with a hint', filter => {
    expect(() => ask({ filter: [filter] })).toThrow(expect.objectContaining({ code: 'FLAG_INVALID' }));
  });

  test('a value may hold what operators are made of', () => {
    const data = [{ id: 'a=b>c' }, { id: 'x' }];
    expect(compileQuery({ filter: ['id=a=b>c'] }, columns).apply(data)).toEqual([data[0]]);
  });
});

describe('sort', () => {
  test('numbers and dates by size, text naturally, nothing last in both directions', () => {
    expect(ask({ sort: 'id' })).toBe('abcd');
    expect(ask({ sort: '-id' })).toBe('dcba');
    expect(ask({ sort: 'n' }).at(-1)).toBe('c');
    expect(ask({ sort: '-n' }).at(-1)).toBe('c');
    expect(ask({ sort: 'n' }).replace('d', '')).toBe('abc');
  });

  test.for([
    [2, 10, -1],
    ['2', '10', -1],
    ['job-9', 'job-10', -1],
    ['2026-01-02', '2026-01-01T23:59:59Z', 1],
    ['2026-01-01T00:00:00+01:00', '2026-01-01T00:00:00Z', -1],
    [new Date(5), new Date(5), 0],
    [true, false, 1],
    ['a', 'B', -1],
    [10n, 9, 1],
  ] as const)('%o before %o: %i', ([a, b, expected]) => {
    expect(Math.sign(compareValues(a, b))).toBe(expected);
  });

  test('is stable and an order: what is equal keeps its place', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ id: fc.string(), n: fc.oneof(fc.integer({ max: 3, min: 0 }), fc.constant(null)) })),
        data => {
          const tagged = data.map((row, place) => ({ ...row, place }));
          const sorted = compileQuery({ sort: 'n' }, columns).apply(tagged);
          for (let index = 1; index < sorted.length; index += 1) {
            const [before, after] = [sorted[index - 1], sorted[index]];
            if (before && after && before.n === after.n) expect(before.place).toBeLessThan(after.place);
          }
        },
      ),
    );
  });

  test('several columns, each with its direction', () => {
    const data = [
      { id: 'x', n: 1 },
      { id: 'y', n: 2 },
      { id: 'z', n: 1 },
    ];
    expect(
      compileQuery({ sort: 'n,-id' }, columns)
        .apply(data)
        .map(row => row.id),
    ).toEqual(['z', 'x', 'y']);
  });
});

describe('columns', () => {
  test('extra ones are left out until they are named', () => {
    expect(compileQuery({}, columns).columns.map(({ key }) => key)).toEqual(['id', 'n', 'tags']);
    expect(compileQuery({ columns: 'labels, id' }, columns).columns.map(({ key }) => key)).toEqual(['labels', 'id']);
  });

  test.for([
    ['columns', 'idd'],
    ['sort', 'tgas'],
    ['sort', 'labls.team'],
  ])('a typo in --%s says what was meant and what there is', ([flag, value]) => {
    const refused = (() => {
      try {
        ask({ [flag ?? '']: value });
      } catch (error) {
        return error;
      }
    })();
    expect(refused).toBeInstanceOf(SentopsError);
    expect(refused).toMatchObject({ code: 'FLAG_INVALID', hint: 'the columns are id, n, tags, labels' });
    expect((refused as SentopsError).message).toContain('did you mean');
  });

  test('no column at all is refused', () => {
    expect(() => ask({ columns: ' , ' })).toThrow('--columns names no column');
  });
});

test('limit comes after filter and sort', () => {
  expect(ask({ sort: '-id', limit: 2 })).toBe('dc');
  expect(ask({ filter: ['id!=d'], sort: '-id', limit: 1 })).toBe('c');
});

test('the columns of a result without any are what its rows hold', () => {
  expect(tabulate({ items: [{ a: 1 }, { b: 2, a: 3 }] }, undefined)).toEqual({
    columns: [
      { key: 'a', title: 'a' },
      { key: 'b', title: 'b' },
    ],
    rows: [
      [1, undefined],
      [3, 2],
    ],
  });
  expect(tabulate({ x: 1 }, undefined).rows).toEqual([[1]]);
});
