import { describe, expect, test } from 'vitest';
import { resolveLabels } from '../../../src/lib/data/labels.ts';
import { evaluate } from '../../../src/lib/learn/metrics.ts';
import type { Stage } from '../../../src/lib/model/stages.ts';
import type { PartScores } from '../../../src/lib/train/batch.ts';
import type { ReadInput } from '../../../src/lib/train/describe.ts';
import type { GateVerdict } from '../../../src/lib/train/gate.ts';
import { checkGate } from '../../../src/lib/train/gate.ts';
import type { Judged } from '../../../src/lib/train/judge-models.ts';
import {
  compareModels,
  describeRun,
  describeStageLine,
  reportComparison,
  reportModel,
} from '../../../src/lib/train/report-data.ts';
import { countStages } from '../../../src/lib/train/spark/feature-stages.ts';
import { fakeTable } from '../score/fakes.ts';
import { trainSpec } from './train-world.ts';

function inputOf(location: string, counts: readonly (readonly number[])[], values = ['0', '4']): ReadInput {
  const labels = values.map((value, id) => ({ value, rows: counts.reduce((sum, part) => sum + (part[id] ?? 0), 0) }));
  return {
    input: { location, table: fakeTable(['text'], [], { badRows: 2 }), again: null, describe: () => 'CSV' },
    rows: { blank: 0, counts },
    mapping: resolveLabels(labels, { columnName: 'label', blank: 3 }),
  };
}

function scoresOf(classes: number, labels: readonly number[], predictions: readonly number[]): PartScores {
  const raw = Float64Array.from(
    predictions.flatMap(klass => Array.from({ length: classes }, (_, at) => (at === klass ? 1 : -1))),
  );
  return {
    rows: labels.length,
    classes,
    labels: Int32Array.from(labels),
    predictions: Int32Array.from(predictions),
    raw,
    probabilities: null,
  };
}

function judgedOf(name: string, test: PartScores, validation: PartScores | null = null): Judged {
  const [tokenizer] = countStages(16, 1);
  const fitted = { name, stages: [tokenizer], params: { regParam: 0.1 }, seconds: 1.5, scores: async () => test };
  return {
    fitted,
    test,
    validation,
    testEvaluation: evaluate(test),
    validationEvaluation: validation && evaluate(validation),
  };
}

const MAIN = inputOf('/somewhere/rows.csv', [
  [5, 6],
  [2, 1],
  [3, 4],
]);
const RUN = {
  spec: trainSpec('.', { seed: 9 }),
  main: MAIN,
  test: null,
  gitCommit: 'abc',
  finishedAt: '2026-01-02T03:04:05.000Z',
};
const GOOD = scoresOf(2, [0, 1, 1], [0, 1, 1]);
const FAIR = scoresOf(2, [0, 1, 1], [0, 1, 0]);

describe('what all reports of a run say', () => {
  test('seed, commit, end and machine', () => {
    const { run } = describeRun(RUN);
    expect(run).toMatchObject({ seed: 9, gitCommit: 'abc', finishedAt: '2026-01-02T03:04:05.000Z' });
    expect(run.environment.node).toBe(process.versions.node);
    expect(Object.values(run.environment).every(value => value.length > 0)).toBe(true);
  });

  test('the data by its name only: no path of a machine gets into a report', () => {
    const facts = describeRun(RUN);
    expect(facts.data).toEqual([{ role: 'training', file: 'rows.csv', sha256: 'abc', bytes: 0, rows: 0, badRows: 2 }]);
    expect(JSON.stringify(facts)).not.toContain('/somewhere');
    expect(facts.sizes).toEqual({ train: 11, validation: 3, test: 7 });
  });

  test('a test file beside it, whose rows are the test rows', () => {
    const facts = describeRun({ ...RUN, test: inputOf('gs://bucket/test.csv', [[], [], [8, 9]]) });
    expect(facts.data.map(({ role, file }) => [role, file])).toEqual([
      ['training', 'rows.csv'],
      ['test', 'gs://bucket/test.csv'],
    ]);
    expect(facts.sizes).toEqual({ train: 11, validation: 3, test: 17 });
  });

  test('labels with the rows of each, where they are known, and what was dropped', () => {
    expect(describeRun(RUN).labels).toEqual({
      names: ['negative', 'positive'],
      mapping: [
        { from: '0', to: 'negative', rows: 10 },
        { from: '4', to: 'positive', rows: 11 },
      ],
      dropped: [{ label: '', rows: 3, reason: 'no label' }],
    });
    const stars = inputOf('stars.csv', [[1, 2, 3, 4, 5]], ['1', '2', '3', '4', '5']);
    const { mapping } = describeRun({ ...RUN, main: stars }).labels;
    // One class stands for several labels here: rows are those of the label, or nobody says how many.
    for (const { from, rows } of mapping) expect([null, Number(from)]).toContain(rows);
  });
});

