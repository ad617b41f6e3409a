import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchLabels } from '../../../src/lib/data/match-labels.ts';
import { countWords, JudgedRows } from '../../../src/lib/score/judged-rows.ts';
import { collectMistakes } from '../../../src/lib/score/mistakes.ts';
import { sliceByLength, thirds } from '../../../src/lib/score/slices.ts';
import { columnOf, fakeScorer } from './fakes.ts';

/** `label:rows`, in the order of first sight. */
const counts = (...labels: readonly string[]) =>
  labels.map(label => ({
    value: label.slice(0, label.indexOf(':')),
    rows: Number(label.slice(label.indexOf(':') + 1)),
  }));
const binary = { labels: ['negative', 'positive'], about: {} };

describe('labels of a file and classes of a model', () => {
  test('the names of the classes mean themselves, in any case and order, one alone too', () => {
    expect([...matchLabels(counts('Positive:2', ' NEGATIVE :1'), binary, 'label', 0).classOf]).toEqual([1, 0]);
    expect([...matchLabels(counts('positive:2'), binary, 'label', 0).classOf]).toEqual([1]);
  });

  test('known schemes are understood as in training, neutral rows dropped with their count', () => {
    expect([...matchLabels(counts('4:2', '0:1'), binary, 'target', 0).classOf]).toEqual([1, 0]);
    const match = matchLabels(counts('0:5', '2:7', '4:6'), binary, 'target', 3);
    expect([...match.classOf]).toEqual([0, -1, 1]);
    expect(match.mapping).toEqual({ '0': 'negative', '2': null, '4': 'positive' });
    expect(match.dropped.map(({ value, rows }) => [value, rows])).toEqual([
      ['', 3],
      ['2', 7],
    ]);
  });

  test('what the model was trained with comes first', () => {
    const about = { labelMapping: { '1': 'positive', '2': null, '0': 'negative' } };
    const match = matchLabels(counts('2:4', '1:3'), { ...binary, about }, 'label', 0);
    expect([...match.classOf]).toEqual([-1, 1]);
    expect(match.scheme).toBe('as in training');
    expect(match.dropped).toMatchObject([{ value: '2', rows: 4 }]);
  });

  test('a label that training did not see makes the scheme decide for all of them', () => {
    const about = { labelMapping: { '0': 'negative', '4': 'positive' } };
    expect([...matchLabels(counts('0:1', '1:1'), { ...binary, about }, 'label', 0).classOf]).toEqual([0, 1]);
  });

  test('a model with numbers for names takes classes by their number', () => {
    const numbered = { labels: ['0', '1'], about: {} };
    expect([...matchLabels(counts('pos:1', 'neg:1'), numbered, 'label', 0).classOf]).toEqual([1, 0]);
  });

  test('classes in another order than the alphabet are found by name', () => {
    const model = { labels: ['sports', 'art', 'news'], about: {} };
    expect([...matchLabels(counts('art:1', 'news:1', 'sports:1'), model, 'topic', 0).classOf]).toEqual([1, 2, 0]);
  });

  test('a file with one class was refused, and told of training', () => {
    expect([...matchLabels(counts('1:9'), binary, 'label', 0, 'one.csv').classOf]).toEqual([1]);
    expect([...matchLabels(counts('neg:9', 'NaN:1'), { labels: ['0', '1'], about: {} }, 'x', 0).classOf]).toEqual([
      0, -1,
    ]);
    const other = () => matchLabels(counts('cat:5'), binary, 'animal', 0, 'one.csv');
    expect(other).toThrow('one.csv: the labels of column animal (cat) are not the classes of the model');
    expect([...matchLabels(counts('2:5'), binary, 'rating', 3, 'one.csv').classOf]).toEqual([0]);
    const neither = () => matchLabels(counts('3:5'), binary, 'rating', 3, 'one.csv');
    expect(neither).toThrow(/^one\.csv: column rating has no class: found 3 \(5 rows\), no label \(3 rows\)/);
  });

  test.for(['nan', 'NaN', 'NA', 'null', 'None', 'n/a'])('%s was a class, and is no label', missing => {
    const about = { labelMapping: { '0': 'negative', '4': 'positive' } };
    for (const model of [binary, { ...binary, about }]) {
      const match = matchLabels(counts('4:3', `${missing}:2`, '0:3'), model, 'label', 1);
      expect([...match.classOf]).toEqual([1, -1, 0]);
      expect(match.dropped).toEqual([
        { value: '', rows: 1, why: 'no label' },
        { value: missing, rows: 2, why: 'no label' },
      ]);
    }
  });

  test('a model with a class of that name keeps it', () => {
    const topics = { labels: ['art', 'none'], about: {} };
    expect([...matchLabels(counts('None:1', 'art:1'), topics, 'topic', 0).classOf]).toEqual([1, 0]);
  });

  test('labels of something else are refused with both lists', () => {
    const work = () => matchLabels(counts('cat:5', 'dog:5'), binary, 'animal', 0);
    expect(work).toThrow(/column animal \(cat, dog\) are not the classes of the model \(negative, positive\)/);
  });
});

describe('words of a text', () => {
  test.for([
    ['one two  three', 3],
    ['  edges\t\n', 1],
    ['', 0],
    [' \r\n\v\f', 0],
    ['ünïcödé 日本語', 2],
    [null, 0],
  ] as const)('%j has %i', ([text, words]) => {
    expect(countWords(columnOf(['noise before', text]), 1)).toBe(words);
  });

  test('are the runs that a split by white space leaves', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'é', ' ', '\t', '\n', '.') }), text => {
        expect(countWords(columnOf([text]), 0)).toBe(text.split(/[ \t-\r]+/).filter(Boolean).length);
      }),
    );
  });
});

