import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { convertModel } from '../../../src/lib/model/convert.ts';
import { type FormatName, loadModel } from '../../../src/lib/model/load.ts';
import { saveModel } from '../../../src/lib/model/save.ts';
import type { FittedModel } from '../../../src/lib/model/types.ts';
import { sampleModels } from '../../helpers/sample-models.ts';

const samples = sampleModels();
const sample = (name: string) => samples[name] as FittedModel;
const SVC = sample('svc');
const FOREST = sample('forest');
let dir: string;
const at = (...parts: string[]) => path.join(dir, ...parts);
/** Every file below, with its bytes; hidden and temporary ones too. */
const snapshot = () =>
  fs
    .readdirSync(dir, { recursive: true, withFileTypes: true })
    .map(entry => path.join(entry.parentPath, entry.name))
    .map(file => [path.relative(dir, file), fs.lstatSync(file).isFile() ? fs.readFileSync(file, 'base64') : '/'])
    .toSorted(([a], [b]) => ((a as string) < (b as string) ? -1 : 1));
const kindIn = async (place: string) => (await loadModel(place)).stages.at(-1)?.kind;

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-save-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

const FORMATS: readonly FormatName[] = ['native', 'spark', 'mlflow'];

describe('a model that cannot be written in the middle of it', () => {
  /** Its first stages are fine, its last one is not: each format has made files by then. */
  const broken = { ...SVC, stages: [...SVC.stages, { ...FOREST.stages.at(-1), uid: '../out' }] } as FittedModel;

  test.each(['spark', 'mlflow'] as const)('as %s leaves what was there, to the byte', async format => {
    await saveModel(FOREST, at('m'), { format });
    const before = snapshot();
    await expect(saveModel(broken, at('m'), { format })).rejects.toMatchObject({ code: 'DATA_INVALID' });
    expect(snapshot()).toEqual(before);
  });
});

describe('a signal', () => {
  test.each(FORMATS)('at any moment leaves the old model or the new one, and nothing beside it: %s', async format => {
    const ends = new Set<string>();
    for (const turns of [0, 1, 2, 5, 12, 90]) {
      fs.rmSync(at('m'), { recursive: true, force: true });
      await saveModel(FOREST, at('m'), { format });
      const controller = new AbortController();
      const saving = saveModel(SVC, at('m'), { format, signal: controller.signal }).then(
        () => 'done',
        error => String((error as Error).message),
      );
      for (let turn = 0; turn < turns; turn++) await new Promise(resolve => setImmediate(resolve));
      controller.abort(new Error('stop'));
      const end = await saving;
      ends.add(end);
      expect(await kindIn(at('m'))).toBe(end === 'done' ? 'LinearSVC' : 'RandomForest');
      expect(fs.readdirSync(dir)).toEqual(['m']);
    }
    expect([...ends].toSorted()).toEqual(['done', 'stop']);
  });
});

