import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ConvertRequest, convertModel } from '../../../src/lib/model/convert.ts';
import { loadModel } from '../../../src/lib/model/load.ts';
import { type DiffRequest, runDiff } from '../../../src/lib/model/run-diff.ts';
import { type InspectCall, runInspect } from '../../../src/lib/model/run-inspect.ts';
import { saveModel } from '../../../src/lib/model/save.ts';
import type { Stage } from '../../../src/lib/model/stages.ts';
import { createWorld, golden } from '../score/world.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-models-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => path.join(folder, name);
const put = (name: string, text: string) => {
  fs.writeFileSync(at(name), text);
  return name;
};

describe('inspecting', () => {
  const inspect = (call: Partial<InspectCall>) =>
    runInspect({
      place: golden('lr'),
      top: 3,
      input: undefined,
      textColumn: undefined,
      vocabulary: undefined,
      ...createWorld(folder).world,
      ...call,
    });

  test('tells stages, sizes, origin and labels', async () => {
    const found = await inspect({});
    expect(found).toMatchObject({ format: 'spark', path: golden('lr'), writtenBy: expect.stringMatching(/^Spark 4/) });
    expect(found.stages.map(({ kind }) => kind)).toEqual([
      'Tokenizer',
      'StopWordsRemover',
      'HashingTF',
      'IDF',
      'LogisticRegression',
    ]);
    expect(found.stages[4]?.arrays[0]).toMatchObject({ name: 'coefficients', length: 256 });
    expect(found.stages[4]?.params).toMatchObject({ regParam: 0.01, maxIter: 10 });
    expect(found.files).toBeGreaterThan(5);
    expect(found.bytes).toBeGreaterThan(1000);
  });

  test('the weightiest features are those of the coefficients, and get the names that texts give', async () => {
    const bare = await inspect({ top: 5 });
    const [negative, positive] = bare.topFeatures ?? [];
    expect(negative?.features).toHaveLength(5);
    for (const group of [negative, positive]) {
      const weights = group?.features.map(({ weight }) => weight) ?? [];
      expect(weights).toEqual(weights.toSorted((a, b) => b - a));
      expect(Math.min(...weights)).toBeGreaterThan(0);
      expect(group?.features.every(({ tokens }) => tokens.length === 0)).toBe(true);
    }
    const model = await loadModel(golden('lr'));
    const [idf, last] = model.stages.slice(-2);
    if (idf?.kind !== 'IDF' || last?.kind !== 'LogisticRegression' || last.coefficients.type !== 'dense')
      throw new Error();
    const all = last.coefficients.values.map((value, index) => value * (idf.idf[index] ?? 0));
    expect(positive?.features[0]?.weight).toBe(Math.max(...all));
    expect(negative?.features[0]?.weight).toBe(-Math.min(...all));
    const words = [
      'wonderful',
      'terrible',
      'broken',
      'great',
      'awful',
      'brilliant',
      'boring',
      'lovely',
      'weak',
      'loud',
    ];
    const input = put('words.csv', `text\n${words.join(' ')}\n`);
    const vocabulary = put('words.txt', `${words.join('\n')}\n`);
    for (const call of [{ input }, { vocabulary }]) {
      const named = await inspect({ ...call, top: 256 });
      const tokens = (named.topFeatures ?? []).flatMap(({ features }) => features.flatMap(feature => feature.tokens));
      expect(tokens.sort()).toEqual(words.toSorted());
    }
  });

  test('a vocabulary that is part of the model needs no texts', async () => {
    const { topFeatures } = await inspect({ place: golden('counts') });
    expect(topFeatures?.flatMap(({ features }) => features.map(({ tokens }) => tokens.length))).toEqual([
      1, 1, 1, 1, 1, 1,
    ]);
  });

  test('three classes have their features each, trees and boosted trees none', async () => {
    expect((await inspect({ place: golden('lr-3') })).topFeatures?.map(({ features }) => features.length)).toEqual([
      3, 3, 3,
    ]);
    expect((await inspect({ place: golden('forest') })).topFeatures).toBeNull();
    expect((await inspect({ top: 0 })).topFeatures?.map(({ features }) => features)).toEqual([[], []]);
  });

  test('a missing vocabulary and a missing model are told', async () => {
    await expect(inspect({ vocabulary: 'nope.txt' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(inspect({ place: at('nope') })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('converting', () => {
  const convert = (request: Partial<ConvertRequest>) =>
    convertModel({
      place: golden('lr'),
      output: 'out',
      cwd: folder,
      format: 'native',
      force: false,
      dryRun: false,
      signal: new AbortController().signal,
      ...request,
    });
  const withoutOrigin = async (place: string) => (await loadModel(place)).stages;

  test('keeps every number, through all forms and back', async () => {
    const original = await withoutOrigin(golden('lr'));
    let place = golden('lr');
    for (const format of ['native', 'mlflow', 'spark', 'native'] as const) {
      const output = `${format}-${path.basename(place)}`;
      const conversion = await convert({ place, output, format });
      expect(conversion).toMatchObject({ written: true, to: { path: output, format } });
      expect(conversion.files.length).toBe(
        fs.readdirSync(at(output), { recursive: true, withFileTypes: true }).filter(entry => entry.isFile()).length,
      );
      place = at(output);
      expect(await withoutOrigin(place)).toEqual(original);
    }
  });

  test('a folder that is there stays unless --force, which replaces models only', async () => {
    await convert({});
    await expect(convert({ format: 'spark' })).rejects.toMatchObject({
      code: 'CONFLICT',
      hint: expect.stringContaining('--force'),
    });
    expect(fs.readdirSync(at('out'))).toEqual(['model.sentops']);
    await convert({ format: 'spark', force: true });
    expect(fs.readdirSync(at('out')).sort()).toEqual(['metadata', 'stages']);
    fs.mkdirSync(at('photos'));
    put('photos/cat.jpg', '');
    await expect(convert({ output: 'photos', force: true })).rejects.toMatchObject({ code: 'CONFLICT' });
    fs.mkdirSync(at('empty'));
    await expect(convert({ output: 'empty' })).resolves.toMatchObject({ written: true });
  });

  test('a folder that a killed run had put aside is there all the same: it comes back, and only --force replaces it', async () => {
    await convert({});
    fs.renameSync(at('out'), at('.out.former'));
    fs.mkdirSync(at('.out.sentops-4194304-1.tmp'));
    await expect(convert({ dryRun: true })).resolves.toMatchObject({ written: false });
    expect(fs.readdirSync(folder)).toContain('.out.former');
    await expect(convert({})).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await loadModel(at('out'))).stages).toHaveLength(5);
    await convert({ force: true, format: 'spark' });
    expect(fs.readdirSync(folder)).toEqual(['out']);
  });

  test('a dry run lists the files and writes none', async () => {
    const { files, written } = await convert({ dryRun: true, format: 'spark' });
    expect(written).toBe(false);
    expect(files.map(file => file.path)).toContainEqual(expect.stringMatching(/^stages\/4_/));
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  test('a model cannot take its own place, nor that of a folder around it', async () => {
    fs.cpSync(golden('lr'), at('outer/model'), { recursive: true });
    const place = at('outer/model');
    for (const output of ['outer/model', 'outer', '.'])
      await expect(convert({ place, output, force: true })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(fs.readdirSync(place).sort()).toEqual(['metadata', 'stages']);
  });

  test('a stage that the form has no way to say is named, and nothing is written', async () => {
    const model = await loadModel(golden('lr'));
    const plugin: Stage = {
      kind: 'Plugin',
      uid: 'mine_1',
      featuresCol: 'features',
      labelCol: 'label',
      predictionCol: 'prediction',
      rawPredictionCol: 'rawPrediction',
      numClasses: 2,
      numFeatures: 256,
      trainer: 'mine',
      fitted: { type: 'mine', params: {}, arrays: {} },
    };
    await saveModel({ ...model, stages: [...model.stages.slice(0, -1), plugin] }, at('plugin'), { format: 'native' });
    await expect(convert({ place: at('plugin'), format: 'spark' })).rejects.toMatchObject({
      exit: 9,
      message: expect.stringContaining('mine'),
    });
    expect(fs.readdirSync(folder)).toEqual(['plugin']);
  });
});

describe('two models', () => {
  const diff = (request: Partial<DiffRequest>) =>
    runDiff({
      from: golden('lr'),
      to: golden('lr-plain'),
      input: undefined,
      textColumn: undefined,
      math: 'hotspot-x64',
      ...createWorld(folder).world,
      ...request,
    });

  test('that are one stored twice are the same', async () => {
    await saveModel(await loadModel(golden('lr')), at('own'), { format: 'native' });
    expect(await diff({ to: at('own') })).toMatchObject({ same: true, stages: [], labels: null, predictions: null });
  });

  test('differ in the parameters and numbers that are named', async () => {
    const { same, stages } = await diff({});
    expect(same).toBe(false);
    expect(stages.map(({ from }) => from)).toEqual(['LogisticRegression']);
    expect(stages[0]?.params.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['fitIntercept', 'standardization']),
    );
    expect(stages[0]?.arrays.map(({ name }) => name)).toEqual(['coefficients', 'intercepts']);
  });

  test('differ in labels and calibration', async () => {
    const model = await loadModel(golden('svc'));
    await saveModel({ ...model, labels: ['bad', 'good'] }, at('named'), { format: 'native' });
    await saveModel({ ...model, calibration: { slope: -1, offset: 0.5 } }, at('calibrated'), { format: 'native' });
    const from = golden('svc');
    expect(await diff({ from, to: at('named') })).toMatchObject({
      same: false,
      labels: { to: ['bad', 'good'] },
      stages: [],
    });
    expect(await diff({ from, to: at('calibrated') })).toMatchObject({ same: false, calibrationChanged: true });
  });

  test('judge texts: what changes is counted and shown', async () => {
    const texts = Array.from({ length: 40 }, (_, row) => ({
      text: `${row % 2 ? 'great lovely' : 'awful'} thing number ${row}`,
    }));
    const input = put('rows.jsonl', [...texts, {}].map(row => `${JSON.stringify(row)}\n`).join(''));
    expect((await diff({ to: golden('lr'), input })).predictions).toEqual({
      rows: 40,
      changed: 0,
      maxProbabilityChange: 0,
      moves: [],
      examples: [],
    });
    const model = await loadModel(golden('lr'));
    await saveModel({ ...model, labels: [...model.labels].reverse() }, at('turned'), { format: 'native' });
    const turned = (await diff({ to: at('turned'), input })).predictions;
    expect(turned).toMatchObject({ rows: 40, changed: 40 });
    expect(turned?.moves.reduce((sum, { rows }) => sum + rows, 0)).toBe(40);
    expect(turned?.examples[0]).toMatchObject({ row: 0, text: texts[0]?.text });
    expect(turned?.examples).toHaveLength(10);
    expect(turned?.maxProbabilityChange).toBeGreaterThan(0);
    const without = (await diff({ from: golden('svc'), to: golden('lr'), input })).predictions;
    expect(without?.maxProbabilityChange).toBeNull();
  });
});
