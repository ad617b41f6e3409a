import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withLock } from '../../../src/lib/core/lock-file.ts';
import { loadModel } from '../../../src/lib/model/load.ts';
import type { TrainRequest } from '../../../src/lib/train/request.ts';
import type { TrainReport } from '../../../src/lib/train/result.ts';
import type { TrainSpec } from '../../../src/lib/train/spec.ts';
import { trainModels } from '../../../src/lib/train/train-models.ts';
import { writeReviews } from '../../helpers/reviews.ts';
import { ALWAYS_PLUGIN, linkPlugin, trainSpec, trainWorld } from './train-world.ts';

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-train-models-'));
  writeReviews(path.join(dir, 'rows.csv'), { rows: 240 });
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

async function train(spec: Partial<TrainSpec> = {}, request: Partial<TrainRequest> & { input?: string } = {}) {
  const world = trainWorld(dir, request);
  const report = await trainModels(trainSpec(dir, spec), world.request, []);
  return { ...world, report };
}

const write = (name: string, lines: readonly string[]) =>
  fs.writeFileSync(path.join(dir, name), `${lines.join('\n')}\n`);
const output = () => (fs.existsSync(path.join(dir, 'models')) ? fs.readdirSync(path.join(dir, 'models')).sort() : []);
const written = () => JSON.parse(fs.readFileSync(path.join(dir, 'models/training.json'), 'utf8')) as TrainReport;
const WRITTEN = [
  'best-model-naivebayes',
  'naivebayes',
  'pr.png',
  'report.html',
  'report.md',
  'roc.png',
  'training.json',
];

describe('a whole run', () => {
  test('tells and writes the same', async () => {
    const { report } = await train();
    expect(output()).toEqual(WRITTEN);
    expect(written()).toEqual({ schemaVersion: 1, ...report });
    expect(report).toMatchObject({ dryRun: false, seed: 1, gitCommit: null, data: { rows: 240, testInput: null } });
    expect(report.data.train + report.data.validation + report.data.test).toBe(240);
    expect(report.models[0]?.validation).not.toBeNull();
    expect(report.best).toMatchObject({ name: 'naivebayes', path: path.join(dir, 'models/best-model-naivebayes') });
  });

  test('leaves a model that knows where it comes from', async () => {
    const { report } = await train();
    const { about, labels } = await loadModel(path.join(dir, 'models/best-model-naivebayes'));
    expect(labels).toEqual(['negative', 'positive']);
    expect(about).toMatchObject({
      name: 'naivebayes',
      seed: 1,
      labelMapping: { negative: 'negative', positive: 'positive' },
      data: { file: 'rows.csv', rows: 240, sha256: report.data.sha256 },
    });
    expect(about.writtenBy).toMatch(/^sentops \d/);
  });

  test('works on rows from standard input as on the file', async () => {
    const { report } = await train();
    const text = fs.readFileSync(path.join(dir, 'rows.csv'), 'utf8');
    const streamed = await train({ input: '-', output: path.join(dir, 'streamed') }, { input: text });
    expect(streamed.report.models.map(({ metrics }) => metrics)).toEqual(report.models.map(({ metrics }) => metrics));
    expect(streamed.report.data).toMatchObject({ rows: 240, sha256: report.data.sha256 });
  });

  test('a sample of a stream is the same as that of the file', async () => {
    const { report } = await train({ maxRows: 150 });
    const text = fs.readFileSync(path.join(dir, 'rows.csv'), 'utf8');
    const streamed = await train({ input: '-', maxRows: 150, output: path.join(dir, 'streamed') }, { input: text });
    const { train: learnt, validation, test: tested } = streamed.report.data;
    expect([learnt, validation, tested]).toEqual([report.data.train, report.data.validation, report.data.test]);
    expect(learnt + validation + tested).toBe(150);
    expect(streamed.report.models[0]?.metrics).toEqual(report.models[0]?.metrics);
  });

  test('leaves out what cannot be used, and says how much', async () => {
    const extra = ['"  ",positive', 'no label at all,', 'one,field,too many', 'good,positive'];
    fs.appendFileSync(path.join(dir, 'rows.csv'), `${extra.join('\n')}\n`);
    const { report, notes } = await train();
    expect(report.data).toMatchObject({ badRows: 1 });
    expect(report.data.train + report.data.validation + report.data.test).toBe(241);
    expect(report.labels?.dropped).toEqual([{ value: '', rows: 1, why: 'no label' }]);
    expect(notes().join('\n')).toMatch(/1 row could not be read and was left out; the first is line \d+/);
    expect(notes().join('\n')).toMatch(/1 row without a text was left out/);
  });

  test('a model of two classes is left out where there are three, with a word', async () => {
    writeReviews(path.join(dir, 'rows.csv'), { rows: 300, classes: 3 });
    const { report, notes } = await train({ models: ['linearsvc', 'naivebayes'] });
    expect(report.models.map(({ name }) => name)).toEqual(['naivebayes']);
    expect(notes()).toContainEqual(expect.stringContaining('linearsvc is left out'));
  });

  test('a model of a plugin is trained, compared and written like ours', async () => {
    linkPlugin(dir, 'sentops-plugin-always', ALWAYS_PLUGIN);
    const { report } = await train({ models: ['always', 'naivebayes'] });
    expect(report.models.map(({ name, params }) => [name, params])).toEqual([
      ['always', { klass: 1, patience: 5 }],
      ['naivebayes', {}],
    ]);
    const { stages } = await loadModel(path.join(dir, 'models/always'));
    expect(stages.at(-1)).toMatchObject({ kind: 'Plugin', trainer: 'always' });
  });
});