describe('the place', () => {
  test('is made with the folders above it, which vanish again where it fails', async () => {
    await saveModel(SVC, at('a/b/c'), { format: 'native' });
    expect(fs.readdirSync(at('a/b/c'))).toEqual(['model.sentops']);
    const odd = { ...SVC, stages: SVC.stages.map(stage => ({ ...stage, uid: '..' })) };
    await expect(saveModel(odd, at('x/y/z'), { format: 'spark' })).rejects.toMatchObject({ code: 'DATA_INVALID' });
    expect(fs.readdirSync(dir)).toEqual(['a']);
  });

  test.each([
    ['a file', 'notes.txt', false, 'CONFLICT', 'holds something that is not a model'],
    ['a file, with overwrite', 'notes.txt', true, 'NOT_WRITABLE', 'a part of its path is a file'],
    ['below a file', 'notes.txt/model', false, 'NOT_WRITABLE', 'a part of its path is a file'],
    ['a link in a circle', 'loop', false, 'NOT_WRITABLE', 'its symbolic links form a circle'],
    ['a name too long', 'n'.repeat(300), false, 'NOT_WRITABLE', 'the name is too long'],
    ['a folder with a hidden file', 'hidden', false, 'CONFLICT', 'holds something that is not a model'],
  ])('that is %s is refused and left alone', async (_, place, overwrite, code, reason) => {
    fs.writeFileSync(at('notes.txt'), 'mine');
    fs.symlinkSync('loop', at('loop'));
    fs.mkdirSync(at('hidden'));
    fs.writeFileSync(at('hidden/.keep'), '');
    const before = fs.readdirSync(dir, { recursive: true });
    await expect(saveModel(SVC, at(place), { format: 'native', overwrite })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(reason),
    });
    expect(fs.readdirSync(dir, { recursive: true })).toEqual(before);
    expect(fs.readFileSync(at('notes.txt'), 'utf8')).toBe('mine');
  });

  test('that is a model of any form takes one of any other form', async () => {
    for (const old of FORMATS)
      for (const next of FORMATS.filter(format => format !== old)) {
        fs.rmSync(at('m'), { recursive: true, force: true });
        await saveModel(FOREST, at('m'), { format: old });
        await saveModel(SVC, at('m'), { format: next });
        const top = new Set(fs.readdirSync(at('m')));
        expect([top.has('MLmodel'), top.has('model.sentops'), top.has('metadata')]).toEqual([
          next === 'mlflow',
          next === 'native',
          next === 'spark',
        ]);
        expect(await kindIn(at('m'))).toBe('LinearSVC');
      }
  });

  test('that is damaged as a model is replaced as one', async () => {
    await saveModel(FOREST, at('m'), { format: 'spark' });
    fs.rmSync(at('m/stages'), { recursive: true });
    await saveModel(SVC, at('m'), { format: 'spark' });
    expect(await kindIn(at('m'))).toBe('LinearSVC');
  });

  test('that is a link to a model stays a link, and the model behind it is replaced', async () => {
    await saveModel(FOREST, at('runs/1'), { format: 'native' });
    fs.symlinkSync(path.join('runs', '1'), at('latest'));
    await saveModel(SVC, at('latest'), { format: 'native' });
    expect(fs.readlinkSync(at('latest'))).toBe(path.join('runs', '1'));
    expect(await kindIn(at('runs/1'))).toBe('LinearSVC');
    expect(fs.readdirSync(at('runs'))).toEqual(['1']);
  });

  test('with overwrite files of others stay, and those of the same name are replaced', async () => {
    fs.mkdirSync(at('m'));
    fs.writeFileSync(at('m/notes.txt'), 'mine');
    fs.writeFileSync(at('m/requirements.txt'), 'old');
    await saveModel(SVC, at('m'), { overwrite: true });
    expect(fs.readFileSync(at('m/notes.txt'), 'utf8')).toBe('mine');
    expect(fs.readFileSync(at('m/requirements.txt'), 'utf8')).toContain('numpy');
    expect(await loadModel(at('m'))).toEqual(SVC);
  });
});

describe('converting', () => {
  const convert = (place: string, output: string, force = true) =>
    convertModel({
      place,
      output,
      cwd: dir,
      format: 'native',
      force,
      dryRun: false,
      signal: new AbortController().signal,
    });

  test('onto a link to the model itself is refused like the model itself', async () => {
    await saveModel(SVC, at('real/model'), { format: 'spark' });
    fs.symlinkSync('real', at('link'));
    for (const output of ['link/model', 'link', 'real/model/../model']) {
      await expect(convert(at('real/model'), output)).rejects.toMatchObject({
        code: 'CONFLICT',
        message: expect.stringContaining('the model that is converted'),
      });
    }
    await expect(convert(at('link/model'), 'real/model')).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(fs.readdirSync(at('real/model')).toSorted()).toEqual(['metadata', 'stages']);
  });

  test('of the one file of a folder into that folder is refused, beside it is not', async () => {
    await saveModel(SVC, at('m'), { format: 'native' });
    await expect(convert(at('m/model.sentops'), 'm')).rejects.toMatchObject({ code: 'CONFLICT' });
    const done = await convert(at('m/model.sentops'), 'm-copy');
    expect(done).toEqual({
      from: { path: at('m/model.sentops'), format: 'native' },
      to: { path: 'm-copy', format: 'native' },
      files: [{ path: 'model.sentops', bytes: fs.statSync(at('m/model.sentops')).size }],
      stages: SVC.stages.map(({ kind }) => kind),
      written: true,
    });
  });

  test('to where a file is: refused, forced or not', async () => {
    await saveModel(SVC, at('m'), { format: 'native' });
    fs.writeFileSync(at('notes.txt'), 'mine');
    for (const force of [true, false])
      await expect(convert(at('m'), 'notes.txt', force)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(fs.readFileSync(at('notes.txt'), 'utf8')).toBe('mine');
  });

  test('of a signal that came before leaves nothing', async () => {
    await saveModel(SVC, at('m'), { format: 'native' });
    const signal = AbortSignal.abort(new Error('stop'));
    for (const dryRun of [true, false]) {
      const work = convertModel({
        place: at('m'),
        output: 'new',
        cwd: dir,
        format: 'spark',
        force: false,
        dryRun,
        signal,
      });
      await expect(work).rejects.toThrow('stop');
    }
    expect(fs.readdirSync(dir)).toEqual(['m']);
  });
});
