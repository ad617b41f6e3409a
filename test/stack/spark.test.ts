import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileModel } from '../../src/lib/model/compile/compile.ts';
import { loadModel } from '../../src/lib/model/load.ts';
import { saveModel } from '../../src/lib/model/save.ts';
import type { FittedModel } from '../../src/lib/model/types.ts';
import { type LiveParity, livePlan, readLiveParity, recordLiveParity } from '../golden/live-parity.ts';
import { expectSparkScores } from '../helpers/expect-spark.ts';
import { missingFor, type PythonEnvironment, pythonEnvironment, runPython } from '../helpers/python.ts';
import { sampleModels } from '../helpers/sample-models.ts';
import { differingRows, type ScoreBits, scoreTexts } from '../helpers/score-bits.ts';
import { SparkJobs, type SparkScore } from '../helpers/spark-jobs.ts';
import { TRAINED, trainSamples } from '../helpers/trained-models.ts';

/** A real Spark loads what we wrote, scores it, saves it again: all in one session for each version. */
const golden = path.join(import.meta.dirname, '..', 'golden', 'spark');
const texts = ['ordinary', 'nasty'].flatMap(
  kind => JSON.parse(fs.readFileSync(path.join(golden, 'rows', `${kind}.json`), 'utf8')) as string[],
);
/** Models that Spark wrote, we read and wrote again: one for each stage and layout that the samples do not have. */
const REWRITTEN = {
  spark4: [
    ...['regex-letters', 'stop-words-tr', 'concat', 'eleven-stages', 'counts-share', 'assembler', 'lr-columns-3'],
    ...['lr-thresholds', 'svc-threshold', 'one-vs-rest-svc-3', 'forest-thresholds-3', 'boosted', 'bayes-gaussian-3'],
  ],
  spark3: ['concat', 'lr-elastic-3', 'forest-3', 'boosted', 'bayes-gaussian-3'],
} as const;

/** On first use the packages come over the network, 450 MB of them. */
const PATIENCE = 1_800_000;

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-spark-'));
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

interface Checked {
  readonly model: FittedModel;
  readonly spark: SparkScore;
}

describe.skipIf(missingFor('spark4'))('Spark 4.3', () => checkVersion('spark4'));
describe.skipIf(missingFor('spark3'))('Spark 3.3', () => checkVersion('spark3'));

