import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { openModel } from '../../src/lib/model/load.ts';
import { promoteModel } from '../../src/lib/registry/promote.ts';
import { rollbackModel } from '../../src/lib/registry/rollback.ts';
import { Actor } from '../helpers/registry-processes.ts';
import { cleanEnv, pinnedNode, repositoryRoot, runCli } from '../helpers/run-cli.ts';
import { RegistryWorld, RULES, wordModel, writeModel } from '../unit/registry/registry-world.ts';

/** Run on purpose only, as kill.test.ts. */
const ROUNDS = Number(process.env['SOAK_ROUNDS'] ?? 60);
const rules = { ...RULES, test: 'none' as const, minDelta: -1 };

async function open(): Promise<RegistryWorld> {
  const world = new RegistryWorld();
  await world.versions(0.8, 0.8, 0.8);
  await promoteModel(world.promote({ version: 1, rules }));
  return world;
}

function start(world: RegistryWorld, ...more: readonly string[]): Actor {
  const actor = new Actor(world.file, ...more);
  onTestFinished(() => actor.kill());
  return actor;
}

/** One champion, and whatever was begun can be completed or undone. */
async function judge(world: RegistryWorld, round: number): Promise<void> {
  const { stages, aliases } = await world.state();
  expect(stages['Production'], `round ${round}`).toHaveLength(1);
  expect([1, 2, 3], `round ${round}`).toContain(aliases['champion']);
  if (round % 3 === 2) {
    const { to } = await rollbackModel(world.rollback()).catch(() => ({ to: null }));
    if (to !== null)
      expect(await world.state()).toMatchObject({ stages: { Production: [to] }, aliases: { champion: to } });
    return;
  }
  const version = 1 + (round % 3);
  const report = await promoteModel(world.promote({ version, rules }));
  expect(['promote', 'already']).toContain(report.decision);
  expect(await world.state()).toMatchObject({ stages: { Production: [version] }, aliases: { champion: version } });
}

test('a promotion that is killed at any time', { timeout: 3_600_000 }, async () => {
  const world = await open();
  let longest = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const actor = start(world);
    expect(await actor.next()).toBe('ready');
    const wait = Math.random() * 600;
    longest = Math.max(longest, wait);
    await sleep(wait);
    actor.kill();
    expect(await actor.ended).toBe('SIGKILL');
    await judge(world, round);
  }
  console.log(`killed ${ROUNDS} times, after at most ${Math.round(longest)} ms`);
});

test('a promotion that is killed at every change of the store', { timeout: 3_600_000 }, async () => {
  const world = await open();
  for (let die = 1; die <= ROUNDS; die += 1) {
    expect(await start(world, '--die', String(die)).ended).toBe('SIGKILL');
    await judge(world, die);
  }
});

test('several at once, one of which is killed', { timeout: 3_600_000 }, async () => {
  const world = await open();
  for (let round = 0; round < ROUNDS / 4; round += 1) {
    const actors = [start(world), start(world), start(world)];
    for (const actor of actors) expect(await actor.next()).toBe('ready');
    for (const actor of actors) {
      await sleep(Math.random() * 300);
      actor.kill();
      const { stages } = await world.state();
      expect(stages['Production']).toHaveLength(1);
    }
    await Promise.all(actors.map(actor => actor.ended));
    await judge(world, round);
  }
});

test('a registration that is killed at any time', { timeout: 3_600_000 }, async () => {
  const world = new RegistryWorld();
  fs.writeFileSync(path.join(world.dir, 'sentops.yaml'), 'version: 1\nproject: { name: reviews }\n');
  const bin = path.join(repositoryRoot, 'bin/dev.js');
  const register = (dir: string) => ['model', 'register', 'reviews', '--model-path', dir, '-q'];
  const started = performance.now();
  await runCli(register(await writeModel(world, 'first', wordModel(1, -1))), { cwd: world.dir, home: world.dir });
  const usual = performance.now() - started;
  let killed = 0;
  for (let round = 2; round <= ROUNDS; round += 1) {
    const dir = await writeModel(world, `model-${round}`, wordModel(round, -round));
    const child = spawn(pinnedNode(), [bin, ...register(dir)], {
      cwd: world.dir,
      env: cleanEnv(world.dir),
      stdio: 'ignore',
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), usual * (0.3 + 0.8 * Math.random()));
    const [, signal] = await once(child, 'exit');
    clearTimeout(timer);
    if (signal === 'SIGKILL') killed += 1;
    const versions = await world.on(async ({ models }) => (await models.searchVersions({ limit: 1000 })).items);
    expect(versions.length).toBeLessThanOrEqual(round);
    for (const { status, artifactUri } of versions.slice(0, 2)) {
      expect(status).toBe('READY');
      await openModel(new URL(artifactUri).pathname);
    }
    const again = await runCli(register(dir), { cwd: world.dir, home: world.dir });
    expect([again.code, again.stdout]).toEqual([0, `${round}\n`]);
  }
  console.log(`killed ${killed} registrations of ${ROUNDS - 1}`);
});
