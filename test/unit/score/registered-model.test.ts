import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { loadProject } from '../../../src/lib/config/load.ts';
import { chooseModel } from '../../../src/lib/score/find-model.ts';
import type { ModelChoice } from '../../../src/lib/score/model-choice.ts';
import { runEvaluation } from '../../../src/lib/score/run-evaluation.ts';
import { runScoring } from '../../../src/lib/score/run-scoring.ts';
import openEmbedded from '../../../src/lib/tracking/embedded/tracker.ts';
import { startArtifactServer } from '../../helpers/artifact-server.ts';
import { createScene, failureOf } from '../tracking/artifacts/scene.ts';
import { createWorld, golden } from './world.ts';

const scene = createScene();
const NOTHING = { name: undefined, stage: undefined, alias: undefined, version: undefined };

/** Three versions of `reviews`: 1 is champion, 2 is in Staging, 3 is new; and one of another model. */
beforeEach(async () => {
  scene.put('sentops.yaml', 'version: 1\nproject: { name: reviews }\nserve: { modelName: reviews }\n');
  const file = scene.at('.sentops/mlflow/mlflow.db');
  const { models, close } = await openEmbedded({ file, mode: 'write', uri: '' }, createWorld(scene.at('.')).world);
  for (const name of ['reviews', 'other']) await models.create({ name });
  for (const kind of ['lr', 'svc', 'lr'])
    await models.createVersion({ name: 'reviews', source: `file://${golden(kind)}`, key: `${kind}${Math.random()}` });
  await models.createVersion({ name: 'other', source: `file://${scene.at('gone')}`, key: 'x' });
  await models.setAlias('reviews', 'champion', 1);
  await models.transition('reviews', 2, 'Staging', { archiveExisting: false });
  await close();
});

function choice(
  flags: Partial<Record<keyof typeof NOTHING, string | number>>,
  modelPath?: string,
): ModelChoice & { notes(): string[] } {
  const { world, warnings } = createWorld(scene.at('.'));
  return {
    ...world,
    modelPath,
    registered: { ...NOTHING, ...flags } as NonNullable<ModelChoice['registered']>,
    loadProject: sections => loadProject({ cwd: scene.at('.'), env: {}, home: undefined, sections }),
    notes: warnings,
  };
}

describe('a model of the registry', () => {
  test('is found by its flags, and used where it is', async () => {
    expect(await chooseModel(choice({ name: 'reviews', version: 3 }))).toEqual({ place: golden('lr'), version: '3' });
    expect(await chooseModel(choice({ stage: 'Staging' }))).toEqual({ place: golden('svc'), version: '2' });
    const asked = choice({ name: 'reviews' });
    expect((await chooseModel(asked)).version).toBe('1');
    expect(asked.notes()).toEqual([expect.stringContaining('its alias champion (mlflow.stageAliases)')]);
  });

  test('is found by a URI, wherever a path may stand', async () => {
    expect(await chooseModel(choice({}, 'models:/reviews/2'))).toEqual({ place: golden('svc'), version: '2' });
    expect((await chooseModel(choice({}, 'models:/reviews/latest'))).version).toBe('3');
    expect((await failureOf(chooseModel(choice({}, 'models:/reviews/Production')))).code).toBe('NOT_FOUND');
  });

  test('and a path are two models', async () => {
    const failure = await failureOf(chooseModel(choice({ name: 'reviews' }, golden('lr'))));
    expect([failure.code, failure.message]).toEqual(['FLAG_INVALID', expect.stringContaining('both')]);
  });

  test('is not looked for where the flags contradict each other', async () => {
    fs.rmSync(scene.at('.sentops'), { recursive: true });
    expect((await failureOf(chooseModel(choice({ stage: 'Staging', version: 1 })))).code).toBe('FLAG_INVALID');
  });

  test('whose files are gone says where they were', async () => {
    const failure = await failureOf(chooseModel(choice({ name: 'other' })));
    expect([failure.code, failure.message]).toEqual([
      'NOT_FOUND',
      `the files of other version 1 are not there: file://${scene.at('gone')}`,
    ]);
  });
});

describe('a model on a server', () => {
  test('is fetched into the cache of the user, once', async () => {
    fs.cpSync(golden('lr'), scene.at('served/model'), { recursive: true });
    const server = await startArtifactServer(scene.at('served'));
    scene.put('sentops.yaml', `version: 1\nmlflow: { trackingUri: "${server.uri}" }\n`);
    const uri = 'models:/reviews/3';
    const first = await chooseModel(choice({}, uri));
    expect(first.version).toBe('3');
    expect(path.dirname(first.place)).toBe(scene.at('.cache/sentops/models'));
    expect(fs.readdirSync(first.place).sort()).toEqual(fs.readdirSync(golden('lr')).sort());
    const reads = server.reads.length;
    expect(await chooseModel(choice({}, uri))).toEqual(first);
    expect(server.reads).toHaveLength(reads);
    expect((await chooseModel(choice({}, `runs:/${server.runId}/model`))).version).toBeNull();
  });
});

describe('what it says of itself', () => {
  test('each scored row carries the version of the registry', async () => {
    const { items, summary } = await runScoring({
      ...choice({ name: 'reviews', version: 3 }),
      texts: ['I love this', ''],
      input: undefined,
      textColumn: undefined,
      math: 'hotspot-x64',
      vectors: false,
      explain: false,
      limit: undefined,
      output: undefined,
      dryRun: false,
      form: 'items',
      isFormChosen: true,
      stream: async () => {},
    });
    expect(items.map(row => row.model_version)).toEqual(['3', '3']);
    expect(summary.model.version).toBe('3');
  });

  test('an evaluation names the versions of both models', async () => {
    scene.put('rows.csv', `text,label\n${'I love this,1\nterrible broken phone,0\n'.repeat(4)}`);
    const evaluate = (compare: string | undefined, flags: Parameters<typeof choice>[0]) =>
      runEvaluation({
        ...choice(flags),
        compare,
        input: scene.at('rows.csv'),
        textColumn: undefined,
        labelColumn: undefined,
        out: undefined,
        minimum: { accuracy: undefined, f1: undefined },
        math: 'hotspot-x64',
      });
    const report = await evaluate('models:/reviews@champion', { name: 'reviews', version: 3 });
    expect([report.model.version, report.comparison?.model.version]).toEqual(['3', '1']);
    const beside = await evaluate(golden('lr'), { version: 1 });
    expect([beside.model.version, beside.comparison?.model.version]).toEqual(['1', null]);
  });
});