function checkVersion(version: 'spark4' | 'spark3'): void {
  const samples = sampleModels();
  const names = [...Object.keys(samples), ...TRAINED];
  const folder = path.join(scratch, version);
  const jobs = new SparkJobs(path.join(folder, 'jobs'));
  const written = new Map<string, Checked>();
  const rewritten = new Map<string, SparkScore>();
  const liveTexts = livePlan(version).texts();
  let environment: PythonEnvironment;
  let live: Checked;

  beforeAll(async () => {
    environment = await pythonEnvironment(version);
    const rows = jobs.addRows('rows', texts);
    fs.mkdirSync(folder, { recursive: true });
    for (const [name, model] of [...Object.entries(samples), ...(await trainSamples(folder))]) {
      const target = path.join(folder, name);
      await saveModel(model, target, { format: 'spark' });
      written.set(name, { model, spark: jobs.score(target, rows) });
    }
    for (const name of REWRITTEN[version]) {
      const target = path.join(folder, `golden-${name}`);
      await saveModel(await loadModel(path.join(golden, `4.3-${name}`, 'model')), target, { format: 'spark' });
      rewritten.set(name, jobs.score(target, rows));
    }
    const spark = jobs.score(path.join(folder, 'logistic'), jobs.addRows('live', liveTexts));
    live = { model: samples['logistic'] as FittedModel, spark };
    await jobs.run(environment);
  }, PATIENCE);

  test.each(names)('loads and scores our model as we do: %s', name => {
    const { model, spark } = written.get(name) as Checked;
    expectSparkScores(scoreTexts(compileModel(model), texts), spark.scores(), { lastBits: sumsInLanes(name) });
  });

  test.each(names)('saves our model again, and we read that: %s', async name => {
    const { model, spark } = written.get(name) as Checked;
    const again = await loadModel(spark.resaved());
    expect(again.stages.map(stage => stage.kind)).toEqual(model.stages.map(stage => stage.kind));
    const { calibration: _, ...plain } = model;
    expect(differingRows(scoreTexts(compileModel(again), texts), scoreTexts(compileModel(plain), texts))).toEqual([]);
  });

  test.each(REWRITTEN[version])('a model of Spark that we read and wrote again scores as it did: %s', name => {
    const file = path.join(golden, `4.3-${name}`, 'expected.json');
    const { ordinary, nasty } = JSON.parse(fs.readFileSync(file, 'utf8')) as Record<'ordinary' | 'nasty', ScoreBits>;
    const both = <K extends keyof ScoreBits>(key: K) => [...(ordinary[key] ?? []), ...(nasty[key] ?? [])];
    const expected = {
      prediction: both('prediction') as number[],
      rawPrediction: both('rawPrediction') as string[],
      ...(ordinary.probability ? { probability: both('probability') as string[] } : {}),
    };
    const { scores } = rewritten.get(name) as SparkScore;
    expectSparkScores(scores(), expected, { lastBits: sumsInLanes(name) });
  });

  test('understands the parameters that we wrote', () => {
    const params = (name: string) => (written.get(name) as Checked).spark.stages();
    expect(params('logistic-threshold').at(-1)).toMatchObject({
      class: 'LogisticRegressionModel',
      params: { threshold: '0.62', featuresCol: "'features'" },
    });
    expect(params('svc').at(-1)).toMatchObject({ class: 'LinearSVCModel', params: { threshold: '0.0' } });
    expect(params('ngrams').map(stage => stage.class)).toEqual([
      ...['RegexTokenizer', 'NGram', 'NGram', 'SQLTransformer', 'HashingTF', 'LogisticRegressionModel'],
    ]);
    expect(params('ngrams')[4]).toMatchObject({ params: { numFeatures: '262144', binary: 'True' } });
  });

  test('random rows and rows of every code point score as live Spark scores them', () => {
    const ours = scoreTexts(compileModel(live.model), liveTexts);
    const theirs = live.spark.scores();
    const differing = differingRows(ours, theirs);
    const measured: LiveParity = { ...jobs.about(), rows: liveTexts.length, differing: differing.length };
    console.log(`${version}: ${JSON.stringify(measured)}`);
    if (process.env['SENTOPS_RECORD_PARITY'] === '1') recordLiveParity(version, measured);
    if (process.arch === 'x64') expect(differing.slice(0, 20).map(row => JSON.stringify(liveTexts[row]))).toEqual([]);
    expectSparkScores(ours, theirs);
    // What docs/parity.md says of the live comparison is what this test compares.
    expect(readLiveParity()[version]?.rows ?? liveTexts.length).toBe(liveTexts.length);
  });

  // A test that is skipped is a failure in CI: it is there once, for the environment that has pyarrow.
  if (version === 'spark3') return;
  test('pyarrow reads every Parquet file that we write', async () => {
    const files = [...names, ...REWRITTEN[version].map(name => `golden-${name}`)].flatMap(name =>
      fs.globSync('**/*.parquet', { cwd: path.join(folder, name) }).map(file => path.join(folder, name, file)),
    );
    const script = path.join(import.meta.dirname, 'python', 'read_parquet.py');
    const tables = JSON.parse(await runPython(environment, script, [], { input: JSON.stringify(files) })) as {
      rows: number;
      columns: string[];
      keys: string[];
    }[];
    expect(files.length).toBeGreaterThan(names.length);
    expect(tables.length).toBe(files.length);
    for (const table of tables) {
      expect(table.rows).toBeGreaterThan(0);
      expect(table.columns.length).toBeGreaterThan(0);
      expect(table.keys).toContain('org.apache.spark.sql.parquet.row.metadata');
    }
  });
}

/** Spark sums the votes of boosted trees, and products with dense rows, in an order that is not the same everywhere. */
function sumsInLanes(name: string): boolean {
  return name.includes('boosted');
}
