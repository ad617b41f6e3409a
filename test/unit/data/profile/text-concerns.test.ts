import { describe, expect, test } from 'vitest';
import { ContractColumnStats, isContractColumn } from '../../../../src/lib/data/profile/contract-columns.ts';
import { DuplicateTexts } from '../../../../src/lib/data/profile/duplicate-texts.ts';
import { LabelStats } from '../../../../src/lib/data/profile/label-stats.ts';
import { SharedTexts } from '../../../../src/lib/data/profile/shared-texts.ts';
import { columnOf, scanned } from './texts.ts';

function duplicatesOf(rows: readonly (readonly [text: string | null, label: number])[], mostEntries?: number) {
  const { column, features } = scanned(rows.map(([text]) => text));
  const duplicates = new DuplicateTexts(mostEntries === undefined ? {} : { mostEntries });
  duplicates.add(
    column,
    features,
    Int32Array.from(rows, ([, label]) => label),
    rows.length,
    0,
  );
  return duplicates;
}

describe('repeated texts', () => {
  test('are counted behind the first, and blank ones not at all', () => {
    const found = duplicatesOf([
      ['a', 0],
      ['b', 0],
      ['a', 0],
      [null, 0],
      ['', 1],
      [' ', 1],
      ['a', 0],
    ]).summary(7);
    expect(found).toEqual({
      ...{ rows: 2, share: 2 / 7, distinct: 2, contradictingTexts: 0, contradictingRows: 0 },
      ...{ exact: true, sampled: 1 },
      examples: [
        { row: 3, text: 'a' },
        { row: 7, text: 'a' },
      ],
    });
  });

  test('with another label contradict themselves; without one they do not', () => {
    const rows = [
      ['a', 0],
      ['a', 1],
      ['a', 0],
      ['b', 1],
      ['b', -1],
      ['c', -1],
      ['c', 0],
      ['c', 1],
    ] as const;
    expect(duplicatesOf(rows).summary(8)).toMatchObject({ contradictingTexts: 2, contradictingRows: 6 });
  });

  test('a text differs from another by any byte', () => {
    const rows = ['a', 'A', 'a ', ' a', 'á', 'aa'].map(text => [text, 0] as const);
    expect(duplicatesOf(rows).summary(6)).toMatchObject({ rows: 0, distinct: 6, examples: [] });
  });

  test('of too many texts are estimated, and it is said', () => {
    const rows = Array.from({ length: 20_000 }, (_, row) => [`text ${row >> 1}`, row & 1] as const);
    const found = duplicatesOf(rows, 2000).summary(20_000);
    expect(found).toMatchObject({ exact: false, sampled: 1 / 8 });
    expect(Math.abs(found.rows - 10_000)).toBeLessThan(1000);
    expect(Math.abs(found.contradictingRows - 20_000)).toBeLessThan(2000);
    expect(found.share).toBeLessThanOrEqual(1);
  });
});

describe('texts of another file', () => {
  const other = (texts: readonly string[], mostEntries?: number) => ({
    name: 'train.csv',
    rows: texts.length,
    table: duplicatesOf(
      texts.map(text => [text, -1] as const),
      mostEntries,
    ).table,
  });

  test('are found, each row of this one', () => {
    const texts = ['b', 'x', null, 'a', 'b', ''];
    const { column, features } = scanned(texts);
    const shared = new SharedTexts(other(['a', 'b', 'c', '']));
    shared.add(column, features, texts.length, 20);
    expect(shared.summary(6)).toEqual({
      ...{ against: 'train.csv', againstRows: 4, rows: 3, share: 0.5, exact: true },
      examples: [
        { row: 21, text: 'b' },
        { row: 24, text: 'a' },
        { row: 25, text: 'b' },
      ],
    });
  });

  test('of a sample are multiplied', () => {
    const texts = Array.from({ length: 8000 }, (_, row) => `text ${row}`);
    const { column, features } = scanned(texts);
    const shared = new SharedTexts(other(texts.slice(0, 4000), 1000));
    shared.add(column, features, texts.length, 0);
    const found = shared.summary(8000);
    expect(found.exact).toBe(false);
    expect(Math.abs(found.rows - 4000)).toBeLessThan(500);
  });
});

