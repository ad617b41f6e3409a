import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ArtifactFile,
  type DatasetInput,
  type Experiment,
  LOGGED_MODEL_STATUSES,
  type LoggedModel,
  type Metric,
  type ModelVersion,
  type RegisteredModel,
  RUN_STATUSES,
  type Run,
  STAGES,
} from '../../../../src/lib/tracking/entities.ts';
import { experimentFromWire, experimentToWire } from '../../../../src/lib/tracking/wire/experiment.ts';
import { artifactFileFromWire, artifactFileToWire } from '../../../../src/lib/tracking/wire/file.ts';
import { datasetInputFromWire, datasetInputToWire } from '../../../../src/lib/tracking/wire/inputs.ts';
import {
  loggedModelFromWire,
  loggedModelStatusFromWire,
  loggedModelStatusToWire,
  loggedModelToWire,
} from '../../../../src/lib/tracking/wire/logged-model.ts';
import { metricFromWire, metricToWire } from '../../../../src/lib/tracking/wire/metric.ts';
import {
  aliasesOf,
  modelVersionFromWire,
  modelVersionToWire,
  registeredModelFromWire,
  registeredModelToWire,
} from '../../../../src/lib/tracking/wire/registry.ts';
import { runFromWire, runToWire } from '../../../../src/lib/tracking/wire/run.ts';
import { anyText } from '../../../helpers/any-text.ts';

/** Through the bytes that go over the wire, and not only through objects. */
function sent(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** With every number as the text that protobuf makes of an int64, as proxies and hosted servers send it. */
function asTexts(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : value;
  if (Array.isArray(value)) return value.map(asTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asTexts(inner)]));
}

const text = anyText(12);
const filled = text.filter(value => value !== '');
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const time = fc.maxSafeNat();
const step = fc.maxSafeInteger().map(value => value + 0);
const texts = fc
  .uniqueArray(fc.tuple(filled, text), { selector: ([key]) => key, maxLength: 4 })
  .map(pairs => Object.fromEntries(pairs));
const lifecycle = fc.constantFrom('active' as const, 'deleted' as const);
const double = fc.double().map(value => (Object.is(value, -0) ? 0 : value));

const optional = fc.record({ modelId: filled, datasetName: filled, datasetDigest: filled }, { requiredKeys: [] });
const metric: fc.Arbitrary<Metric> = fc
  .record({ key: filled, value: double, timestamp: time, step, optional })
  .map(({ optional: more, ...rest }) => ({ ...rest, ...more }));
const input: fc.Arbitrary<DatasetInput> = fc.record({
  name: text,
  digest: text,
  sourceType: text,
  source: text,
  schema: orNull(filled),
  profile: orNull(filled),
  tags: texts,
});
const experiment: fc.Arbitrary<Experiment> = fc.record({
  experimentId: filled,
  name: text,
  artifactLocation: text,
  lifecycle,
  createdAt: orNull(time),
  updatedAt: orNull(time),
  tags: texts,
});
const run: fc.Arbitrary<Run> = fc
  .record({
    runId: filled,
    experimentId: filled,
    name: text,
    status: fc.constantFrom(...RUN_STATUSES),
    userId: text,
    startTime: time,
    endTime: orNull(time),
    lifecycle,
    artifactUri: text,
    params: texts,
    metrics: fc
      .uniqueArray(metric, { selector: ({ key }) => key, maxLength: 4 })
      .map(list => list.toSorted((a, b) => (a.key < b.key ? -1 : 1))),
    tags: texts,
    inputs: fc.array(input, { maxLength: 2 }),
    outputs: fc.array(fc.record({ modelId: filled, step }), { maxLength: 2 }),
    read: fc.array(filled, { maxLength: 2 }),
  })
  .map(({ read, ...rest }) => (read.length === 0 ? rest : { ...rest, modelInputs: read }));