describe('a dry run', () => {
  test('looks at the input and writes nothing, not even the folder', async () => {
    const { report } = await train({ testInput: path.join(dir, 'rows.csv') }, { dryRun: true });
    expect(report).toMatchObject({ dryRun: true, models: [], best: null, gate: null, report: null });
    expect(report.data).toMatchObject({ input: path.join(dir, 'rows.csv') });
    expect(report.layout).toMatch(/^CSV.*text in text, label in label$/);
    expect(fs.existsSync(path.join(dir, 'models'))).toBe(false);
  });

  test('finds a file that is not there', async () => {
    await expect(train({ input: path.join(dir, 'none.csv') }, { dryRun: true })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('a test file', () => {
  const testFile = () => ({ testInput: path.join(dir, 'test.csv') });

  test('is what is judged on; the whole input is there to learn from', async () => {
    writeReviews(path.join(dir, 'test.csv'), { rows: 50, seed: 9 });
    const { report } = await train({ ...testFile(), trainRatio: 0.6, valRatio: 0.2 });
    expect(report.data).toMatchObject({ train: 240, validation: 0, test: 50, testInput: path.join(dir, 'test.csv') });
    expect(report.models[0]?.validation).toBeNull();
  });

  test('may write its labels otherwise, in another order, and with some that mean nothing', async () => {
    write('test.csv', ['text,label', 'a wonderful great phone I love,4', 'awful broken refund,0', 'hm,2', 'great,4']);
    const same = writeReviews(path.join(dir, 'same.csv'), { rows: 4 });
    const { report } = await train(testFile());
    expect(report.data.test).toBe(3);
    expect((await train({ testInput: same })).report.labels?.classes).toEqual(['negative', 'positive']);
    const metrics = JSON.parse(fs.readFileSync(path.join(dir, 'models/naivebayes/metrics.json'), 'utf8'));
    expect(JSON.stringify(metrics)).toContain('accuracy');
  });

  test('its class numbers are those of the model, whichever label comes first in it', async () => {
    writeReviews(path.join(dir, 'test.csv'), { rows: 60, seed: 9 });
    const { report } = await train(testFile());
    const [head = '', ...rows] = fs.readFileSync(path.join(dir, 'test.csv'), 'utf8').trim().split('\n');
    const first = rows[0]?.endsWith('positive') ? 'negative' : 'positive';
    write('test.csv', [head, ...[...rows].sort((a, b) => Number(b.endsWith(first)) - Number(a.endsWith(first)))]);
    const turned = await train(testFile());
    expect(turned.report.models[0]?.metrics.accuracy).toBe(report.models[0]?.metrics.accuracy);
    expect(turned.report.models[0]?.metrics.auc).toBe(report.models[0]?.metrics.auc);
  });

  test('with a class that was not trained is refused, by name', async () => {
    write('test.csv', ['text,label', 'fine,neutral', 'good,positive', 'bad,negative']);
    const message = expect.stringMatching(/neutral.*\(negative, positive\)/);
    await expect(train(testFile())).rejects.toMatchObject({ code: 'DATA_INVALID', message });
    expect(output()).toEqual([]);
  });

  test('that cannot be read any further ends the fits that run beside it, and nothing is written', async () => {
    write('test.csv', ['text,label', ...Array.from({ length: 1200 }, (_, at) => `text,label number ${at}`)]);
    const long = { models: ['randomforest'], params: { randomforest: { numTrees: 100_000 } } };
    await expect(train({ ...testFile(), ...long })).rejects.toThrow(/more than 1,000 different values/);
    expect(output()).toEqual([]);
  }, 20_000);

  test('a fit that fails ends the reading, with the message of the fit', async () => {
    writeReviews(path.join(dir, 'test.csv'), { rows: 50 });
    const wrong = { params: { naivebayes: { smoothing: -1 } } };
    await expect(train({ ...testFile(), ...wrong })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('smoothing must be at least 0'),
    });
    expect(output()).toEqual([]);
  });
});

describe('an abort', () => {
  /** Aborts as soon as something is told that matches. */
  async function abortAt(pattern: RegExp, spec: Partial<TrainSpec>): Promise<void> {
    const stop = new AbortController();
    const run = train(spec, {
      signal: stop.signal,
      report: event => {
        if ('label' in event && pattern.test(event.label)) stop.abort(new Error(`stopped at ${event.label}`));
      },
    });
    await expect(run).rejects.toThrow(/^stopped at/);
  }

  test('before the start', async () => {
    await expect(train({}, { signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow('too late');
    expect(output()).toEqual([]);
  });

  test.each([/^read rows/, /^read test rows/, /^fit naivebayes/, /^fit ngram/, /^write models/])(
    'at %s leaves nothing behind',
    async pattern => {
      writeReviews(path.join(dir, 'test.csv'), { rows: 50 });
      await abortAt(pattern, { models: ['naivebayes', 'ngram'], testInput: path.join(dir, 'test.csv') });
      expect(output()).toEqual([]);
    },
  );

  test('leaves older models as they were', async () => {
    await train();
    const before = written();
    await abortAt(/^write models/, { seed: 2 });
    expect(written()).toEqual(before);
    expect(output()).toEqual(WRITTEN);
    expect((await loadModel(path.join(dir, 'models/naivebayes'))).about.seed).toBe(1);
  });
});

describe('the output folder', () => {
  test('belongs to one run at a time: a second one is told at once', async () => {
    fs.mkdirSync(path.join(dir, 'models'));
    await withLock(path.join(dir, 'models/training.json'), async () => {
      await expect(train()).rejects.toMatchObject({ code: 'LOCKED' });
    });
    expect(output()).toEqual([]);
    await train();
    expect(output()).toEqual(WRITTEN);
  });

  test('has to be one of this machine', async () => {
    await expect(train({ output: 'gs://bucket/models' })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  test('keeps what is not ours, and loses what a killed run left', async () => {
    fs.mkdirSync(path.join(dir, 'models'));
    fs.writeFileSync(path.join(dir, 'models/notes.txt'), 'mine');
    fs.mkdirSync(path.join(dir, 'models/.naivebayes.sentops-4194304-1.tmp'));
    await train();
    expect(output()).toEqual([...WRITTEN, 'notes.txt'].sort());
  });

  test('a model that a killed run had put aside is back, though this run trains others', async () => {
    await train({ models: ['naivebayes'] });
    fs.renameSync(path.join(dir, 'models/naivebayes'), path.join(dir, 'models/.naivebayes.former'));
    await train({ models: ['logisticregression'] });
    expect(output()).toContain('naivebayes');
    expect(output().filter(name => name.startsWith('.'))).toEqual([]);
  });
});
