import { describe, expect, test } from 'vitest';
import { readMeasures, recordedEvidence } from '../../../src/lib/registry/recorded-evidence.ts';
import type { DatasetInput, Metric, ModelVersion, Run } from '../../../src/lib/tracking/entities.ts';
import type { Tracker } from '../../../src/lib/tracking/types.ts';
import { testData } from './registry-world.ts';

function metric(key: string, value: number, more: Partial<Metric> = {}): Metric {
  return { key, value, timestamp: 1, step: 0, ...more };
}

function run(runId: string, metrics: readonly Metric[], inputs: readonly DatasetInput[], tags = {}): Run {
  return {
    runId,
    experimentId: '1',
    name: runId,
    status: 'FINISHED',
    userId: 'ann',
    startTime: 1,
    endTime: 2,
    lifecycle: 'active',
    artifactUri: 'file:///x',
    params: {},
    metrics,
    tags,
    inputs,
    outputs: [],
  };
}

function version(number: number, runId: string | null): ModelVersion {
  return {
    name: 'm',
    version: number,
    description: '',
    userId: '',
    createdAt: 1,
    updatedAt: 1,
    stage: 'None',
    status: 'READY',
    statusMessage: null,
    source: 'x',
    artifactUri: 'x',
    runId,
    tags: {},
    aliases: [],
  };
}

function compare(
  runs: readonly Run[],
  metricName: 'accuracy' | 'auc' = 'accuracy',
  one: string | null = 'one',
  other: string | null = 'other',
) {
  const tracker = { runs: { get: async (id: string) => runs.find(({ runId }) => runId === id) ?? null } };
  return recordedEvidence(tracker as unknown as Tracker, version(2, one), version(1, other), metricName);
}

const GOOD = [metric('accuracy', 0.9), metric('f1', 0.8)];
const OTHER = [metric('accuracy', 0.7), metric('f1', 0.6)];

describe('metrics of runs', () => {
  test('are comparable by the digest of the test data, whatever it is called', async () => {
    const { evidence, missing } = await compare([
      run('one', GOOD, [testData('d', { name: 'a.csv' })]),
      run('other', OTHER, [testData('d', { name: 'b.csv' })]),
    ]);
    expect(missing).toBe(null);
    expect(evidence).toEqual({
      kind: 'recorded',
      data: { name: 'a.csv', digest: 'd' },
      rows: 500,
      candidate: { accuracy: 0.9, f1: 0.8, auc: null, precision: null, recall: null },
      champion: { accuracy: 0.7, f1: 0.6, auc: null, precision: null, recall: null },
      significance: null,
    });
  });

  test('take their data from the run that theirs is nested in', async () => {
    const { evidence } = await compare([
      run('one', GOOD, [], { 'mlflow.parentRunId': 'parent' }),
      run('parent', [], [testData('d')]),
      run('other', OTHER, [testData('d')]),
    ]);
    expect(evidence?.data.digest).toBe('d');
  });

  test('may say themselves what they were measured on', async () => {
    const measured = (digest: string) => [metric('accuracy', 0.9, { datasetName: 'frozen', datasetDigest: digest })];
    expect((await compare([run('one', measured('d'), []), run('other', measured('d'), [])])).evidence).toMatchObject({
      data: { name: 'frozen', digest: 'd' },
      rows: null,
    });
    expect(
      (await compare([run('one', measured('d'), [testData('e')]), run('other', measured('e'), [])])).missing,
    ).toMatch(/different data/);
  });

  test('are of the data of the metric that is compared, not of some other metric', async () => {
    const measured = (accuracy: number) => [
      metric('accuracy', 1, { datasetName: 'train.csv', datasetDigest: 'train' }),
      metric('test_accuracy', accuracy),
    ];
    const { missing } = await compare([
      run('one', measured(0.9), [testData('easy')]),
      run('other', measured(0.7), [testData('hard')]),
    ]);
    expect(missing).toMatch(/different data: test.csv \(easy\) and test.csv \(hard\)/);
  });

  test.for([85.3, Number.POSITIVE_INFINITY, Number.MAX_VALUE, -0.1])(
    'of %d are no shares, and would pass any floor or none',
    async value => {
      const runs = [run('one', [metric('accuracy', value)], [testData('d')]), run('other', OTHER, [testData('d')])];
      expect((await compare(runs)).missing).toMatch(/^the run of version 2 recorded accuracy .*, which is no share/);
    },
  );

  test('on several files count as one, in any order', async () => {
    const inputs = [testData('b'), testData('a', { profile: null })];
    const { evidence } = await compare([run('one', GOOD, inputs), run('other', OTHER, inputs.toReversed())]);
    expect(evidence).toMatchObject({ data: { digest: 'a+b' }, rows: null });
    const broken = [testData('a', { profile: 'not JSON' })];
    expect((await compare([run('one', GOOD, broken), run('other', OTHER, broken)])).evidence?.rows).toBe(null);
  });

  test.for<[string, readonly Run[], RegExp]>([
    ['without a run', [], /^the run of version 2 \(one\) is not there$/],
    [
      'without metrics',
      [run('one', [metric('loss', 1)], [testData('d')])],
      /^the run of version 2 \(one\) recorded no test metrics$/,
    ],
    [
      'without data',
      [run('one', GOOD, []), run('other', OTHER, [testData('d')])],
      /version 2 does not say on which data/,
    ],
    [
      'with data that it was trained on',
      [
        run('one', GOOD, [testData('d', { tags: { 'mlflow.data.context': 'training' } })]),
        run('other', OTHER, [testData('d')]),
      ],
      /version 2 does not say on which data/,
    ],
    [
      'on other data',
      [run('one', GOOD, [testData('d')]), run('other', OTHER, [testData('e')])],
      /different data: test.csv \(d\) and test.csv \(e\)/,
    ],
    [
      'of a champion without metrics',
      [run('one', GOOD, [testData('d')]), run('other', [], [])],
      /^the run of version 1 \(other\)/,
    ],
  ])('%s are no evidence', async ([, runs, missing]) => {
    expect(await compare(runs)).toEqual({ evidence: null, missing: expect.stringMatching(missing) });
  });

  test('that lack the metric asked for are no evidence', async () => {
    const both = [run('one', GOOD, [testData('d')]), run('other', OTHER, [testData('d')])];
    expect((await compare(both, 'auc')).missing).toBe('the run of version 2 recorded no auc');
    expect((await compare([], 'accuracy', null)).missing).toMatch(/^version 2 has no run/);
  });
});

test('a metric is found under the names that tools give it, that of the test rows first', () => {
  const measures = readMeasures(
    run(
      'one',
      [metric('accuracy', 0.5), metric('test_accuracy', 0.9), metric('roc_auc', 0.8), metric('f1', Number.NaN)],
      [],
    ),
  );
  expect(measures).toEqual({ accuracy: 0.9, f1: null, auc: 0.8, precision: null, recall: null });
});
