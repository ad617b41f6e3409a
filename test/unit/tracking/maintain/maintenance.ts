import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { loadProject } from '../../../../src/lib/config/load.ts';
import type { Project } from '../../../../src/lib/config/types.ts';
import type { World } from '../../../../src/lib/extend/world.ts';
import { localFolder } from '../../../../src/lib/tracking/artifacts/local-folder.ts';
import { openStore } from '../../../../src/lib/tracking/embedded/open-store.ts';
import type { Store } from '../../../../src/lib/tracking/embedded/store.ts';
import { embeddedTracker } from '../../../../src/lib/tracking/embedded/tracker.ts';
import type { Tracker } from '../../../../src/lib/tracking/types.ts';
import { createTestContext } from '../../../helpers/extension-context.ts';

/** A project in a temporary folder, as the upkeep of its store sees it. */
export interface Place extends World {
  readonly project: Project;
  readonly dir: string;
  readonly file: string;
}

export function tempDir(): string {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-upkeep-'));
  onTestFinished(() => fs.rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export async function placeIn(dir: string, uri = ''): Promise<Place> {
  fs.mkdirSync(dir, { recursive: true });
  fs.writeFileSync(path.join(dir, 'sentops.yaml'), `version: 1\nmlflow: { trackingUri: "${uri}" }\n`);
  const env = { HOME: dir };
  const project = await loadProject({ cwd: dir, env, home: dir });
  const file = path.join(dir, '.sentops/mlflow/mlflow.db');
  return { ...createTestContext({ cwd: dir, env }), env, platform: process.platform, project, dir, file };
}

/** Opens the store for some work and closes it, so that others find it as a process leaves it. */
export async function inStore<T>(
  { file }: Place,
  work: (world: { readonly store: Store; readonly tracker: Tracker }) => Promise<T>,
): Promise<T> {
  const store = await openStore({ file, mode: 'write' });
  try {
    return await work({ store, tracker: embeddedTracker(store, `sqlite:///${file}`) });
  } finally {
    store.close();
  }
}

/** Every table in one text: nothing of a store changed where it is the same. */
export async function dump(place: Place): Promise<string> {
  return inStore(place, async ({ store }) => {
    const tables = store.all<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name",
    );
    const rowsOf = (name: string) => store.all(`SELECT * FROM "${name}"`).map(row => JSON.stringify(row));
    return tables.map(({ name }) => [name, ...rowsOf(name).sort()].join('\n')).join('\n');
  });
}

/** The files below a folder, relative, by name. */
export function filesIn(dir: string): string[] {
  if (!fs.existsSync(dir)) return [];
  const entries = fs.readdirSync(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter(entry => !entry.isDirectory())
    .map(entry => path.relative(dir, path.join(entry.parentPath, entry.name)))
    .sort();
}

export function writeArtifact(root: string, name: string, text = 'some bytes'): string {
  const file = path.join(localFolder(root), name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
  return file;
}

/** An experiment with a finished run that has everything, a logged model of it, and a version of a registered model. */
export async function trainOnce(place: Place, experiment = 'reviews') {
  return inStore(place, async ({ tracker }) => {
    const known = await tracker.experiments.find(experiment);
    const experimentId =
      known?.experimentId ?? (await tracker.experiments.create({ name: experiment, tags: { team: 'a' } }));
    const { runId, artifactUri } = await tracker.runs.create({
      experimentId,
      name: 'lr',
      userId: 'ada',
      startTime: 1_700_000_000_000,
      tags: { kind: 'trial' },
    });
    const loggedModel = await tracker.loggedModels.create({
      experimentId,
      name: 'model',
      sourceRunId: runId,
      modelType: 'pipeline',
      params: { depth: '5' },
      tags: { stage: 'one' },
    });
    const { modelId } = loggedModel;
    const metrics = [0.5, 0.7, Number.NaN, 0.9].map((value, step) => ({
      key: 'accuracy',
      value,
      timestamp: 1_700_000_001_000 + step,
      step,
    }));
    await tracker.runs.log(runId, {
      metrics: [...metrics, { key: 'f1', value: 0.8, timestamp: 1_700_000_002_000, step: 0, modelId }],
      params: { maxIter: '20' },
    });
    await tracker.runs.logInputs(runId, [
      {
        name: 'train.csv',
        digest: 'd1',
        sourceType: 'local',
        source: '{"uri":"train.csv"}',
        schema: null,
        profile: '{"rows":3}',
        tags: { 'mlflow.data.context': 'training' },
      },
    ]);
    await tracker.runs.logOutputs(runId, [{ modelId, step: 3 }]);
    await tracker.runs.logModelInputs(runId, [modelId]);
    writeArtifact(artifactUri, 'report/metrics.json', '{"accuracy":0.9}');
    writeArtifact(loggedModel.artifactUri, 'MLmodel', 'flavors: {}');
    await tracker.loggedModels.finish(modelId, 'READY');
    await tracker.runs.update(runId, { status: 'FINISHED', endTime: 1_700_000_003_000 });
    if ((await tracker.models.get('sentiment')) === null)
      await tracker.models.create({ name: 'sentiment', description: 'of reviews', tags: { owner: 'ada' } });
    const { version } = await tracker.models.createVersion({
      name: 'sentiment',
      source: `models:/${modelId}`,
      runId,
      modelId,
      key: modelId,
    });
    await tracker.models.setAlias('sentiment', 'champion', version);
    await tracker.models.transition('sentiment', version, 'Production', { archiveExisting: true });
    return { experimentId, runId, modelId, version, artifactUri, modelUri: loggedModel.artifactUri };
  });
}
