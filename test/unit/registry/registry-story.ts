import { expect } from 'vitest';
import { readTrail } from '../../../src/lib/registry/audit.ts';
import { promoteModel, promoteOn } from '../../../src/lib/registry/promote.ts';
import { registerModel } from '../../../src/lib/registry/register.ts';
import { rollbackModel } from '../../../src/lib/registry/rollback.ts';
import type { Tracker } from '../../../src/lib/tracking/types.ts';
import { MODEL, RegistryWorld, RULES, wordModel, writeModel } from './registry-world.ts';

/** The life of a model on a server, whichever it is: registered from folders, promoted, refused, returned to, fought over. */
export async function tellRegistryStory(trackingUri: string): Promise<void> {
  const world = new RegistryWorld({ trackingUri });
  await registerThree(world);
  const evalData = { file: world.data('test.csv', 60), textColumn: undefined, labelColumn: undefined };
  expect(await promoteModel(world.promote({ version: 1 }))).toMatchObject({ promoted: true, champion: null });
  expect(await promoteModel(world.promote({ version: 2, evalData }))).toMatchObject({
    promoted: true,
    champion: 1,
    delta: 0.5,
  });
  expect(await promoteModel(world.promote({ version: 3, evalData }))).toMatchObject({
    decision: 'reject',
    champion: 2,
  });
  expect(await world.state()).toEqual({
    stages: { Archived: [1], Production: [2] },
    aliases: { champion: 2 },
    claims: [],
  });
  expect(await rollbackModel(world.rollback())).toMatchObject({ from: 2, to: 1 });
  await fight(world);
  const { aliases, stages } = await world.state();
  expect(stages['Production']).toEqual([aliases['champion']]);
  const trail = await world.on(async tracker => readTrail((await tracker.models.get(MODEL))?.tags ?? {}));
  expect(trail.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
    'promote done',
    'promote done',
    'promote refused',
    'rollback done',
    'promote done',
  ]);
}

async function registerThree(world: RegistryWorld): Promise<void> {
  const models = [wordModel(0, 0, 1), wordModel(5, -5), wordModel(-5, 5)];
  for (const [index, model] of models.entries()) {
    const call = {
      ...world.world,
      project: world.project,
      name: MODEL,
      run: undefined,
      path: 'model',
      modelPath: await writeModel(world, `model-${index}`, model),
      description: undefined,
      tags: {},
      dryRun: false,
    };
    expect(await registerModel(call)).toMatchObject({ version: index + 1, created: true });
    expect(await registerModel(call)).toMatchObject({ version: index + 1, created: false });
  }
}

/** Two promotions that have both read who serves before either of them writes. */
async function fight(world: RegistryWorld): Promise<void> {
  let arrived = 0;
  const { promise: both, resolve } = Promise.withResolvers<void>();
  const meet = (tracker: Tracker): Tracker => {
    let hasMet = false;
    const get = async (id: string) => {
      if (!hasMet) {
        hasMet = true;
        arrived += 1;
        if (arrived === 2) resolve();
        await both;
      }
      return tracker.runs.get(id);
    };
    return { ...tracker, runs: { ...tracker.runs, get } };
  };
  const outcomes = await world.on(tracker =>
    Promise.all(
      [2, 3].map(version =>
        promoteOn(meet(tracker), world.promote({ version, force: true, rules: RULES })).then(
          ({ decision }) => decision,
          (error: { code?: string }) => error.code ?? String(error),
        ),
      ),
    ),
  );
  expect(outcomes.toSorted()).toEqual(['CONFLICT', 'promote']);
}
