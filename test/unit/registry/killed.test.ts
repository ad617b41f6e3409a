import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { saveModel } from '../../../src/lib/model/save.ts';
import { readTrail } from '../../../src/lib/registry/audit.ts';
import { copyOn } from '../../../src/lib/registry/copy.ts';
import { promoteModel, promoteOn } from '../../../src/lib/registry/promote.ts';
import { registerOn } from '../../../src/lib/registry/register.ts';
import { rollbackModel, rollbackOn } from '../../../src/lib/registry/rollback.ts';
import { changeAlias } from '../../../src/lib/registry/set-pointer.ts';
import type { Tracker } from '../../../src/lib/tracking/types.ts';
import { type Death, dyingTracker } from '../../helpers/dying-tracker.ts';
import { MODEL, RegistryWorld, RULES, wordModel } from './registry-world.ts';

/** Process number of somebody who is gone. */
const GONE = Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));

class Killed extends Error {}

/** Runs work whose process ends at a moment. True where it did, false where the work had ended before. */
async function kill(
  world: RegistryWorld,
  death: Death,
  work: (tracker: Tracker) => Promise<unknown>,
): Promise<boolean> {
  return world.on(async tracker => {
    const dying = dyingTracker(tracker, death, () => {
      throw new Killed();
    });
    let isKilled = false;
    await work(dying.tracker).catch(error => {
      if (!(error instanceof Killed)) throw error;
      isKilled = true;
    });
    // The claim that was left names this process, which lives on.
    const { tags } = (await tracker.models.get(MODEL)) ?? { tags: {} };
    for (const [key, value] of Object.entries(tags))
      if (key.startsWith('sentops.claim.'))
        await tracker.models.setTag(
          MODEL,
          key,
          JSON.stringify({ ...(JSON.parse(String(value)) as object), pid: GONE }),
        );
    return isKilled;
  });
}

/** Before each change, one after the other, until the work survives: between two changes the store is always the same. */
async function atEveryChange(visit: (death: Death) => Promise<boolean>, step = 1): Promise<number> {
  let call = 1;
  while (await visit({ call, how: 'before' })) call += step;
  return call - 1;
}

/** What must be true at every moment: one version at most is in Production, and the alias points at one that is there. */
async function expectOneChampion(world: RegistryWorld, among: readonly number[]): Promise<void> {
  const { stages, aliases } = await world.state();
  expect(stages['Production'] ?? []).toHaveLength(1);
  expect(among).toContain(stages['Production']?.[0]);
  expect(among).toContain(aliases['champion']);
}

