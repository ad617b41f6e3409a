import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openInput } from '../../../src/lib/data/open-input.ts';
import { diffModels, diffPredictions } from '../../../src/lib/model/diff.ts';
import { inspectModel } from '../../../src/lib/model/inspect.ts';
import { saveModel } from '../../../src/lib/model/save.ts';
import type { ClassifierStage, Matrix, Stage } from '../../../src/lib/model/stages.ts';
import type { FittedModel } from '../../../src/lib/model/types.ts';
import { compareScores, readTexts } from '../../../src/lib/model/verify.ts';
import { createWorld } from '../score/world.ts';

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-diff-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

/** Counts a, b and c; the weights of each class are a row. */
function model(
  labels: readonly string[],
  rows: readonly (readonly number[])[],
  more: Partial<FittedModel> = {},
): FittedModel {
  const coefficients: Matrix = {
    type: 'dense',
    rows: rows.length,
    columns: 3,
    values: Float64Array.from(rows.flat()),
    transposed: true,
  };
  const last: ClassifierStage = {
    kind: 'LogisticRegression',
    uid: 'lr',
    featuresCol: 'features',
    labelCol: 'label',
    predictionCol: 'prediction',
    rawPredictionCol: 'raw',
    probabilityCol: 'probability',
    numClasses: labels.length,
    numFeatures: 3,
    multinomial: true,
    coefficients,
    intercepts: { type: 'dense', values: new Float64Array(rows.length) },
    threshold: 0.5,
    thresholds: null,
  };
  const stages: Stage[] = [
    { kind: 'Tokenizer', uid: 't', inputCol: 'text', outputCol: 'words' },
    {
      kind: 'CountVectorizer',
      uid: 'c',
      inputCol: 'words',
      outputCol: 'features',
      vocabulary: ['a', 'b', 'c'],
      minTF: 1,
      binary: false,
    },
    last,
  ];
  return { stages, labels, about: {}, ...more };
}