describe('thirds of lengths', () => {
  test('hold a third of the rows each where lengths differ', () => {
    expect(thirds(Int32Array.from({ length: 9 }, (_, index) => index + 1))).toEqual([
      [1, 3],
      [4, 6],
      [7, 9],
    ]);
  });

  test('cover every row once, in order, whatever the lengths', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 60 }), list => {
        const sorted = Int32Array.from(list).sort();
        const parts = thirds(sorted);
        expect(parts.length).toBeGreaterThan(0);
        expect(parts.length).toBeLessThanOrEqual(3);
        for (const length of sorted)
          expect(parts.filter(([from, to]) => length >= from && length <= to)).toHaveLength(1);
        expect(parts.flat()).toEqual([...parts.flat()].sort((a, b) => a - b));
      }),
    );
  });
});

/** Texts of 1 to `rows` letters in as many words; those above ten letters are positive, and judged so. */
function judge(texts: readonly string[], ids: readonly number[]): JudgedRows {
  const scorer = fakeScorer();
  const judged = new JudgedRows(2, { probabilities: true });
  const column = columnOf(texts);
  const scores = scorer.scoreColumn(column, texts.length);
  for (const [row, id] of ids.entries()) judged.add(id, countWords(column, row), scores, row);
  return judged;
}

describe('rows that were judged', () => {
  test('keep label, prediction, scores and length over any number of rows', () => {
    const texts = Array.from({ length: 5000 }, (_, row) => 'a '.repeat(1 + (row % 9)));
    const judged = judge(
      texts,
      texts.map((_, row) => row % 3),
    );
    const rows = judged.select(Int32Array.of(1, -1, 0));
    expect(rows.rows).toBe(texts.filter((_, row) => row % 3 !== 1).length);
    const kept = texts.map((text, row) => ({ text, row })).filter(({ row }) => row % 3 !== 1);
    for (const at of [0, 1, 1000, rows.rows - 1]) {
      const { text, row } = kept[at] as (typeof kept)[number];
      const { prediction, raw, probabilities } = fakeScorer().score(text);
      expect(rows.labels[at]).toBe(row % 3 === 0 ? 1 : 0);
      expect(rows.predictions[at]).toBe(prediction);
      expect(rows.raw.subarray(2 * at, 2 * at + 2)).toEqual(raw);
      expect(rows.probabilities?.subarray(2 * at, 2 * at + 2)).toEqual(probabilities);
      expect(rows.words[at]).toBe(1 + (row % 9));
    }
  });

  test('are sliced by length with the metrics of each slice', () => {
    const texts = ['a', 'bb', 'long one', 'longer two', 'much longer than three', 'far longer than four is'];
    const slices = sliceByLength(judge(texts, [0, 0, 1, 1, 1, 1]), Int32Array.of(0, 1));
    expect(slices.map(({ name, from, to, rows, accuracy }) => [name, from, to, rows, accuracy])).toEqual([
      ['short', 1, 1, 2, 1],
      ['medium', 2, 2, 2, 0],
      ['long', 4, 5, 2, 1],
    ]);
  });

  test('of one length are one slice with that name', () => {
    expect(sliceByLength(judge(['a', 'b'], [0, 1]), Int32Array.of(0, 1))).toMatchObject([
      { name: '1 to 1 words', rows: 2, accuracy: 0.5 },
    ]);
  });
});

test('mistakes are the surest ones of each kind, and only mistakes', () => {
  const texts = ['x'.repeat(30), 'x'.repeat(12), 'x'.repeat(11), 'x', 'x'.repeat(25)];
  const column = columnOf(texts);
  const scores = fakeScorer().scoreColumn(column, texts.length);
  const mistakes = collectMistakes();
  for (const [row, id] of [0, 0, 1, 1, 1].entries()) mistakes.offer(column, row, id, scores);
  const picked = mistakes.pick(Int32Array.of(0, 1), 10);
  expect(picked.map(({ text }) => text.length).sort((a, b) => a - b)).toEqual([1, 12, 30]);
  expect(picked.at(-1)?.text.length).toBe(12);
  expect(mistakes.pick(Int32Array.of(0, 1), 1)).toHaveLength(1);
  for (let round = 0; round < 100; round += 1) mistakes.offer(column, 0, 0, scores);
  expect(mistakes.pick(Int32Array.of(0, -1), 99)).toHaveLength(5);
});

test('of many classes the pairs that came late were left out, however sure', () => {
  const classes = 30;
  const labels = Array.from({ length: classes }, (_, index) => `class ${index}`);
  const mistakes = collectMistakes();
  const column = columnOf(labels.map(() => 'text'));
  for (const [id] of labels.entries()) {
    const probabilities = new Float64Array(classes * classes);
    const predictions = Float64Array.from(labels, (_, row) => row);
    for (const [row] of labels.entries()) probabilities[row * classes + row] = (id * classes + row) / classes ** 2;
    const scores = { rows: classes, classes, predictions, raw: probabilities, probabilities };
    for (const [row] of labels.entries()) mistakes.offer(column, row, id, scores);
  }
  const picked = mistakes.pick(
    Int32Array.from(labels, (_, id) => id),
    1000,
  );
  expect(picked.slice(0, 3).map(({ id, prediction }) => [id, prediction])).toEqual([
    [29, 28],
    [29, 27],
    [29, 26],
  ]);
  expect(picked.length).toBeGreaterThanOrEqual(400);
  expect(picked.length).toBeLessThanOrEqual(430);
});