const loggedModel: fc.Arbitrary<LoggedModel> = fc.record({
  modelId: filled,
  experimentId: filled,
  name: text,
  artifactUri: text,
  createdAt: time,
  updatedAt: time,
  status: fc.constantFrom(...LOGGED_MODEL_STATUSES),
  statusMessage: orNull(filled),
  modelType: orNull(filled),
  sourceRunId: orNull(filled),
  params: texts,
  tags: texts,
  metrics: fc.array(
    fc.tuple(metric, filled, filled).map(([value, modelId, runId]) => ({ ...value, modelId, runId })),
    { maxLength: 2 },
  ),
});
const version: fc.Arbitrary<ModelVersion> = fc
  .record({
    name: filled,
    version: fc.integer({ min: 1 }),
    description: text,
    userId: text,
    createdAt: time,
    updatedAt: time,
    stage: fc.constantFrom(...STAGES),
    status: fc.constantFrom('READY' as const, 'PENDING_REGISTRATION' as const, 'FAILED_REGISTRATION' as const),
    statusMessage: orNull(filled),
    source: text,
    runId: orNull(filled),
    tags: texts,
    aliases: fc.uniqueArray(filled, { maxLength: 3 }),
  })
  .map(made => ({ ...made, artifactUri: made.source }));
const model: fc.Arbitrary<RegisteredModel> = fc
  .record({
    name: filled,
    description: text,
    createdAt: time,
    updatedAt: time,
    tags: texts,
    aliases: fc
      .uniqueArray(fc.tuple(filled, fc.integer({ min: 1, max: 4 })), { selector: ([alias]) => alias, maxLength: 4 })
      .map(pairs => Object.fromEntries(pairs)),
    latest: fc.array(version, { maxLength: 2 }),
  })
  .map(made => ({
    ...made,
    latest: made.latest.map(one => ({ ...one, aliases: aliasesOf(made.aliases, one.version) })),
  }));
const file: fc.Arbitrary<ArtifactFile> = fc.oneof(
  fc.record({ path: filled, isFolder: fc.constant(true), bytes: fc.constant(null) }),
  fc.record({ path: filled, isFolder: fc.constant(false), bytes: time }),
);

describe('over the wire and back nothing changes, int64 as number or as text', () => {
  const hold = <T>(values: fc.Arbitrary<T>, to: (value: T) => unknown, from: (json: unknown) => T) => {
    fc.assert(
      fc.property(values, value => {
        const json = sent(to(value));
        expect(from(json)).toEqual(value);
        expect(from(asTexts(json))).toEqual(value);
      }),
      { numRuns: 200 },
    );
  };

  test('a metric', () => hold(metric, metricToWire, metricFromWire));
  test('a dataset input', () => hold(input, datasetInputToWire, datasetInputFromWire));
  test('an experiment', () => hold(experiment, experimentToWire, experimentFromWire));
  test('a run', () => hold(run, runToWire, runFromWire));
  test('a logged model', () => hold(loggedModel, loggedModelToWire, loggedModelFromWire));
  test('a model version', () => hold(version, modelVersionToWire, modelVersionFromWire));
  test('a registered model', () => hold(model, registeredModelToWire, registeredModelFromWire));
  test('a file', () => hold(file, artifactFileToWire, artifactFileFromWire));
  test.each(LOGGED_MODEL_STATUSES)('the status %s of a logged model', status => {
    expect(loggedModelStatusToWire(status)).toBe(`LOGGED_MODEL_${status}`);
    expect(loggedModelStatusFromWire({ status: loggedModelStatusToWire(status) })).toBe(status);
  });
});

test('no empty list and no null is sent: MLflow leaves them out', () => {
  const noNothing = (value: unknown): void => {
    expect(value).not.toBeNull();
    if (Array.isArray(value)) expect(value).not.toHaveLength(0);
    if (typeof value === 'object' && value !== null) Object.values(value).forEach(noNothing);
  };
  fc.assert(fc.property(run, value => noNothing(sent(runToWire(value)))));
  fc.assert(fc.property(loggedModel, value => noNothing(sent(loggedModelToWire(value)))));
  fc.assert(fc.property(model, value => noNothing(sent(registeredModelToWire(value)))));
});

test('keys that mean something to JavaScript are keys like others', () => {
  const tags = JSON.parse('{"__proto__":"a","constructor":"b","toString":"c"}');
  const [made] = fc.sample(experiment, 1);
  const back = experimentFromWire(sent(experimentToWire({ ...(made as Experiment), tags })));
  expect(Object.entries(back.tags)).toEqual([
    ['__proto__', 'a'],
    ['constructor', 'b'],
    ['toString', 'c'],
  ]);
});