describe('labels', () => {
  const labelled = (values: readonly (string | null)[], explicit: Record<string, number> | null = null) => {
    const stats = new LabelStats('label', explicit);
    stats.add(columnOf(values), values.length);
    return stats;
  };

  test('are counted as written and read as training reads them', () => {
    const stats = labelled(['0', '4', '4', null, '2']);
    expect(stats.counts()).toEqual({ 0: 1, 2: 1, 4: 2 });
    expect([...stats.ids.subarray(0, 5)]).toEqual([0, 1, 1, -1, 2]);
    expect(stats.summary(1)).toEqual({
      ...{ column: 'label', blank: 1, scheme: '0/4', classes: { negative: 1, positive: 2 }, rarest: 1 / 3 },
      ...{ problem: null, order: null, dropped: [{ value: '2', rows: 1, why: 'neutral' }] },
    });
  });

  test('mean what the project file says', () => {
    const { scheme, classes } = labelled(['up', 'down', 'up'], { down: 0, up: 1 }).summary(0);
    expect([scheme, classes]).toEqual(['project file', { negative: 1, positive: 2 }]);
  });

  test('that only say that there is none are none, unless the project file gives them a class', () => {
    const values = ['1', 'NaN', '0', 'none', '1'];
    expect([...labelled(values).ids.subarray(0, 5)]).toEqual([0, -1, 2, -1, 0]);
    expect(
      labelled(values)
        .summary(0)
        .dropped.map(({ value }) => value),
    ).toEqual(['NaN', 'none']);
    const explicit = { None: 2, 0: 0, 1: 1 };
    expect([...labelled(values, explicit).ids.subarray(0, 5)]).toEqual([0, -1, 2, 3, 0]);
  });

  test.each([
    ['one class only', ['1', '1', '1']],
    ['no class', [null, '', 'nan']],
  ])('%s is a finding', (problem, values) => {
    expect(labelled(values).summary(0)).toMatchObject({ scheme: null, classes: {}, rarest: null });
    expect(labelled(values).summary(0).problem).toContain(problem);
  });

  test('a column of something else does not end the pass', () => {
    const stats = labelled(Array.from({ length: 1500 }, (_, row) => `value ${row}`));
    expect([stats.isReadable, stats.counts()]).toEqual([false, {}]);
    expect(stats.summary(0).problem).toContain('looks like no label column');
    stats.add(columnOf(['a', 'b']), 2);
    expect([...stats.ids.subarray(0, 2)]).toEqual([-1, -1]);
  });

  test('in the order of Sentiment140 are told', () => {
    const values = Array.from({ length: 400 }, (_, row) => (row < 200 ? '0' : '4'));
    expect(labelled(values).summary(0).order).toContain('the first 200 rows are all 0');
  });
});

describe('the contract of text_len and word_count', () => {
  test.each([
    ['text_len', true],
    ['Word_Count', true],
    ['length', false],
    ['constructor', false],
  ])('%s: %j', (name, isOne) => {
    expect(isContractColumn(name)).toBe(isOne);
  });

  test.each([
    ['text_len', ['5', '3.0', '7', null, 'x'], { notNumbers: 1, different: 1 }],
    ['text_len', [null, '3', '6', 'x', '7'], { notNumbers: 2, different: 0 }],
    ['word_count', ['1', '2', '0', '4', '1'], { notNumbers: 0, different: 2 }],
  ])('%s must be numbers that the texts give', (name, values, expected) => {
    // 5, 3, 6, 0 and 7 characters; 1, 2, 1, 0 and 1 words.
    const { column, features } = scanned(['hello', 'a b', 'ééé😀😀😀', '', 'another']);
    const stats = new ContractColumnStats(name);
    stats.add(columnOf(values), column, features, 5);
    expect(stats.summary()).toEqual({ name, rows: 5, ...expected });
  });

  test('words may be counted as Python does, which parts them at more than ASCII white space', () => {
    const { column, features } = scanned(['no\u00a0break here', 'next\u0085line', 'wide\u3000space', 'a\u001cb c']);
    const differentIn = (values: readonly string[]) => {
      const stats = new ContractColumnStats('word_count');
      stats.add(columnOf(values), column, features, 4);
      return stats.summary().different;
    };
    expect(differentIn(['3', '2', '2', '3'])).toBe(0);
    expect(differentIn(['2', '1', '1', '2'])).toBe(0);
    expect(differentIn(['4', '3', '3', '4'])).toBe(4);
  });
});

test('an estimate is never more than all rows', () => {
  for (let run = 0; run < 12; run++) {
    const texts = Array.from({ length: 900 }, (_, row) => `text ${row} of run ${run}`);
    const table = duplicatesOf(
      texts.map(text => [text, 0] as const),
      100,
    );
    expect(table.summary(900).exact).toBe(false);
    expect(table.summary(900).distinct).toBeLessThanOrEqual(900);
    const shared = new SharedTexts({ name: 'b.csv', rows: 900, table: table.table });
    const { column, features } = scanned(texts);
    shared.add(column, features, 900, 0);
    expect(shared.summary(900).rows).toBeLessThanOrEqual(900);
  }
});