describe('the report of a model', () => {
  const facts = describeRun(RUN);

  test('shows the test rows, and the validation rows before them where there are any', () => {
    const parts = (judged: Judged) =>
      reportModel(judged, facts, [], null).parts.map(({ part, evaluation }) => [part, evaluation.accuracy]);
    expect(parts(judgedOf('naivebayes', GOOD))).toEqual([['test', 1]]);
    expect(parts(judgedOf('naivebayes', GOOD, FAIR))).toEqual([
      ['validation', 2 / 3],
      ['test', 1],
    ]);
  });

  test('has its title, its parameters, its stages and how long the fit took', () => {
    const report = reportModel(judgedOf('linearsvc', GOOD), facts, [], null);
    expect(report.model).toEqual({ name: 'LinearSVC', kind: 'linearsvc', version: null, params: { regParam: 0.1 } });
    expect(report.stages).toEqual(['Tokenizer()']);
    expect(report.timings).toEqual([{ name: 'fit', seconds: 1.5 }]);
    expect(reportModel(judgedOf('theirs', GOOD), facts, [], null).model.name).toBe('theirs');
  });

  test('tells the rule of the gate that decided', () => {
    const gate = (verdict: GateVerdict) => reportModel(judgedOf('linearsvc', GOOD), facts, [], verdict).gate;
    const rules = [
      { metric: 'accuracy', comparison: '>=', bound: 0.5 },
      { metric: 'f1', comparison: '>=', bound: 0.9 },
    ] as const;
    expect(gate(checkGate('linearsvc', rules, evaluate(GOOD)))).toMatchObject({
      metric: 'accuracy',
      minimum: 0.5,
      value: 1,
      passed: true,
    });
    expect(gate(checkGate('linearsvc', rules, evaluate(FAIR)))).toMatchObject({
      metric: 'f1',
      minimum: 0.9,
      passed: false,
    });
    expect(gate(checkGate('linearsvc', [], evaluate(GOOD)))).toBeNull();
  });
});

describe('models side by side', () => {
  test('each with its curves and its folder; one is the best', () => {
    const models = [judgedOf('naivebayes', FAIR), judgedOf('ngram', GOOD)];
    const compared = compareModels(models, models[1] as Judged);
    expect(
      compared.map(({ name, kind, part, folder, best, fitSeconds }) => [name, kind, part, folder, best, fitSeconds]),
    ).toEqual([
      ['NaiveBayes', 'naivebayes', 'test', 'naivebayes', false, 1.5],
      ['NGram', 'ngram', 'test', 'ngram', true, 1.5],
    ]);
    expect(compared.map(({ evaluation }) => evaluation.accuracy)).toEqual([2 / 3, 1]);
    expect(compared[1]?.roc?.area).toBe(1);
    expect(compared[1]?.pr?.area).toBe(1);
  });

  test('of three classes have no curve in common', () => {
    const three = judgedOf('naivebayes', scoresOf(3, [0, 1, 2], [0, 1, 2]));
    expect(compareModels([three], three)[0]).toMatchObject({ roc: null, pr: null, best: true });
  });

  test('of which one is the only class of the rows have none either', () => {
    const one = judgedOf('naivebayes', scoresOf(2, [1, 1], [1, 1]));
    expect(compareModels([one], one)[0]).toMatchObject({ roc: null, pr: null });
  });

  test('are compared by a metric, with the gate of the best', () => {
    const best = judgedOf('ngram', GOOD);
    const gate = checkGate('ngram', [{ metric: 'recall', comparison: '>', bound: 0.5 }], best.testEvaluation);
    const comparison = reportComparison(describeRun(RUN), compareModels([best], best), 'accuracy', gate);
    expect(comparison).toMatchObject({
      title: 'Training report',
      chosenBy: 'accuracy',
      timings: [{ name: 'fit NGram', seconds: 1.5 }],
    });
    expect(comparison.gate).toMatchObject({ metric: 'recall', value: 1, passed: true });
  });
});

describe('a stage in a line', () => {
  test.each(countStages(64, 3).map(stage => [stage.kind, stage] as const))('%s', (kind, stage) => {
    const expected = {
      Tokenizer: 'Tokenizer()',
      StopWordsRemover: 'StopWordsRemover(caseSensitive=false, locale=en)',
      HashingTF: 'HashingTF(numFeatures=64, binary=false, hash=spark3)',
    };
    expect(describeStageLine(stage)).toBe(expected[kind]);
  });

  test('shows numbers, never arrays, columns or ids', () => {
    const stage: Stage = {
      kind: 'IDF',
      uid: 'IDF_1',
      inputCol: 'tf',
      outputCol: 'features',
      idf: Float64Array.of(1, 2),
      docFreq: null,
      numDocs: 7,
      extras: { minDocFreq: 0 },
    };
    expect(describeStageLine(stage)).toBe('IDF(numDocs=7)');
  });
});
