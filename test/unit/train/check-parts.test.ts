import { describe, expect, test } from 'vitest';
import type { SentopsError } from '../../../src/lib/core/errors.ts';
import { resolveLabels } from '../../../src/lib/data/labels.ts';
import { PART } from '../../../src/lib/train/batch.ts';
import { checkModels, checkParts } from '../../../src/lib/train/check-parts.ts';
import {
  countByClass,
  countKept,
  describeData,
  describeLabels,
  type ReadInput,
} from '../../../src/lib/train/describe.ts';
import type { TrainSpec } from '../../../src/lib/train/spec.ts';
import { fakeTable } from '../score/fakes.ts';
import { trainSpec } from './train-world.ts';

/** An input with so many rows of each label in each part. */
function readOf(parts: readonly (readonly number[])[], labels = ['neg', 'pos', 'none']): ReadInput {
  const counts = labels.map((value, id) => ({ value, rows: parts.reduce((sum, part) => sum + (part[id] ?? 0), 0) }));
  const table = fakeTable(['text', 'label'], [{ text: 'a', label: 'pos' }], { labelColumn: 'label', badRows: 3 });
  return {
    input: { location: 'data/rows.csv', table, again: null, describe: () => 'CSV' },
    rows: { blank: 0, counts: [PART.train, PART.validation, PART.test].map(part => parts[part] ?? []) },
    mapping: resolveLabels(
      counts.filter(({ rows }) => rows > 0),
      { columnName: 'label' },
    ),
  };
}

function refusal(read: ReadInput, more: Partial<TrainSpec> = {}): SentopsError {
  try {
    checkParts(read, trainSpec('.', more));
  } catch (error) {
    return error as SentopsError;
  }
  throw new Error('nothing was refused');
}

describe('rows that are enough to begin with', () => {
  test('one of each class to train on and one to test on', () => {
    expect(() => checkParts(readOf([[1, 1], [], [1, 0]]), trainSpec('.'))).not.toThrow();
  });

  test('no test rows are needed where there is a test file', () => {
    expect(() => checkParts(readOf([[1, 1], [], []]), trainSpec('.', { testInput: 'test.csv' }))).not.toThrow();
  });

  test('as many rows as folds', () => {
    expect(() => checkParts(readOf([[2, 1], [], [1]]), trainSpec('.', { cvFolds: 3 }))).not.toThrow();
  });
});

describe('rows that nothing can be learnt from', () => {
  test('a class without a row to train on is named, with what there is', () => {
    const error = refusal(
      readOf([
        [4, 0],
        [0, 2],
        [1, 1],
      ]),
    );
    expect(error).toMatchObject({ code: 'DATA_INVALID', hint: 'give more rows of every class' });
    expect(error.message).toBe('the 4 rows to train on have no row of class positive');
    expect(error.details).toEqual({ rows: { negative: 4, positive: 0 } });
  });

  test.each([{ maxRows: 10 }, { sampleFraction: 0.5 }])('a sample may be to blame: %j', more => {
    expect(refusal(readOf([[4, 0], [], [0, 1]]), more).hint).toMatch(
      /larger sample: raise --max-rows or --sample-fraction/,
    );
  });

  test('without a test row there is a way out in the hint', () => {
    const error = refusal(readOf([[4, 3], [2, 2], []]));
    expect(error.message).toBe('no row is left to test on: 7 are to train on');
    expect(error.hint).toMatch(/--train-ratio.*--test-input FILE/);
  });

  test('more folds than rows', () => {
    const error = refusal(readOf([[2, 2], [], [1]]), { cvFolds: 5 });
    expect(error.message).toBe('5 folds need as many rows; there are 4 to train on');
    expect(error.hint).toContain('--cv-folds');
  });

  test('only the first few of many missing classes are listed', () => {
    const labels = Array.from({ length: 9 }, (_, at) => `topic ${at}`);
    const error = refusal(readOf([[3], [], labels.map(() => 1)], labels));
    expect(error.message).toContain('topic 1, topic 2, topic 3, topic 4, topic 5');
    expect(error.message).not.toContain('topic 6');
  });
});

describe('models and classes', () => {
  test('of two classes every model knows', () => {
    expect(checkModels(['linearsvc', 'naivebayes', 'theirs'], ['a', 'b'])).toEqual([]);
  });

  test('of three the support vector machine is left out', () => {
    expect(checkModels(['linearsvc', 'naivebayes'], ['a', 'b', 'c'])).toEqual(['linearsvc']);
  });

  test('and it is an error when nothing else is left', () => {
    expect(() => checkModels(['linearsvc'], ['bad', 'fair', 'good'])).toThrow(
      'linearsvc tells two classes apart, and the labels are of 3: bad, fair, good',
    );
  });
});

describe('what is told of an input', () => {
  const read = readOf([
    [5, 4, 0],
    [2, 0, 0],
    [1, 3, 0],
  ]);

  test('rows are counted by class and part', () => {
    expect([
      countByClass(read, PART.train),
      countByClass(read, PART.validation),
      countByClass(read, PART.test),
    ]).toEqual([
      [5, 4],
      [2, 0],
      [1, 3],
    ]);
    expect(countKept(read, PART.train)).toBe(9);
  });

  test('labels that are dropped count for nothing and are listed', () => {
    const dropping = {
      ...read,
      rows: { blank: 0, counts: [[5, 4, 6], [], [1, 1, 1]] },
      mapping: {
        ...read.mapping,
        classOf: Int32Array.of(0, 1, -1),
        dropped: [{ value: 'none', rows: 7, why: 'unclear' }],
      },
    };
    expect(countKept(dropping, PART.train)).toBe(9);
    expect(describeLabels(dropping.mapping)).toMatchObject({
      classes: ['negative', 'positive'],
      mapping: { neg: 'negative', pos: 'positive', none: null },
      dropped: [{ value: 'none', rows: 7, why: 'unclear' }],
    });
  });

  test('rows without a label are dropped without a name of their own', () => {
    const blank = { ...read.mapping, dropped: [{ value: '', rows: 2, why: 'no label' }] };
    expect(Object.keys(describeLabels(blank).mapping)).toEqual(['neg', 'pos']);
  });

  test('one that was read has its counts, and test rows come from the test file where there is one', () => {
    expect(describeData(read.input, read, null)).toMatchObject({
      train: 9,
      validation: 2,
      test: 4,
      testInput: null,
      badRows: 3,
    });
    const other = readOf([[], [], [8, 8]]);
    const test = { ...other, input: { ...other.input, location: 'data/test.csv' } };
    expect(describeData(read.input, read, test)).toMatchObject({ train: 9, test: 16, testInput: 'data/test.csv' });
  });
});
