import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findScheme, foldLabel } from '../../../src/lib/data/label-schemes.ts';
import { resolveLabels } from '../../../src/lib/data/labels.ts';

const nameOf = (labels: readonly string[], columnName = 'label') => findScheme(labels.map(foldLabel), columnName).name;

/** What each label, as written, is taken for. */
function meaning(labels: readonly string[], columnName = 'label'): Record<string, string> {
  const counts = labels.map(value => ({ value, rows: 3 }));
  const { classes, classOf, dropped } = resolveLabels(counts, { columnName });
  return Object.fromEntries(
    labels.map((label, id) => [
      label,
      classes[classOf[id] as number] ?? `dropped: ${dropped.find(({ value }) => value === label)?.why}`,
    ]),
  );
}

const RATINGS = [
  'rating',
  'Overall',
  'star',
  'stars',
  'SCORE',
  'star_rating',
  'Star Rating',
  'review-rating',
  'reviewScore',
  'ratings',
];

describe('spellings', () => {
  const NEGATIVE = ['negative', 'NEG', 'False', ' neg ', '0'];
  const POSITIVE = ['positive', 'Pos', 'TRUE', '\tpositive', '1'];

  test.each(NEGATIVE.slice(0, 4).flatMap(no => POSITIVE.slice(0, 4).map(yes => [no, yes])))('%j and %j', (no, yes) => {
    expect(meaning([yes, no])).toEqual({ [no]: 'negative', [yes]: 'positive' });
  });

  test.each([
    ['0', '1'],
    ['00', '01'],
    ['0.0', '1.0'],
    ['0.', '1.'],
    ['-0', '+1'],
    [' 0', '1 '],
  ])('%j and %j are 0 and 1', (no, yes) => {
    expect(nameOf([no, yes])).toBe('0/1');
    expect(meaning([no, yes])).toEqual({ [no]: 'negative', [yes]: 'positive' });
  });

  test('of one class may be mixed', () => {
    expect(meaning(['pos', 'Positive', 'TRUE', 'neg'])).toEqual({
      pos: 'positive',
      Positive: 'positive',
      TRUE: 'positive',
      neg: 'negative',
    });
    expect(meaning(['neu', 'Neutral', 'pos', 'neg'])).toEqual({
      neu: 'neutral',
      Neutral: 'neutral',
      pos: 'positive',
      neg: 'negative',
    });
  });

  test('folding twice changes nothing, and keeps what is no number', () => {
    fc.assert(
      fc.property(fc.string(), label => {
        expect(foldLabel(foldLabel(label))).toBe(foldLabel(label));
      }),
    );
    expect(['1e5', '0x10', '1_000', '--1', '+', '.5', '１'].map(foldLabel)).toEqual([
      '1e5',
      '0x10',
      '1_000',
      '--1',
      '+',
      '.5',
      '１',
    ]);
    expect(['99999999999999.0', '+0099', '-2.50'].map(foldLabel)).toEqual(['99999999999999.0', '99', '-2.5']);
  });
});

describe('where several schemes would fit', () => {
  test.each<[labels: string[], column: string, scheme: string]>([
    [['0'], 'label', '0/1'],
    [['1'], 'label', '0/1'],
    [['1'], 'stars', '0/1'],
    [['0', '1'], 'stars', '0/1'],
    [['-1', '1'], 'rating', '-1/1'],
    [['-1', '0', '1'], 'label', '-1/0/1'],
    [['-1', '0'], 'label', 'as written'],
    [['0', '4'], 'stars', '0/4'],
    [['4'], 'target', '0/4'],
    [['2', '4'], 'target', '0/4'],
    [['2', '4'], 'stars', 'stars 1-5'],
    [['4'], 'stars', 'stars 1-5'],
    [['0', '2'], 'label', 'as written'],
    [['0', '2', '4', '3'], 'label', 'as written'],
    [['1', '2'], 'label', '1/2'],
    [['1', '2'], 'stars', 'stars 1-5'],
    [['1', '2', '3'], 'label', 'as written'],
    [['1', '2', '3', '4'], 'label', 'as written'],
    [['1', '2', '3', '4', '5'], 'label', 'stars 1-5'],
    [['1', '2', '3', '4', '4.5'], 'label', 'as written'],
    [['1', '5'], 'label', 'as written'],
    [['1', '5', '6'], 'rating', 'ratings 1-10'],
    [['1', '10'], 'label', 'as written'],
    [['0', '5'], 'rating', 'as written'],
    [['1', '11'], 'rating', 'as written'],
    [['1', '5', 'nothing'], 'rating', 'as written'],
    [['true', 'false'], 'label', 'true/false'],
    [['true', 'neg'], 'label', 'true/false'],
    [['pos', 'neg'], 'label', 'negative/positive'],
    [['pos', 'neg', 'neutral'], 'label', 'negative/neutral/positive'],
    [['pos', 'neutral'], 'label', 'as written'],
    [['pos', 'neg', 'mixed'], 'label', 'as written'],
    [['pos', '0'], 'label', 'as written'],
  ])('%j in %s: %s', (labels, column, scheme) => {
    expect(nameOf(labels, column)).toBe(scheme);
    expect(nameOf([...labels].reverse(), column)).toBe(scheme);
  });

  test.each(RATINGS)('%s is a column of stars', column => {
    expect(nameOf(['1', '5', '3'], column)).toBe('stars 1-5');
    expect(nameOf(['1', '5', '3'], `my ${column}`)).toBe('as written');
  });
});