const three = model(
  ['A', 'B', 'C'],
  [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
);

async function tableOf(...texts: (string | null)[]) {
  fs.writeFileSync(path.join(dir, 'x.jsonl'), texts.map(text => `${JSON.stringify({ text, id: 1 })}\n`).join(''));
  const { world } = createWorld(dir);
  return (await openInput('x.jsonl', { textColumn: 'text' }, world)).table;
}

describe('predictions of two models', () => {
  const signal = new AbortController().signal;
  const judge = async (before: FittedModel, after: FittedModel, ...texts: (string | null)[]) =>
    diffPredictions(before, after, await tableOf(...texts), { math: 'fdlibm', signal });

  test('are compared by the names of the classes, in whatever order each has them', async () => {
    const turned = model(
      ['C', 'A', 'B'],
      [
        [0, 0, 1],
        [1, 0, 0],
        [0, 1, 0],
      ],
    );
    expect(await judge(three, turned, 'a', 'b b', 'c a c')).toEqual({
      rows: 3,
      changed: 0,
      maxProbabilityChange: expect.closeTo(0, 12),
      moves: [],
      examples: [],
    });
  });

  test('are counted by what they were and became, the most frequent first', async () => {
    const other = model(
      ['A', 'B', 'C'],
      [
        [1, 0, 1],
        [0, 0, 0],
        [0, 1, 0],
      ],
    );
    const found = await judge(three, other, 'a', 'b', null, 'c', 'b', 'a a');
    expect(found).toMatchObject({
      rows: 5,
      changed: 3,
      moves: [
        { from: 'B', to: 'C', rows: 2 },
        { from: 'C', to: 'A', rows: 1 },
      ],
    });
    // Rows are counted with those that have no text.
    expect(found.examples).toEqual([
      { row: 1, text: 'b', from: 'B', to: 'C' },
      { row: 3, text: 'c', from: 'C', to: 'A' },
      { row: 4, text: 'b', from: 'B', to: 'C' },
    ]);
    const share = Math.E / (Math.E + 2);
    expect(found.maxProbabilityChange).toBeCloseTo(share - (1 - share) / 2, 12);
  });

  test('with a byte order mark are shown with it', async () => {
    const all = model(
      ['A', 'B', 'C'],
      [
        [0, 0, 0],
        [0, 0, 0],
        [1, 1, 1],
      ],
    );
    expect((await judge(three, all, '\ufeffx a')).examples[0]?.text).toBe('\ufeffx a');
  });
});

describe('what tells two models apart', () => {
  const diff = (one: FittedModel, other: FittedModel) =>
    diffModels({ folder: 'x', model: one }, { folder: 'y', model: other });

  test('nothing, where only their origin differs', () => {
    expect(diff(three, { ...three, about: { name: 'other', seed: 5 } })).toEqual({
      from: 'x',
      to: 'y',
      same: true,
      labels: null,
      calibrationChanged: false,
      stages: [],
      predictions: null,
    });
  });

  test('names of classes, more of them, or another order', () => {
    for (const labels of [
      ['A', 'C', 'B'],
      ['A', 'B'],
      ['A', 'B', 'C', 'D'],
      ['A', 'B', 'c'],
    ])
      expect(diff(three, { ...three, labels })).toMatchObject({
        same: false,
        labels: { from: ['A', 'B', 'C'], to: labels },
      });
  });

  test('a calibration that came, went, or has another number', () => {
    const calibration = { slope: -1, offset: 0.5 };
    const calibrated = { ...three, calibration };
    const moved = [
      { ...calibration, slope: -2 },
      { ...calibration, offset: 0 },
    ].map(each => ({ ...three, calibration: each }));
    expect(diff(calibrated, { ...three, calibration: { ...calibration } })).toMatchObject({
      same: true,
      calibrationChanged: false,
    });
    for (const other of [three, ...moved])
      expect(diff(calibrated, other)).toMatchObject({ same: false, calibrationChanged: true });
    expect(diff(three, calibrated)).toMatchObject({ same: false, calibrationChanged: true });
  });
});

describe('inspecting', () => {
  const place = () => path.join(dir, 'm');

  test('tells everything that a model says of itself', async () => {
    const about = {
      name: 'lr',
      version: '3',
      createdAt: '2024-05-06T07:08:09.123Z',
      writtenBy: 'sentops 0.1.0',
      labelMapping: { '0': 'A', '2': null },
      data: { sha256: 'ab', rows: 7, file: 'train.csv' },
      seed: 0,
      gitCommit: 'c0ffee',
    };
    await saveModel({ ...three, about, calibration: { slope: -1, offset: 0 } }, place(), { format: 'native' });
    const { data, ...rest } = about;
    expect(await inspectModel({ place: place(), top: 1, texts: [] })).toMatchObject({
      ...rest,
      path: place(),
      format: 'native',
      files: 1,
      bytes: fs.statSync(path.join(place(), 'model.sentops')).size,
      trainedOn: data,
      labels: ['A', 'B', 'C'],
      calibration: { slope: -1, offset: 0 },
      topFeatures: [
        { label: 'A', features: [{ index: 0, weight: 1, tokens: ['a'] }] },
        { label: 'B', features: [{ index: 1 }] },
        { label: 'C', features: [{ index: 2 }] },
      ],
    });
  });

  test('what is not known is null, not absent: the result is a contract', async () => {
    await saveModel(three, place(), { format: 'native' });
    const found = await inspectModel({ place: path.join(place(), 'model.sentops'), top: 0, texts: [] });
    const unknown = [
      'name',
      'version',
      'writtenBy',
      'createdAt',
      'trainedOn',
      'seed',
      'gitCommit',
      'labelMapping',
      'calibration',
    ];
    for (const name of unknown) expect(found).toHaveProperty(name, null);
    expect(found).toMatchObject({ files: 1, path: path.join(place(), 'model.sentops') });
  });

  test('counts every file of a folder', async () => {
    await saveModel(three, place());
    const files = fs.readdirSync(place(), { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
    const bytes = files.reduce((sum, entry) => sum + fs.statSync(path.join(entry.parentPath, entry.name)).size, 0);
    expect(await inspectModel({ place: place(), top: 0, texts: [] })).toMatchObject({ files: files.length, bytes });
  });
});

describe('verifying', () => {
  test('texts of a table are read up to a number of them; rows without one do not count', async () => {
    const { signal } = new AbortController();
    expect(await readTexts(await tableOf('a', null, '', '\ufeffb', 'c'), 4, signal)).toEqual(['a', '', '\ufeffb', 'c']);
    expect(await readTexts(await tableOf('a', null, 'b', 'c'), 2, signal)).toEqual(['a', 'b']);
    expect(await readTexts(await tableOf('a'), 1, signal)).toEqual(['a']);
  });

  test('a row without a text has no score of ours, and one in theirs differs', async () => {
    const score = { raw: undefined, probabilities: undefined, probability: undefined };
    const parity = await compareScores(
      three,
      [
        { text: 'b', prediction: 1, ...score },
        { text: null, prediction: null, ...score },
        { text: null, prediction: 0, ...score },
      ],
      'fdlibm',
    );
    expect(parity).toMatchObject({ rows: 3, mismatches: 1, examples: [{ row: 2, text: null, ours: null, theirs: 0 }] });
  });
});
