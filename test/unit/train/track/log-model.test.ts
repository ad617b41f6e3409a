import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadProject } from '../../../../src/lib/config/load.ts';
import { asLocal } from '../../../../src/lib/tracking/artifacts/as-local.ts';
import { openTracker } from '../../../../src/lib/tracking/open-tracker.ts';
import type { Tracker } from '../../../../src/lib/tracking/types.ts';
import { uploadModel } from '../../../../src/lib/train/track/log-model.ts';
import { createTestContext } from '../../../helpers/extension-context.ts';
import { trainWorld } from '../train-world.ts';

const FILES = ['metrics.json', 'report.md', 'model/MLmodel', 'model/data/model.sentops', 'model/sparkml/part'];

let dir: string;
let folder: string;
beforeEach(() => {
  dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-log-model-')));
  folder = path.join(dir, 'models/lr');
  for (const name of FILES) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), name.endsWith('MLmodel') ? 'artifact_path: x\nflavors: {}\n' : name);
  }
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

/** The tracker of a project, as commands open it, and which files it copied and which came through this process. */
async function openWatched() {
  const env = { HOME: dir };
  const project = await loadProject({ cwd: dir, env, home: dir });
  const world = { ...createTestContext({ cwd: dir, env }), platform: process.platform, env };
  const tracker = await openTracker(project, world, 'write');
  const local = asLocal(tracker.artifacts);
  if (local === null) throw new Error('files of this machine would pass through this process');
  const [copied, written]: [string[], string[]] = [[], []];
  const artifacts = {
    ...local,
    copyIn(root: string, at: string, file: string) {
      copied.push(at);
      return local.copyIn(root, at, file);
    },
    write(root: string, at: string, body: AsyncIterable<Uint8Array>, bytes: number) {
      written.push(at);
      return local.write(root, at, body, bytes);
    },
  };
  const { uri, experiments, runs, loggedModels, models } = tracker;
  const watched: Tracker = { uri, experiments, runs, loggedModels, models, artifacts, close: () => tracker.close() };
  return { tracker: watched, copied, written };
}

test('the store of the project copies the files of a model, each once; only its description is written anew', async () => {
  const { tracker, copied, written } = await openWatched();
  const experimentId = await tracker.experiments.create({ name: 'e' });
  const run = await tracker.runs.create({ experimentId, name: 'LogisticRegression' });
  const { request } = trainWorld(dir);
  const { source, modelId } = await uploadModel(tracker, { run, folder, request });
  expect(copied.sort()).toEqual(['data/model.sentops', 'metrics.json', 'report.md', 'sparkml/part']);
  expect(written).toEqual(['MLmodel']);
  const logged = await tracker.loggedModels.get(modelId ?? '');
  expect([source, logged?.name, logged?.status]).toEqual([`models:/${modelId}`, 'model', 'READY']);
  const place = fileURLToPath(logged?.artifactUri ?? '');
  expect(fs.readFileSync(path.join(place, 'data/model.sentops'), 'utf8')).toBe('model/data/model.sentops');
  expect(fs.readFileSync(path.join(place, 'MLmodel'), 'utf8')).toContain(`run_id: '${run.runId}'`);
  await tracker.close();
});
