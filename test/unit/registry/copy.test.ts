import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { World } from '../../../src/lib/extend/world.ts';
import { type CopyCall, copyModel, otherTracker } from '../../../src/lib/registry/copy.ts';
import { promoteModel } from '../../../src/lib/registry/promote.ts';
import { withTracker } from '../../../src/lib/tracking/open-tracker.ts';
import type { Tracker } from '../../../src/lib/tracking/types.ts';
import { logTest, MODEL, RegistryWorld, wordModel } from './registry-world.ts';

function call(world: RegistryWorld, more: Partial<CopyCall> = {}): CopyCall {
  return { ...world.world, project: world.project, from: MODEL, to: 'copy', toUri: undefined, dryRun: false, ...more };
}

/** What another store holds. */
function there<T>(world: RegistryWorld, toUri: string, work: (tracker: Tracker) => Promise<T>): Promise<T> {
  const { target, world: other } = otherTracker(call(world), toUri);
  return withTracker(target, other, 'write', work);
}

async function withModels(): Promise<RegistryWorld> {
  const world = new RegistryWorld();
  await world.modelVersion(wordModel(1, -1));
  await world.modelVersion(wordModel(2, -2));
  await promoteModel(world.promote({ version: 1 }));
  return world;
}

describe('in one registry', () => {
  test('the copy refers to what it was made of, and is made once', async () => {
    const world = await withModels();
    await world.on(({ models }) => models.setVersionTag(MODEL, 1, 'team', 'search'));
    const report = await copyModel(call(world, { from: `${MODEL}@champion` }));
    expect(report).toMatchObject({
      from: { model: MODEL, version: 1 },
      to: { model: 'copy', version: 1 },
      created: true,
      uploaded: null,
    });
    const [one, original] = await world.on(async ({ models }) => [
      await models.find('copy', { version: 1 }),
      await models.find(MODEL, { version: 1 }),
    ]);
    expect(one).toMatchObject({
      source: `models:/${MODEL}/1`,
      artifactUri: original?.artifactUri,
      runId: original?.runId,
      stage: 'None',
      tags: { team: 'search', 'sentops.copied_from': `${MODEL}/1` },
    });
    expect(Object.keys(one?.tags ?? {}), 'what was decided there is not decided here').not.toContain(
      'sentops.promotion.to',
    );
    expect(await copyModel(call(world, { from: `models:/${MODEL}/1` }))).toMatchObject({
      to: { version: 1 },
      created: false,
    });
    expect(await copyModel(call(world))).toMatchObject({ from: { version: 2 }, to: { version: 2 }, created: true });
  });

  test('of a version without files is refused', async () => {
    const world = new RegistryWorld();
    await world.versions(null);
    await expect(copyModel(call(world))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringMatching(/files/),
    });
    expect(await world.on(tracker => tracker.models.get('copy'))).toBe(null);
  });

  test('by a dry run makes nothing', async () => {
    const world = await withModels();
    expect(await copyModel(call(world, { dryRun: true }))).toMatchObject({
      to: { version: null },
      created: true,
      dryRun: true,
    });
    expect(await world.on(tracker => tracker.models.get('copy'))).toBe(null);
  });

  test('of what is no version is refused', async () => {
    const world = await withModels();
    const wrong = {
      'runs:/x/model': 'FLAG_INVALID',
      '': 'FLAG_INVALID',
      [`${MODEL}/1/data`]: 'FLAG_INVALID',
      [`${MODEL}/9`]: 'NOT_FOUND',
      [`${MODEL}@nobody`]: 'NOT_FOUND',
      [`${MODEL}/Staging`]: 'NOT_FOUND',
      review: 'NOT_FOUND',
    };
    for (const [from, code] of Object.entries(wrong))
      await expect((async () => copyModel(call(world, { from })))(), from).rejects.toMatchObject({ code });
  });
});

describe('into another registry', () => {
  test('the files go along, with what the run had measured', async () => {
    const world = await withModels();
    await world.on(async tracker => {
      const version = await tracker.models.find(MODEL, { version: 1 });
      const run = await tracker.runs.get(version?.runId ?? '');
      if (run === null) throw new Error('the run is gone');
      await tracker.runs.log(run.runId, { params: { C: '0.1' } });
      await logTest(tracker, run, { accuracy: 0.9 });
    });
    const toUri = `sqlite:///${path.join(world.dir, 'other', 'mlflow.db')}`;
    const report = await copyModel(call(world, { from: `${MODEL}/1`, to: MODEL, toUri }));
    expect(report).toMatchObject({
      to: { model: MODEL, version: 1 },
      created: true,
      uploaded: { files: expect.any(Number) },
    });
    await there(world, toUri, async tracker => {
      const version = await tracker.models.find(MODEL, { version: 1 });
      expect(version?.artifactUri).toContain('/other/');
      expect((await tracker.artifacts.list(version?.artifactUri ?? '')).map(file => file.path)).toContain('MLmodel');
      const run = await tracker.runs.get(version?.runId ?? '');
      expect(run).toMatchObject({
        params: { C: '0.1' },
        metrics: [{ key: 'accuracy', value: 0.9 }, { key: 'f1' }].slice(0, 1),
        inputs: [{ digest: 'frozen' }],
        tags: { 'sentops.copied_from_run': expect.stringMatching(/^\w{32}$/) },
      });
    });
    expect(await copyModel(call(world, { from: `${MODEL}/1`, to: MODEL, toUri }))).toMatchObject({
      to: { version: 1 },
      created: false,
    });
  });

  test('by a dry run makes no store', async () => {
    const world = await withModels();
    const toUri = `sqlite:///${path.join(world.dir, 'none', 'mlflow.db')}`;
    expect(await copyModel(call(world, { toUri, dryRun: true }))).toMatchObject({ created: true, dryRun: true });
    expect(await there(world, toUri, tracker => tracker.models.get('copy'))).toBe(null);
  });
});

describe('credentials', () => {
  const env = {
    PATH: '/bin',
    MLFLOW_TRACKING_TOKEN: 'first',
    MLFLOW_TRACKING_USERNAME: 'u',
    MLFLOW_TRACKING_PASSWORD: 'p',
    SENTOPS_TO_TOKEN: 'second',
  };

  function credentials(from: string, to: string): { env: World['env']; auth: object } {
    const world = new RegistryWorld({ trackingUri: from, auth: { token: 'first' } as never });
    const { target, world: other } = otherTracker({ ...call(world), env }, to);
    return { env: other.env, auth: target.config.mlflow.auth };
  }

  test('of one server are never sent to another', () => {
    const { env: given, auth } = credentials('https://one.example', 'https://two.example');
    expect(given).toEqual({ PATH: '/bin', SENTOPS_TO_TOKEN: 'second', MLFLOW_TRACKING_TOKEN: 'second' });
    expect(auth).toEqual({});
  });

  test('of a server are those of the same server under another path', () => {
    const { env: given, auth } = credentials('https://one.example/a', 'https://one.example/b');
    expect(given).toEqual(env);
    expect(auth).toEqual({ token: 'first' });
  });

  test('of a server are not those of the same name on another port', () => {
    expect(credentials('http://one.example:5000', 'http://one.example:5001').auth).toEqual({});
    expect(credentials('', 'https://one.example').auth).toEqual({});
  });
});
