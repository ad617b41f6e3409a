import { describe, expect, test } from 'vitest';
import { findModelByName, findVersion } from '../../../src/lib/registry/find-version.ts';
import { failureOf } from '../tracking/artifacts/scene.ts';
import { createRegistry } from './registry-scene.ts';

const registry = createRegistry();
const find = async (...[name, which]: [string, Parameters<typeof findVersion>[2]]) =>
  (await findVersion(registry.tracker, name, which)).version;

describe('a version', () => {
  test('is found by number, alias and stage, and the latest by its number', async () => {
    await registry.register('reviews', 4);
    const { models } = registry.tracker;
    await models.setAlias('reviews', 'champion', 2);
    for (const version of [1, 3]) await models.transition('reviews', version, 'Production', { archiveExisting: false });
    await models.transition('reviews', 4, 'Archived', { archiveExisting: false });
    expect(await find('reviews', { version: 1 })).toBe(1);
    expect(await find('reviews', { alias: 'champion' })).toBe(2);
    expect(await find('reviews', { stage: 'Production' })).toBe(3);
    expect(await find('reviews', 'latest')).toBe(4);
  });

  test('that is not there is told with what is', async () => {
    await registry.register('reviews', 12);
    const { models } = registry.tracker;
    await models.setAlias('reviews', 'champion', 2);
    await models.transition('reviews', 3, 'Staging', { archiveExisting: false });
    const failures = await Promise.all(
      ([{ version: 99 }, { alias: 'champoin' }, { stage: 'Production' }] as const).map(which =>
        failureOf(findVersion(registry.tracker, 'reviews', which)),
      ),
    );
    const there = 'it has versions 12, 11, 10, 9, 8, 7, 6, 5 and 4 more; aliases champion; stages Staging';
    expect(failures.map(({ code, message, hint }) => [code, message, hint])).toEqual([
      ['NOT_FOUND', 'model reviews has no version 99', there],
      ['NOT_FOUND', 'model reviews has no alias champoin', `did you mean champion? ${there}`],
      ['NOT_FOUND', 'model reviews has no version in stage Production', there],
    ]);
    expect(failures[0]?.details).toMatchObject({ model: 'reviews', aliases: ['champion'], stages: ['Staging'] });
  });

  test('of a model without any, or without aliases and stages', async () => {
    await registry.register('empty', 0);
    await registry.register('plain', 1);
    expect((await failureOf(findVersion(registry.tracker, 'empty', 'latest'))).hint).toContain(
      'sentops model register empty',
    );
    expect((await failureOf(findVersion(registry.tracker, 'plain', { alias: 'x' }))).hint).toBe(
      'it has versions 1; no alias; no stage',
    );
  });
});

describe('a model', () => {
  test('that is not there is told with the name that comes near', async () => {
    await registry.register('twitter-sentiment-model-best', 1);
    const failure = await failureOf(findVersion(registry.tracker, 'twiter-sentiment-model-best', 'latest'));
    expect([failure.code, failure.hint]).toEqual(['NOT_FOUND', 'did you mean twitter-sentiment-model-best?']);
    expect((await failureOf(findModelByName(registry.tracker, 'x'))).hint).toBe(
      'there is twitter-sentiment-model-best',
    );
  });

  test('in a registry without any', async () => {
    expect((await failureOf(findVersion(registry.tracker, 'x', { version: 1 }))).hint).toContain(
      'no model is registered',
    );
  });

  test('is found with its aliases', async () => {
    await registry.register("it's", 1);
    await registry.tracker.models.setAlias("it's", 'a', 1);
    expect((await findModelByName(registry.tracker, "it's")).aliases).toEqual({ a: 1 });
    expect((await failureOf(findVersion(registry.tracker, "it's", { version: 2 }))).hint).toContain('versions 1');
  });
});
