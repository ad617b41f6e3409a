import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { loadProject } from '../../../../src/lib/config/load.ts';
import type { Project } from '../../../../src/lib/config/types.ts';
import openEmbedded from '../../../../src/lib/tracking/embedded/tracker.ts';
import { type DownloadCall, downloadArtifacts } from '../../../../src/lib/tracking/files/download-artifacts.ts';
import { type ListCall, listArtifacts } from '../../../../src/lib/tracking/files/list-artifacts.ts';
import { type UploadCall, uploadArtifacts } from '../../../../src/lib/tracking/files/upload-artifacts.ts';
import { createWorld } from '../../score/world.ts';
import { chunks, createScene, failureOf } from '../artifacts/scene.ts';

const scene = createScene();
let project: Project;
let runId: string;
let artifactUri: string;

beforeEach(async () => {
  const dir = scene.at('.');
  scene.put('sentops.yaml', 'version: 1\nproject: { name: reviews }\n');
  project = await loadProject({ cwd: dir, env: {}, home: undefined, sections: ['mlflow'] });
  const file = scene.at('.sentops/mlflow/mlflow.db');
  const tracker = await openEmbedded({ file, mode: 'write', uri: '' }, createWorld(dir).world);
  const experimentId = await tracker.experiments.create({ name: 'e' });
  ({ runId, artifactUri } = await tracker.runs.create({ experimentId, name: 'first' }));
  await tracker.runs.create({ experimentId, name: 'empty' });
  for (const [name, text] of Object.entries({
    'model/MLmodel': 'ml',
    'model/data/ü #%.txt': 'odd',
    'metrics.json': '{}',
  }))
    await tracker.artifacts.write(artifactUri, name, chunks(text), Buffer.byteLength(text));
  await tracker.models.create({ name: 'reviews' });
  await tracker.models.createVersion({ name: 'reviews', source: `${artifactUri}/model`, runId, key: 'a' });
  await tracker.models.setAlias('reviews', 'champion', 1);
  await tracker.close();
});

const base = () => ({ uri: undefined, run: undefined, path: undefined, project, ...createWorld(scene.at('.')).world });
const list = async (call: Partial<ListCall>) =>
  (await listArtifacts({ ...base(), recursive: false, ...call })).map(({ path: name, type }) => `${name} ${type}`);
const sent: string[] = [];
const download = (call: Partial<DownloadCall>) => {
  sent.length = 0;
  const stream = async (chunk: Uint8Array) => void sent.push(Buffer.from(chunk).toString());
  return downloadArtifacts({ ...base(), into: 'out', force: false, dryRun: false, stream, ...call });
};
const upload = (source: string, call: Partial<UploadCall> = {}) =>
  uploadArtifacts({ ...base(), source, run: 'first', dryRun: false, ...call });
const code = async (work: Promise<unknown>) => (await failureOf(work)).code;

describe('a listing', () => {
  test('is of one level, of all files, or of one file', async () => {
    expect(await list({ run: 'first' })).toEqual(['metrics.json file', 'model folder']);
    expect(await list({ run: runId.slice(0, 8), recursive: true })).toEqual([
      'metrics.json file',
      'model/MLmodel file',
      'model/data/ü #%.txt file',
    ]);
    expect(await list({ run: runId, path: 'model/MLmodel' })).toEqual(['model/MLmodel file']);
    expect(await list({ run: runId, path: 'model/MLmodel', recursive: true })).toEqual(['model/MLmodel file']);
    expect(await list({ run: 'empty', recursive: true })).toEqual([]);
  });

  test('of a URI is that of its files; a path goes on below', async () => {
    for (const uri of ['models:/reviews/1', 'models:/reviews@champion', 'models:/reviews/latest'])
      expect(await list({ uri })).toEqual(['MLmodel file', 'data folder']);
    expect(await list({ uri: 'models:/reviews/1/data' })).toEqual(['data/ü #%.txt file']);
    expect(await list({ uri: 'models:/reviews/1', path: 'data' })).toEqual(['data/ü #%.txt file']);
    expect(await list({ uri: 'runs:/first/model' })).toEqual(['model/MLmodel file', 'model/data folder']);
  });

  test('that cannot be says what is wrong', async () => {
    expect((await failureOf(list({ run: 'first', path: 'modle' }))).hint).toBe('did you mean model?');
    expect((await failureOf(list({ run: 'frist' }))).hint).toBe('did you mean first?');
    expect((await failureOf(list({ uri: 'models:/reviews@chapmion' }))).hint).toContain('did you mean champion?');
    expect(await code(list({}))).toBe('INPUT_REQUIRED');
    expect(await code(list({ uri: 'models:/reviews/1', run: 'first' }))).toBe('FLAG_INVALID');
    expect(await code(list({ uri: 'models:/reviews' }))).toBe('FLAG_INVALID');
    expect(await code(list({ run: 'first', path: '../..' }))).toBe('FLAG_INVALID');
  });

  test('in a project without a store makes none', async () => {
    fs.rmSync(scene.at('.sentops'), { recursive: true });
    expect(await code(list({ run: 'first' }))).toBe('NOT_FOUND');
    expect(fs.existsSync(scene.at('.sentops'))).toBe(false);
  });
});

