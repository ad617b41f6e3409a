import { describe, expect, test } from 'vitest';
import { readTrail } from '../../../src/lib/registry/audit.ts';
import { promoteModel } from '../../../src/lib/registry/promote.ts';
import { rollbackModel } from '../../../src/lib/registry/rollback.ts';
import { changeAlias, changeStage } from '../../../src/lib/registry/set-pointer.ts';
import { MODEL, RegistryWorld, RULES } from './registry-world.ts';

const rules = { ...RULES, test: 'none' as const };

/** A model of which these versions served one after the other. */
async function served(...versions: readonly number[]): Promise<RegistryWorld> {
  const world = new RegistryWorld();
  await world.versions(...Array.from({ length: Math.max(...versions) }, () => 0.8));
  for (const version of versions) await promoteModel(world.promote({ version, rules, force: true }));
  return world;
}

const trailOf = (world: RegistryWorld) =>
  world.on(async tracker => readTrail((await tracker.models.get(MODEL))?.tags ?? {}));

describe('a rollback', () => {
  test('goes where the trail says, not to the number below', async () => {
    const world = await served(2, 5);
    const report = await rollbackModel(world.rollback({ reason: 'drift' }));
    expect(report).toMatchObject({ from: 5, to: 2, served: [2, 5], resumed: false, dryRun: false });
    expect(report.steps).toEqual([
      { kind: 'stage', version: 2, stage: 'Production', archives: [5] },
      { kind: 'alias', alias: 'champion', version: 2 },
    ]);
    expect(await world.state()).toEqual({
      stages: { Archived: [5], Production: [2] },
      aliases: { champion: 2 },
      claims: [],
    });
    expect((await trailOf(world)).at(-1)).toMatchObject({
      id: report.auditId,
      action: 'rollback',
      outcome: 'done',
      from: 5,
      to: 2,
      reason: 'drift',
      by: 'ann',
    });
  });

  test('of a rollback goes further back, never to what was just left', async () => {
    const world = await served(1, 2, 3);
    expect(await rollbackModel(world.rollback())).toMatchObject({ from: 3, to: 2 });
    expect(await rollbackModel(world.rollback())).toMatchObject({ from: 2, to: 1 });
    await expect(rollbackModel(world.rollback())).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'no record tells what was Production and @champion of reviews before version 1',
      hint: expect.stringContaining('sentops model promote reviews --version N --to Production'),
    });
  });

  test('of two steps is two of one', async () => {
    const world = await served(1, 2, 3);
    expect(await rollbackModel(world.rollback({ steps: 2, dryRun: true }))).toMatchObject({ from: 3, to: 1 });
    expect(await rollbackModel(world.rollback({ steps: 2 }))).toMatchObject({ from: 3, to: 1 });
    expect((await world.state()).aliases).toEqual({ champion: 1 });
  });

  test('of more steps than there were says how many there were', async () => {
    const world = await served(1, 2, 3);
    await expect(rollbackModel(world.rollback({ steps: 3 }))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringMatching(/knows 2 of the 3 versions/),
    });
  });

  test('after a promotion that followed a rollback returns to what served before it', async () => {
    const world = await served(1, 2, 3);
    await rollbackModel(world.rollback());
    await promoteModel(world.promote({ version: 1, rules, force: true }));
    expect(await rollbackModel(world.rollback())).toMatchObject({ from: 1, to: 2 });
  });

  test('is not undone by a promotion of the newest version, which a job may run every night', async () => {
    const world = await served(1, 2);
    await rollbackModel(world.rollback({ reason: 'drift' }));
    const newest = promoteModel(world.promote({ rules }));
    await expect(newest).rejects.toMatchObject({
      code: 'GATE_NOT_MET',
      message: 'version 2 of reviews was left by a rollback of ann: drift',
      hint: expect.stringContaining('--version 2'),
    });
    expect((await world.state()).aliases).toEqual({ champion: 1 });
    expect(await promoteModel(world.promote({ version: 2, rules })), 'by its number').toMatchObject({ promoted: true });
    expect(await promoteModel(world.promote({ rules })), 'and from then on').toMatchObject({ decision: 'already' });
  });

  test('by a dry run tells from and to, and changes nothing', async () => {
    const world = await served(1, 2);
    const before = await world.on(tracker => tracker.models.get(MODEL));
    expect(await rollbackModel(world.rollback({ dryRun: true }))).toMatchObject({
      from: 2,
      to: 1,
      dryRun: true,
      auditId: null,
    });
    expect(await world.on(tracker => tracker.models.get(MODEL))).toEqual(before);
  });

  test('is refused where the version is gone, with the way further back', async () => {
    const world = await served(1, 2, 3);
    await world.on(({ models }) => models.deleteVersion(MODEL, 2));
    await expect(rollbackModel(world.rollback())).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'version 2 of reviews, which served before, was deleted',
      hint: 'the last one that is still there: sentops model rollback reviews --to Production --steps 2',
    });
    expect(await rollbackModel(world.rollback({ steps: 2 }))).toMatchObject({ from: 3, to: 1 });
  });

  test('is refused where nothing that served before is left', async () => {
    const world = await served(1, 2);
    await world.on(({ models }) => models.deleteVersion(MODEL, 1));
    await expect(rollbackModel(world.rollback())).rejects.toMatchObject({
      code: 'NOT_FOUND',
      hint: 'choose another version: sentops model promote reviews --version N --to Production',
    });
  });

  test('of an alias alone leaves the stages as they are', async () => {
    const world = new RegistryWorld({ registryMode: 'aliases' });
    await world.versions(0.8, 0.9);
    for (const version of [1, 2]) await promoteModel(world.promote({ version, alias: 'blue' }));
    expect(await rollbackModel(world.rollback({ alias: 'blue' }))).toMatchObject({
      target: { stage: null, alias: 'blue' },
      to: 1,
    });
    expect(await world.state()).toEqual({ stages: {}, aliases: { blue: 1 }, claims: [] });
    await expect(rollbackModel(world.rollback({ alias: 'green' }))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('keeps Staging and Production apart', async () => {
    const world = await served(1, 2);
    await world.versions(0.8, 0.8);
    await promoteModel(world.promote({ version: 1, to: 'Staging', force: true }));
    expect(await rollbackModel(world.rollback({ dryRun: true }))).toMatchObject({ from: 2, to: 1 });
    await expect(rollbackModel(world.rollback({ to: 'Staging' }))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('what others did', () => {
  test('to a version that nobody recorded is undone to the last one that was', async () => {
    const world = await served(1, 2);
    await world.versions(0.8, 0.8, 0.8);
    await world
      .on(async ({ models }) => {
        await models.setAlias(MODEL, 'champion', 4);
        await models.transition(MODEL, 4, 'Production', { archiveExisting: true });
      })
      .catch(() => {});
    const { aliases } = await world.state();
    expect(await rollbackModel(world.rollback({ dryRun: true }))).toMatchObject({
      from: aliases['champion'],
      to: aliases['champion'] === 2 ? 1 : 2,
    });
  });

  test('when they went back by hand counts as going back', async () => {
    const world = await served(1, 2, 3);
    await world.on(async ({ models }) => {
      await models.setAlias(MODEL, 'champion', 2);
      await models.transition(MODEL, 2, 'Production', { archiveExisting: true });
    });
    expect(await rollbackModel(world.rollback())).toMatchObject({ from: 2, to: 1 });
  });

  test('with our own commands for one alias and one stage is in the trail', async () => {
    const world = await served(1, 2);
    const { world: given, project } = world;
    const call = { ...given, project, name: MODEL, dryRun: false };
    await changeAlias({ ...call, alias: 'champion', version: 1 });
    await changeStage({ ...call, version: 1, to: 'Production', keepExisting: false });
    await expect(rollbackModel(world.rollback())).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await changeAlias({ ...call, alias: 'champion', version: null });
    await changeStage({ ...call, version: 1, to: 'None', keepExisting: false });
    const report = await rollbackModel(world.rollback());
    expect(report, 'nobody serves: the last one that did').toMatchObject({ from: null, to: 1 });
    expect((await trailOf(world)).map(({ action }) => action)).toEqual([
      'promote',
      'promote',
      'alias',
      'stage',
      'alias',
      'stage',
      'rollback',
    ]);
  });
});
