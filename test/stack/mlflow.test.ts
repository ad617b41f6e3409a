import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileModel } from '../../src/lib/model/compile/compile.ts';
import { saveModel } from '../../src/lib/model/save.ts';
import type { FittedModel } from '../../src/lib/model/types.ts';
import { expectSparkScores } from '../helpers/expect-spark.ts';
import { missingFor, type PythonEnvironment, pythonEnvironment, runPython } from '../helpers/python.ts';
import { sampleModels } from '../helpers/sample-models.ts';
import { bitsOf, differingRows, type ScoreBits, scoreTexts } from '../helpers/score-bits.ts';
import { SparkJobs } from '../helpers/spark-jobs.ts';

/** A real MLflow opens the folders that we write for it: by Spark, and by the loader that needs numpy and pandas only. */
const rowsFolder = path.join(import.meta.dirname, '..', 'golden', 'spark', 'rows');
const LINE_ENDS = ['', '\n', '\r', '\r\n', '\n\n', '\n\r', '\u0085', '\u2028', '\u2029', '\u2028\n', '\u000b'];
const texts = [
  ...['ordinary', 'nasty'].flatMap(
    kind => JSON.parse(fs.readFileSync(path.join(rowsFolder, `${kind}.json`), 'utf8')) as string[],
  ),
  ...LINE_ENDS.map(end => `great plot of a film${end}`),
];
const samples: Readonly<Record<string, FittedModel>> = { ...sampleModels(), ...oddModels(sampleModels()) };
const ofSample = (name: string) => samples[name] as FittedModel;
const PYTHON_ONLY = [
  ...['logistic', 'logistic-sparse', 'logistic-threshold', 'logistic-three', 'logistic-three-sparse', 'svc'],
  ...['svc-calibrated', 'forest', 'forest-three', 'bayes', 'bayes-three', 'bayes-bernoulli', 'ngrams', 'vocabulary'],
  ...['thresholds-always', 'thresholds-never', 'thresholds-zero-of-three', 'line-ends'],
];

/** What the samples do not have: lists of thresholds with nothing in them, and a pattern that asks for the end of a line. */
function oddModels(plain: Readonly<Record<string, FittedModel>>): Record<string, FittedModel> {
  const { logistic, 'logistic-three': three, vocabulary } = plain as Record<string, FittedModel>;
  if (!logistic || !three || !vocabulary) throw new Error('no samples');
  return {
    'thresholds-always': withThresholds(logistic, 0.5, 0),
    'thresholds-never': withThresholds(logistic, 0, 0.5),
    'thresholds-zero-of-three': withThresholds(three, 0.5, 0, 0.4),
    'line-ends': {
      ...vocabulary,
      stages: vocabulary.stages.map(stage =>
        stage.kind === 'RegexTokenizer' ? { ...stage, pattern: 'm$|\\s' } : stage,
      ),
    },
  };
}

function withThresholds(model: FittedModel, ...thresholds: number[]): FittedModel {
  const stages = model.stages.map(stage =>
    stage.kind === 'LogisticRegression' ? { ...stage, thresholds: Float64Array.from(thresholds) } : stage,
  );
  return { ...model, stages };
}
const script = (name: string) => path.join(import.meta.dirname, 'python', name);

/** On first use the packages come over the network. */
const PATIENCE = 1_800_000;

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-mlflow-'));
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

describe.skipIf(missingFor('spark4'))('mlflow', () => {
  let environment: PythonEnvironment;
  let rows: string;

  beforeAll(async () => {
    environment = await pythonEnvironment('spark4');
    rows = path.join(scratch, 'rows.json');
    fs.writeFileSync(rows, JSON.stringify(texts));
    for (const name of PYTHON_ONLY) await saveModel(ofSample(name), path.join(scratch, name), { format: 'mlflow' });
  }, PATIENCE);

  test(
    'mlflow.spark.load_model scores our folders as we do',
    async () => {
      const jobs = new SparkJobs(path.join(scratch, 'jobs'));
      const scores = ['logistic', 'forest-three', 'ngrams'].map(name => ({
        ours: scoreTexts(compileModel(ofSample(name)), texts),
        theirs: jobs.score(path.join(scratch, name), rows, 'mlflow'),
      }));
      await jobs.run(environment);
      for (const { ours, theirs } of scores) expectSparkScores(ours, theirs.scores());
    },
    PATIENCE,
  );

  describe('the loader without Spark', () => {
    let results: readonly { readonly rows?: number; readonly error?: string }[];
    const out = (name: string) => path.join(scratch, `${name}.scores.json`);

    beforeAll(async () => {
      const jobs = PYTHON_ONLY.map(name => ({ model: path.join(scratch, name, 'data'), out: out(name) }));
      const loader = path.join(scratch, 'logistic', 'code');
      const input = JSON.stringify({ loader, rows, jobs });
      ({ results } = JSON.parse(await runPython(environment, script('pyfunc_jobs.py'), [], { input })));
    }, PATIENCE);

    test.each(PYTHON_ONLY)('computes the same bits from the same file: %s', name => {
      const result = results[PYTHON_ONLY.indexOf(name)];
      expect(result?.error).toBeUndefined();
      const theirs = JSON.parse(fs.readFileSync(out(name), 'utf8')) as ScoreBits;
      const ours = scoreTexts(compileModel(ofSample(name)), texts);
      expect(differingRows(ours, theirs).map(row => texts[row])).toEqual([]);
      expect(theirs.prediction.length).toBe(texts.length);
    });
  });

  const title = 'mlflow.pyfunc.load_model predicts labels and probabilities, honours threshold, names a missing column';
  // The first import of MLflow compiles thousands of files.
  test(
    title,
    async () => {
      const request = JSON.stringify({ model: path.join(scratch, 'logistic'), rows, threshold: 0.9 });
      const predicted = JSON.parse(
        await runPython(environment, script('mlflow_predict.py'), [], { input: request }),
      ) as {
        index: number[];
        label: string[];
        probability: string[];
        strictLabel: string[];
        refused: string | null;
        inputs: string[];
      };
      const model = ofSample('logistic');
      const scorer = compileModel(model);
      const scored = texts.map(text => scorer.score(text));
      const positive = scored.map(({ probabilities }) => probabilities?.[1] ?? Number.NaN);
      expect(predicted.label).toEqual(scored.map(({ prediction }) => model.labels[prediction]));
      expect(predicted.probability).toEqual(positive.map(value => bitsOf([value])));
      expect(predicted.strictLabel).toEqual(positive.map(value => model.labels[value > 0.9 ? 1 : 0]));
      expect(predicted.strictLabel).not.toEqual(predicted.label);
      expect(predicted.inputs).toEqual(['text']);
      expect(predicted.index).toEqual([100, 101]);
      expect(predicted.refused).toMatch(/text/);
    },
    PATIENCE,
  );
});
