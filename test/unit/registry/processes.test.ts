import { expect, onTestFinished, test } from 'vitest';
import { promoteModel } from '../../../src/lib/registry/promote.ts';
import { Actor } from '../../helpers/registry-processes.ts';
import { RegistryWorld, RULES } from './registry-world.ts';

const rules = { ...RULES, test: 'none' as const, minDelta: -1 };

function start(world: RegistryWorld, ...more: readonly string[]): Actor {
  const actor = new Actor(world.file, ...more);
  onTestFinished(() => actor.kill());
  return actor;
}

test('of two processes that promote at once one wins, and the other is told', async () => {
  const world = new RegistryWorld();
  await world.versions(0.8, 0.8, 0.8, 0.8);
  await promoteModel(world.promote({ version: 1, rules }));
  const actors = [start(world, '--meet'), start(world, '--meet')] as const;
  expect(await Promise.all(actors.map(actor => actor.next()))).toEqual(['ready', 'ready']);
  let champion = 1;
  for (let round = 0; round < 12; round += 1) {
    const rivals = [2, 3, 4, 1].filter(version => version !== champion).slice(0, 2);
    for (const [index, actor] of actors.entries()) actor.send(rivals[index] as number);
    expect(await Promise.all(actors.map(actor => actor.next()))).toEqual(['measured', 'measured']);
    for (const actor of actors) actor.send(-1);
    const outcomes = await Promise.all(actors.map(actor => actor.next()));
    expect(outcomes.toSorted()).toEqual(['CONFLICT', 'promote']);
    champion = rivals[outcomes.indexOf('promote')] as number;
    const { stages, aliases, claims } = await world.state();
    expect([stages['Production'], aliases['champion'], claims]).toEqual([[champion], champion, []]);
  }
  for (const actor of actors) actor.send(0);
  expect(await Promise.all(actors.map(actor => actor.ended))).toEqual([null, null]);
});

test('a process that is killed in the middle leaves one champion, and the next one goes on', async () => {
  const world = new RegistryWorld();
  await world.versions(0.8, 0.8, 0.8);
  await promoteModel(world.promote({ version: 1, rules }));
  for (const die of [4, 22, 37]) {
    expect(await start(world, '--die', String(die)).ended).toBe('SIGKILL');
    const { stages, aliases } = await world.state();
    expect(stages['Production']).toHaveLength(1);
    expect([1, 2, 3]).toContain(aliases['champion']);
    const report = await promoteModel(world.promote({ version: 3, rules }));
    expect(['promote', 'already']).toContain(report.decision);
    expect(await world.state()).toMatchObject({ stages: { Production: [3] }, aliases: { champion: 3 } });
  }
});
