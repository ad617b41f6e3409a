import { describe, expect, test } from 'vitest';
import { chooseVersion, type VersionRules } from '../../../src/lib/registry/choose-version.ts';
import { isChosen } from '../../../src/lib/registry/registered-choice.ts';
import { createWatch, failureOf } from '../tracking/artifacts/scene.ts';
import { createRegistry } from './registry-scene.ts';

const registry = createRegistry();
const NOTHING = { name: undefined, stage: undefined, alias: undefined, version: undefined };

type Served = Partial<VersionRules['serve']>;

async function choose(flags: Partial<typeof NOTHING | Record<string, unknown>>, served: Served = {}) {
  const watch = createWatch();
  const rules = {
    serve: { modelName: 'reviews', modelStage: 'Production', ...served },
    mlflow: { stageAliases: { Production: 'champion', Staging: 'challenger' } },
  } as unknown as VersionRules;
  const found = await chooseVersion(registry.tracker, { ...NOTHING, ...flags }, rules, watch.options.report);
  return [found.version, ...watch.events.map(event => (event.type === 'note' ? event.message : event.type))];
}

const stage = (version: number, to: 'Production' | 'Staging') =>
  registry.tracker.models.transition('reviews', version, to, { archiveExisting: false });
const alias = (name: string, version: number) => registry.tracker.models.setAlias('reviews', name, version);

describe('what the flags name', () => {
  test('is taken as it is', async () => {
    await registry.register('reviews', 5);
    await stage(2, 'Production');
    await alias('champion', 3);
    expect(await choose({ version: 1 })).toEqual([1]);
    expect(await choose({ name: 'reviews', stage: 'Production' })).toEqual([2]);
    expect(await choose({ name: 'reviews', stage: 'production' })).toEqual([2]);
    expect(await choose({ alias: 'champion' })).toEqual([3]);
  });

  test('wins over what the project serves', async () => {
    await registry.register('reviews', 3);
    await stage(2, 'Production');
    expect(await choose({ stage: 'Production' }, { modelVersion: 1, modelAlias: 'champion' })).toEqual([2]);
  });

  test('is an error where it is not there: nothing else is taken for it', async () => {
    await registry.register('reviews', 1);
    for (const flags of [{ stage: 'Archived' }, { alias: 'nope' }, { version: 9 }])
      await expect(choose(flags)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('must be one thing, and a stage that there is', async () => {
    const failure = await failureOf(choose({ stage: 'Production', version: 3 }));
    expect([failure.code, failure.message]).toEqual([
      'FLAG_INVALID',
      '--model-stage and --model-version each say which version',
    ]);
    expect((await failureOf(choose({ stage: 'Live' }))).code).toBe('FLAG_INVALID');
    for (const name of ['', 'a/b', 'models:/reviews/3'])
      expect((await failureOf(choose({ name }))).message).toContain('is no name of a model');
  });
});

describe('a stage and an alias stand for each other', () => {
  test('where a registry knows only one of them, and a note says so', async () => {
    await registry.register('reviews', 3);
    await alias('champion', 2);
    await stage(3, 'Staging');
    expect(await choose({ stage: 'Production' })).toEqual([
      2,
      'reviews has no version in stage Production: version 2 is used, its alias champion (mlflow.stageAliases)',
    ]);
    expect(await choose({ alias: 'challenger' })).toEqual([
      3,
      'reviews has no alias challenger: version 3 is used, its version in stage Staging (mlflow.stageAliases)',
    ]);
  });
});

describe('a name alone', () => {
  test('means what the project serves of that model', async () => {
    await registry.register('reviews', 4);
    await stage(3, 'Production');
    await alias('live', 2);
    expect(await choose({ name: 'reviews' })).toEqual([3]);
    expect(await choose({ name: 'reviews' }, { modelAlias: 'live' })).toEqual([2]);
    expect(await choose({ name: 'reviews' }, { modelAlias: 'live', modelVersion: 1 })).toEqual([1]);
  });

  test('of another model does not take its version or alias', async () => {
    await registry.register('other', 2);
    await registry.register('reviews', 1);
    await registry.tracker.models.transition('other', 2, 'Production', { archiveExisting: false });
    expect(await choose({ name: 'other' }, { modelVersion: 1, modelAlias: 'live' })).toEqual([2]);
  });

  test('means the newest version where none of it is served, and a note says so', async () => {
    await registry.register('reviews', 3);
    expect(await choose({ name: 'reviews' })).toEqual([
      3,
      'reviews has no version in stage Production: version 3 is used, the newest of reviews',
    ]);
  });

  test('never means another version than the one, or the alias, that the project file names', async () => {
    await registry.register('reviews', 3);
    await stage(2, 'Production');
    await expect(choose({ name: 'reviews' }, { modelVersion: 7 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(choose({ name: 'reviews' }, { modelAlias: 'live' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('that nobody registered is not found', async () => {
    await expect(choose({ name: 'none' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

test('the registry is meant as soon as one of the flags is given', () => {
  expect(isChosen(NOTHING)).toBe(false);
  for (const flags of [{ name: 'a' }, { stage: 'Production' }, { alias: 'a' }, { version: 1 }])
    expect(isChosen({ ...NOTHING, ...flags })).toBe(true);
});
