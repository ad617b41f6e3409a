import { describe, expect, test } from 'vitest';
import type { PartName, PartScores } from '../../../src/lib/train/batch.ts';
import { chooseBest, describeBest, judgeGate, judgeModel } from '../../../src/lib/train/judge-models.ts';
import type { FittedText } from '../../../src/lib/train/learner.ts';

/** Scores of rows whose margin for the positive class is given. */
function scoresOf(labels: readonly number[], margins: readonly number[]): PartScores {
  return {
    rows: labels.length,
    classes: 2,
    labels: Int32Array.from(labels),
    predictions: Int32Array.from(margins, margin => (margin > 0 ? 1 : 0)),
    raw: Float64Array.from(margins.flatMap(margin => [-margin, margin])),
    probabilities: null,
  };
}

function fitted(name: string, parts: Partial<Record<PartName, PartScores>>): FittedText {
  return {
    name,
    stages: [],
    params: {},
    seconds: 1,
    scores: async part => parts[part] ?? scoresOf([], []),
  };
}

const right = scoresOf([0, 1, 1, 0], [-1, 2, 1, -3]);
const half = scoresOf([0, 1, 1, 0], [1, 2, -1, -3]);
const wrong = scoresOf([0, 1, 1, 0], [1, -2, -1, 3]);
const select = { metric: 'accuracy', on: 'test', mode: 'max' } as const;

describe('judging', () => {
  test('both parts are measured', async () => {
    const model = await judgeModel(fitted('lr', { test: half, validation: right }), null);
    expect(model.testEvaluation.accuracy).toBe(0.5);
    expect(model.validationEvaluation?.accuracy).toBe(1);
  });

  test('without validation rows there is no validation, not an evaluation of nothing', async () => {
    const model = await judgeModel(fitted('lr', { test: half }), null);
    expect(model.validation).toBeNull();
    expect(model.validationEvaluation).toBeNull();
  });

  test('a test file has a numbering of its own', async () => {
    const asked: (readonly [PartName, Int32Array | undefined])[] = [];
    const model = {
      ...fitted('lr', {}),
      scores: async (part: PartName, classOf?: Int32Array) => {
        asked.push([part, classOf]);
        return half;
      },
    };
    const own = Int32Array.of(1, 0);
    await judgeModel(model, own);
    expect(asked).toEqual([
      ['test', own],
      ['validation', undefined],
    ]);
  });
});

describe('the best', () => {
  const judge = (name: string, test: PartScores, validation?: PartScores) =>
    judgeModel(fitted(name, { test, ...(validation ? { validation } : {}) }), null);

  test('has the largest metric; of equals the first', async () => {
    const models = [await judge('a', half), await judge('b', right), await judge('c', right)];
    expect(chooseBest(models, select).fitted.name).toBe('b');
  });

  test('or the smallest where that is asked for', async () => {
    const models = [await judge('a', half), await judge('b', right), await judge('c', wrong)];
    expect(chooseBest(models, { ...select, mode: 'min' }).fitted.name).toBe('c');
  });

  test('can be chosen on the validation rows', async () => {
    const models = [await judge('a', right, wrong), await judge('b', half, right)];
    const best = chooseBest(models, { ...select, on: 'validation' });
    expect(best.fitted.name).toBe('b');
    expect(describeBest(best, { ...select, on: 'validation' }, 'there')).toEqual({
      name: 'b',
      metric: 'accuracy',
      on: 'validation',
      value: 1,
      accuracy: 0.5,
      path: 'there',
      runId: null,
      registered: null,
    });
  });

  test('where there are no validation rows, the test rows stand in and the result says so', async () => {
    const best = await judge('a', half);
    expect(describeBest(best, { ...select, on: 'validation' }, 'there')).toMatchObject({ on: 'test', value: 0.5 });
  });

  test('a model without the metric is never better than one that has it', async () => {
    const oneClass = scoresOf([1, 1], [1, 1]);
    const models = [await judge('none', oneClass), await judge('some', wrong)];
    expect(models[0]?.testEvaluation.auc).toBeNull();
    expect(chooseBest(models, { ...select, metric: 'auc' }).fitted.name).toBe('some');
  });

  test('the gate looks at the test rows', async () => {
    const model = await judge('a', half, right);
    expect(judgeGate(model, [{ metric: 'accuracy', comparison: '>', bound: 0.75 }])).toMatchObject({
      model: 'a',
      met: false,
    });
  });
});