describe('killed at every change of the store', () => {
  test('a promotion leaves one champion, and is completed by the same command', async () => {
    const world = new RegistryWorld();
    await world.versions(...Array.from({ length: 30 }, () => 0.8));
    const rules = { ...RULES, test: 'none' as const };
    await promoteModel(world.promote({ version: 1, rules }));
    let champion = 1;
    const deaths = await atEveryChange(async death => {
      const version = champion + 1;
      const call = world.promote({ version, rules });
      const isKilled = await kill(world, death, tracker => promoteOn(tracker, call));
      await expectOneChampion(world, [champion, version]);
      const again = await promoteModel(call);
      expect(['promote', 'already']).toContain(again.decision);
      const { stages, aliases, claims } = await world.state();
      expect([stages['Production'], aliases['champion']]).toEqual([[version], version]);
      if (again.promoted) expect(claims).toEqual([]);
      const events = readTrail((await world.on(tracker => tracker.models.get(MODEL)))?.tags ?? {});
      expect(events.at(-1), 'the record is closed by whoever comes next').toMatchObject({
        outcome: 'done',
        to: version,
      });
      // The trail knows the way back, whichever run wrote which part of it.
      expect(await rollbackModel(world.rollback({ dryRun: true }))).toMatchObject({ from: version, to: champion });
      champion = version;
      return isKilled;
    });
    expect(deaths).toBeGreaterThan(15);
    const trail = readTrail((await world.on(tracker => tracker.models.get(MODEL)))?.tags ?? {});
    expect(new Set(trail.map(({ id }) => id)).size).toBe(trail.length);
  });

  test('a promotion can be undone instead of completed', async () => {
    const world = new RegistryWorld();
    await world.versions(...Array.from({ length: 30 }, () => 0.8));
    const rules = { ...RULES, test: 'none' as const };
    for (const version of [1, 2]) await promoteModel(world.promote({ version, rules }));
    let next = 3;
    await atEveryChange(async death => {
      const isKilled = await kill(world, death, tracker => promoteOn(tracker, world.promote({ version: next, rules })));
      const { aliases, stages } = await world.state();
      const isTouched = aliases['champion'] === next || stages['Production']?.[0] === next;
      const back = await rollbackModel(world.rollback());
      // Nothing had happened yet: then a rollback leaves version 2, else it leaves the new one.
      expect([back.from, back.to]).toEqual(isTouched ? [next, 2] : [2, 1]);
      await expectOneChampion(world, [back.to]);
      if (!isTouched) await promoteModel(world.promote({ version: 2, rules }));
      next += 1;
      return isKilled;
    }, 3);
  });

  test('a rollback is completed by the same command, which goes no step further', async () => {
    const world = new RegistryWorld();
    await world.versions(0.8, 0.8, 0.8);
    const rules = { ...RULES, test: 'none' as const };
    await atEveryChange(async death => {
      for (const version of [1, 2, 3]) await promoteModel(world.promote({ version, rules, force: true }));
      const before = await world.on(tracker => tracker.models.get(MODEL));
      const isKilled = await kill(world, death, tracker => rollbackOn(tracker, world.rollback()));
      await expectOneChampion(world, [3, 2]);
      const trail = readTrail((await world.on(tracker => tracker.models.get(MODEL)))?.tags ?? {});
      const isRecorded = trail.length > readTrail(before?.tags ?? {}).length;
      const isDone = trail.at(-1)?.outcome === 'done' && isRecorded;
      if (!isDone) expect(await rollbackModel(world.rollback())).toMatchObject({ to: 2, resumed: isRecorded });
      const { stages, aliases, claims } = await world.state();
      expect([stages['Production'], aliases['champion']]).toEqual([[2], 2]);
      if (!isDone) expect(claims).toEqual([]);
      return isKilled;
    });
  });

  test('a registration leaves no half of a version, and comes to the same one', async () => {
    const world = new RegistryWorld();
    const base = path.join(world.dir, 'base');
    await saveModel(wordModel(1, -1), base, { format: 'native' });
    let version = 0;
    await atEveryChange(async death => {
      const dir = path.join(world.dir, `model-${death.how}-${death.call}`);
      fs.cpSync(base, dir, { recursive: true });
      await saveModel(wordModel(1, -1 - Math.random()), dir, { format: 'native' });
      const call = {
        ...world.world,
        project: world.project,
        name: MODEL,
        run: undefined,
        path: 'model',
        modelPath: dir,
        description: undefined,
        tags: { team: 'search' },
        dryRun: false,
      };
      const isKilled = await kill(world, death, tracker => registerOn(tracker, call));
      const found = await world.on(tracker => tracker.models.searchVersions({ limit: 1000 }));
      for (const one of found.items) {
        expect(one).toMatchObject({ status: 'READY', tags: { team: 'search' } });
        expect(fs.existsSync(path.join(new URL(one.artifactUri).pathname, 'model.sentops'))).toBe(true);
      }
      const again = await world.on(tracker => registerOn(tracker, call));
      version += 1;
      expect(again.version).toBe(version);
      return isKilled;
    });
    expect(version).toBeGreaterThan(4);
    const runs = await world.on(async tracker => {
      const experiment = await tracker.experiments.find('reviews');
      return tracker.runs.search({ experimentIds: [experiment?.experimentId ?? ''], limit: 1000 });
    });
    expect(runs.items, 'a run that was begun is gone on with').toHaveLength(version);
    expect(runs.items.every(({ status }) => status === 'FINISHED')).toBe(true);
  });

  test('a copy comes to the same version', async () => {
    const world = new RegistryWorld();
    const version = await world.modelVersion(wordModel(1, -1));
    let copies = 0;
    await atEveryChange(async death => {
      const to = `copy-${death.how}-${death.call}`;
      const call = {
        ...world.world,
        project: world.project,
        from: `${MODEL}/${version}`,
        to,
        toUri: undefined,
        dryRun: false,
      };
      const isKilled = await kill(world, death, tracker => copyOn(tracker, call));
      const done = await world.on(tracker => copyOn(tracker, call));
      expect(done.to.version).toBe(1);
      copies += 1;
      return isKilled;
    });
    expect(copies).toBeGreaterThan(2);
  });
});

test('what a killed command claimed does not stand in the way of a change by hand', async () => {
  const world = new RegistryWorld();
  await world.versions(0.8);
  await kill(world, { call: 2, how: 'before' }, tracker => promoteOn(tracker, world.promote()));
  expect((await world.state()).claims).toHaveLength(1);
  const call = { ...world.world, project: world.project, name: MODEL, alias: 'blue', version: 1, dryRun: false };
  expect(await changeAlias(call)).toMatchObject({ before: null, after: 1 });
  expect((await world.state()).claims).toEqual([]);
});