describe('a download', () => {
  test('keeps the paths below the folder, whatever was named', async () => {
    const got = await download({ run: 'first', path: 'model' });
    expect(got).toEqual({
      artifactUri,
      into: 'out',
      bytes: 5,
      files: [
        { path: 'model/MLmodel', file: path.join('out', 'model', 'MLmodel'), bytes: 2, state: 'fetched' },
        {
          path: 'model/data/ü #%.txt',
          file: path.join('out', 'model', 'data', 'ü #%.txt'),
          bytes: 3,
          state: 'fetched',
        },
      ],
    });
    await download({ run: 'first', path: 'model/data/ü #%.txt', into: 'one' });
    await download({ uri: 'models:/reviews@champion', into: 'champion' });
    expect(scene.tree('one')).toEqual(['model', 'model/data', 'model/data/ü #%.txt']);
    expect(scene.tree('champion')).toEqual(['MLmodel', 'data', 'data/ü #%.txt']);
  });

  test('leaves a file that holds something else, unless it is forced', async () => {
    scene.put('out/metrics.json', 'mine');
    expect(await code(download({ run: 'first' }))).toBe('CONFLICT');
    expect(scene.read('out/metrics.json')).toBe('mine');
    await download({ run: 'first', force: true });
    expect(scene.read('out/metrics.json')).toBe('{}');
  });

  test('to standard output is of one file', async () => {
    const got = await download({ run: 'first', path: 'metrics.json', into: '-' });
    expect([sent, got.files]).toEqual([['{}'], [{ path: 'metrics.json', file: null, bytes: 2, state: 'fetched' }]]);
    const failure = await failureOf(download({ run: 'first', path: 'model', into: '-' }));
    expect([failure.code, failure.message, sent]).toEqual(['FLAG_INVALID', 'model holds 2 files', []]);
    await download({ uri: 'models:/reviews/1/MLmodel', into: '-' });
    expect(sent).toEqual(['ml']);
  });

  test('that is only planned writes nothing', async () => {
    const { files, bytes } = await download({ run: 'first', dryRun: true });
    expect([files.length, bytes, files[0]?.state]).toEqual([3, 7, 'planned']);
    expect((await download({ run: 'first', path: 'metrics.json', into: '-', dryRun: true })).files[0]?.file).toBeNull();
    expect([fs.existsSync(scene.at('out')), sent]).toEqual([false, []]);
  });

  test('of nothing says so', async () => {
    expect(await code(download({ run: 'empty' }))).toBe('NOT_FOUND');
    expect(await code(download({ run: 'empty', into: '-' }))).toBe('NOT_FOUND');
    expect(fs.existsSync(scene.at('out'))).toBe(false);
  });
});

describe('an upload', () => {
  test('comes back as it was', async () => {
    for (const name of ['up/a b.txt', 'up/deep/%41#']) scene.put(name);
    scene.put('up/empty', '');
    expect(await upload('up', { path: 'new' })).toEqual({
      runId,
      runName: 'first',
      artifactUri,
      bytes: 22,
      written: true,
      files: [
        { path: 'new/a b.txt', file: path.join('up', 'a b.txt'), bytes: 10 },
        { path: 'new/deep/%41#', file: path.join('up', 'deep', '%41#'), bytes: 12 },
        { path: 'new/empty', file: path.join('up', 'empty'), bytes: 0 },
      ],
    });
    await download({ run: 'first', path: 'new', into: 'back' });
    expect(scene.tree('back/new')).toEqual(['a b.txt', 'deep', 'deep/%41#', 'empty']);
    expect(scene.read('back/new/deep/%41#')).toBe('up/deep/%41#');
  });

  test('replaces a file of the same path, and only that', async () => {
    scene.put('metrics.json', 'new');
    await upload('metrics.json');
    await download({ run: 'first', path: 'metrics.json', into: '-' });
    expect([sent, await list({ run: 'first' })]).toEqual([['new'], ['metrics.json file', 'model folder']]);
  });

  test('that is only planned stores nothing', async () => {
    scene.put('up/x');
    expect(await upload('up', { dryRun: true })).toMatchObject({ written: false, files: [{ path: 'x' }] });
    expect(await list({ run: 'first' })).toEqual(['metrics.json file', 'model folder']);
  });

  test('that cannot be says what is wrong', async () => {
    scene.put('up/x');
    fs.mkdirSync(scene.at('hollow'));
    expect(await code(upload('nowhere'))).toBe('NOT_FOUND');
    expect(await code(upload('hollow'))).toBe('NOT_FOUND');
    expect(await code(upload('up', { run: 'nobody' }))).toBe('NOT_FOUND');
    expect(await code(upload('up', { path: '../up' }))).toBe('FLAG_INVALID');
  });

  test('to a deleted run is refused', async () => {
    scene.put('up/x');
    const file = scene.at('.sentops/mlflow/mlflow.db');
    const tracker = await openEmbedded({ file, mode: 'write', uri: '' }, createWorld(scene.at('.')).world);
    await tracker.runs.delete(runId);
    await tracker.close();
    expect((await failureOf(upload('up', { run: runId }))).hint).toBe(`bring it back: sentops run restore ${runId}`);
  });
});
