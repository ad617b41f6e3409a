import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import createGs from '../../../../src/lib/storage/gs/storage.ts';
import type { Transferred } from '../../../../src/lib/storage/transfer/types.ts';
import { createTestContext } from '../../../helpers/extension-context.ts';
import { type SpawnedGcsStandIn, spawnGcsStandIn } from '../../../helpers/gcs-stand-in/spawn.ts';
import { MIB, noise, sumOf } from '../gs/upload/fixture.ts';
import type { Told } from './transfer-actor.ts';

const URI = 'gs://data/large.bin';
const CONTENT = noise(24 * MIB + 99, 11);
const KILLS = 2;

let folder = '';
let server: SpawnedGcsStandIn;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'sentops-kill-'));
  server = await spawnGcsStandIn({ buckets: ['data'] });
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs until the end, or is killed once so many bytes are under way. Null where it was killed. */
async function run(
  direction: 'up' | 'down',
  file: string,
  threshold: number,
  limit: number,
): Promise<Transferred | null> {
  const actor = path.join(import.meta.dirname, 'transfer-actor.ts');
  const sessions = path.join(folder, 'sessions');
  const args = [
    '--disable-warning=ExperimentalWarning',
    actor,
    direction,
    file,
    URI,
    server.uri,
    sessions,
    String(threshold),
  ];
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise(resolve => child.once('close', resolve));
  let result: Transferred | null = null;
  if (child.stdout !== null)
    for await (const line of createInterface({ input: child.stdout })) {
      const said = JSON.parse(line) as Partial<Told> & Transferred;
      if (said.at === undefined) result = said;
      else if (said.at >= limit) child.kill('SIGKILL');
    }
  await ended;
  return result;
}

/** Killed again and again, each time a little further on, and then left alone. */
async function untilDone(direction: 'up' | 'down', file: string, threshold: number): Promise<Transferred> {
  for (let kill = 1; kill <= KILLS; kill++) {
    const limit = ((kill - Math.random()) * CONTENT.length) / KILLS;
    await run(direction, file, threshold, limit);
  }
  const result = await run(direction, file, threshold, Number.POSITIVE_INFINITY);
  if (result === null) throw new Error('it did not come to its end');
  return result;
}

const WAYS = [
  ['in one', 0],
  ['in parts', 8 * MIB],
] as const;

test.each(WAYS)('an upload (%s) that is killed at any moment goes on from there', async (_, threshold) => {
  const file = path.join(folder, 'a.bin');
  writeFileSync(file, CONTENT);
  const result = await untilDone('up', file, threshold);
  expect(result).toMatchObject({ bytes: CONTENT.length, crc32c: sumOf(CONTENT) });
  const received = (await server.counts()).received('data/');
  // Each kill costs what was on its way to each connection, and the quarter of a megabyte that the server rounds off.
  expect(received).toBeLessThan(CONTENT.length + KILLS * 4 * 3 * MIB);
  expect(await server.unfinished()).toBe(0);
  const storage = await createGs({ endpoint: server.uri, auth: 'none' }, createTestContext());
  const names: string[] = [];
  const { signal } = new AbortController();
  for await (const { uri } of storage.list('gs://data/', { recursive: true, signal })) names.push(uri);
  expect(names).toEqual([URI]);
  expect(readdirSync(path.join(folder, 'sessions'))).toEqual([]);
});

test.each(WAYS)('a download (%s) that is killed at any moment goes on from there', async (_, threshold) => {
  const storage = await createGs({ endpoint: server.uri, auth: 'none' }, createTestContext());
  async function* content() {
    yield CONTENT;
  }
  await storage.write(URI, content(), { signal: new AbortController().signal });
  await server.resetCounts();
  mkdirSync(path.join(folder, 'in'));
  const file = path.join(folder, 'in', 'a.bin');
  const result = await untilDone('down', file, threshold);
  expect(result).toMatchObject({ bytes: CONTENT.length, crc32c: sumOf(CONTENT) });
  expect(readFileSync(file).equals(CONTENT)).toBe(true);
  // Beside what was on its way, ranges lose what came since it was last written down where they were.
  const sent = (await server.counts()).sent('data/');
  expect(sent).toBeLessThan(CONTENT.length + KILLS * (threshold === 0 ? 8 * MIB : CONTENT.length));
  expect(readdirSync(path.join(folder, 'in'))).toEqual(['a.bin']);
  expect(readdirSync(path.join(folder, 'sessions'))).toEqual([]);
});