describe('scales', () => {
  test('five stars: up to two are negative, from four on positive, the rest says nothing', () => {
    const labels = ['1', '1.5', '2', '2.5', '3', '3.5', '4', '4.5', '5'];
    const kept = meaning(labels, 'stars');
    expect(labels.map(label => kept[label]?.[0])).toEqual(['n', 'n', 'n', 'd', 'd', 'd', 'p', 'p', 'p']);
    expect(kept['3']).toBe('dropped: three stars are neither');
  });

  test('ten points: up to four are negative, from seven on positive', () => {
    const kept = meaning(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'], 'rating');
    expect(Object.values(kept).map(name => name[0])).toEqual([...'nnnnddpppp']);
    expect(kept['5']).toBe('dropped: in the middle of the scale');
  });

  test('the 2 of Sentiment140 is neutral', () => {
    expect(meaning(['0', '2', '4'], 'target')).toEqual({ 0: 'negative', 2: 'dropped: neutral', 4: 'positive' });
  });
});

describe('labels of any kind', () => {
  const resolve = (counts: Record<string, number>, more: { explicit?: Record<string, number>; blank?: number } = {}) =>
    resolveLabels(
      Object.entries(counts).map(([value, rows]) => ({ value, rows })),
      { columnName: 'label', ...more },
    );

  test('are named as most rows write them, in the order of the alphabet or of their numbers', () => {
    expect(resolve({ Sport: 5, sport: 9, ' SPORT': 2, art: 3 }).classes).toEqual(['art', 'sport']);
    expect(resolve({ '10': 5, '9': 5, '8.50': 5 }).classes).toEqual(['8.50', '9', '10']);
    expect(resolve({ b: 4, 'a, b': 4 }).labels).toEqual([['a, b'], ['b']]);
  });

  test('classes do not depend on the order in which labels come up', () => {
    const labels = ['x', 'B', 'a', 'b', '7', '10'];
    fc.assert(
      fc.property(fc.shuffledSubarray(labels, { minLength: labels.length }), order => {
        const { classes, rows } = resolve(Object.fromEntries(order.map(label => [`${label} `, label === 'B' ? 9 : 4])));
        expect([...classes].sort()).toEqual(['10', '7', 'B', 'a', 'x']);
        expect(classes).toEqual(['7', '10', 'a', 'B', 'x']);
        expect(rows).toEqual([4, 4, 4, 13, 4]);
      }),
    );
  });

  test('one is told by its name where the same word heads the column', () => {
    expect(resolve({ label: 3, LABEL: 1, a: 10, b: 10 })).toMatchObject({
      classes: ['a', 'b'],
      dropped: [
        { value: 'label', why: 'the header again' },
        { value: 'LABEL', why: 'the header again' },
      ],
    });
  });

  test.each<[explicit: Record<string, number>, says: RegExp]>([
    [{}, /they name one class only/],
    [{ a: 0 }, /they name one class only/],
    [{ a: 1, b: 1 }, /no label has class 0/],
    [{ a: 0, b: 2 }, /no label has class 1/],
    [{ a: 0, b: 2000 }, /no label has class 1/],
  ])('given as %j are refused', (explicit, says) => {
    expect(() => resolve({ a: 5, b: 5 }, { explicit })).toThrow(says);
  });

  test('that were given are the classes, also where a scheme is known for them', () => {
    expect(resolve({ '1': 5, '0': 5 }, { explicit: { '1': 0, '0': 1 } })).toMatchObject({
      scheme: 'project file',
      classes: ['negative', 'positive'],
      labels: [['1'], ['0']],
    });
    expect(resolve({ '1.0': 5, ' Zero ': 5 }, { explicit: { '1': 1, zero: 0 } }).rows).toEqual([5, 5]);
    expect(() => resolve({ c: 5, d: 6 }, { explicit: { a: 0, b: 1 } })).toThrow(
      /column label has no class: found c \(5 rows\), d \(6 rows\)$/,
    );
  });

  test('are as many as there are, if each has rows enough', () => {
    const counts = (labels: number, rows: number) =>
      Object.fromEntries(Array.from({ length: labels }, (_, i) => [`l${i}`, rows]));
    expect(resolve(counts(1000, 2)).classes.length).toBe(1000);
    expect(resolve(counts(10, 1)).classes.length).toBe(10);
    expect(() => resolve(counts(11, 1))).toThrow('11 different values in 11 rows: it looks like no label column');
  });

  test('a long one is cut in the line for people, not in the mapping', () => {
    const long = 'x'.repeat(60);
    const mapping = resolve({ Ab: 3, ab: 1, [long]: 5 }, { blank: 7 });
    expect(mapping.describe()).toBe(`labels as written: Ab (ab) 4, ${long} 5; dropped: no label 7`);
    expect(() => resolve({ [long]: 5 }, { blank: 1 })).toThrow(
      `column label has one class only: found ${'x'.repeat(39)}… (5 rows), no label (1 rows)`,
    );
  });
});
