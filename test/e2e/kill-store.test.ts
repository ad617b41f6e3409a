import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportStore } from '../../src/lib/tracking/maintain/transfer/export-store.ts';
import type { Moment } from '../helpers/kill-stories.ts';
import { installTarball } from '../helpers/pack.ts';
import { cleanEnv, pinnedNode, runCli } from '../helpers/run-cli.ts';
import { startServe } from '../helpers/serve-process.ts';
import {
  filesIn,
  inStore,
  type Place,
  placeIn,
  trainOnce,
  writeArtifact,
} from '../unit/tracking/maintain/maintenance.ts';

/** An import and a clean-up of a store that are killed: the next one does the rest, with nothing twice or left over. */
const HOWS = ['before', 'half', 'after'] as const;
const TRAININGS = 3;
const FILES = 6;

let base: string;
let bin: string;
let exported: string;
let places = 0;
beforeAll(async () => {
  base = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-kill-store-'));
  bin = (await installTarball()).bin;
  const from = await newPlace();
  await fill(from);
  exported = path.join(base, 'store.jsonl.gz');
  await finish(from, ['store', 'export', exported, '--artifacts']);
});
afterAll(() => fs.rmSync(base, { recursive: true, force: true }));

function newPlace(): Promise<Place> {
  places += 1;
  return placeIn(path.join(base, `place-${places}`));
}

/** Runs with everything that a store holds, and files enough to be killed between. */
async function fill(place: Place) {
  const made = [];
  for (let at = 0; at < TRAININGS; at++) made.push(await trainOnce(place, `reviews ${at}`));
  for (const { artifactUri } of made)
    for (let file = 0; file < FILES; file++)
      writeArtifact(artifactUri, `plots/${file}.txt`, `${file}\n`.repeat(file * 40_000));
  return made;
}

async function finish(place: Place, args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await runCli([...args, '--json'], {
    bin: { file: bin },
    home: base,
    cwd: place.dir,
  });
  if (code !== 0) throw new Error(`sentops ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** Returns whether it was killed. `onStart` may kill it, too. */
function runUntil(
  place: Place,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  onStart: (kill: () => void) => void = () => {},
): Promise<boolean> {
  const child = spawn(pinnedNode(), [bin, ...args], {
    cwd: place.dir,
    env: { ...cleanEnv(base), ...env },
    stdio: 'ignore',
  });
  onStart(() => child.kill('SIGKILL'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (_code, signal) => resolve(signal === 'SIGKILL'));
  });
}

const watched = ({ dir }: Place) => ({
  NODE_OPTIONS: `--require=${path.join(import.meta.dirname, '../helpers/die-at.cjs')}`,
  DIE_BELOW: path.join(dir, '.sentops'),
});

async function killAt(place: Place, args: readonly string[], moment: Moment): Promise<boolean> {
  if ('afterMs' in moment) return await runUntil(place, args, {}, kill => setTimeout(kill, moment.afterMs));
  return await runUntil(place, args, { ...watched(place), DIE_AT: String(moment.call), DIE_HOW: moment.how });
}

/** Runs it undisturbed: how long it takes, how often it changes a file, and moments spread over both. */
async function moments(place: Place, args: readonly string[], count: number): Promise<Moment[]> {
  const counter = path.join(base, 'changes');
  const started = performance.now();
  await runUntil(place, args, { ...watched(place), DIE_COUNT: counter });
  const [durationMs, changes] = [performance.now() - started, Number(fs.readFileSync(counter, 'utf8'))];
  expect(changes).toBeGreaterThan(count);
  return Array.from({ length: count }, (_, at) => [
    { afterMs: durationMs * (0.2 + (0.7 * (at + Math.random())) / count) },
    { call: 1 + Math.floor(((at + Math.random()) * changes) / count), how: HOWS[at % 3] ?? 'after' },
  ]).flat();
}

/** Everything in a store and its files, without the folder that it lies in and what no two stores have alike. */
async function contentOf(place: Place): Promise<readonly string[]> {
  const output = path.join(base, 'content.jsonl');
  await exportStore({ ...place, output, artifacts: true, force: true, dryRun: false });
  const lines = fs.readFileSync(output, 'utf8').replaceAll(place.dir, '<place>').split('\n');
  return lines.filter(line => !/"type":"store"|"name":"Default"/.test(line)).sort();
}

test('store import that is killed is completed by the next one', async () => {
  const args = ['store', 'import', exported];
  const whole = await newPlace();
  const when = await moments(whole, args, 4);
  const expected = await contentOf(whole);
  expect(expected.filter(line => line.includes('plots/5.txt'))).toHaveLength(TRAININGS);
  for (const moment of when) {
    const place = await newPlace();
    const killed = await killAt(place, args, moment);
    if ('call' in moment) expect([moment, killed]).toEqual([moment, true]);
    await finish(place, args);
    expect([moment, await contentOf(place)]).toEqual([moment, expected]);
    expect(await finish(place, ['store', 'check'])).toMatchObject({ ok: true });
    expect(await finish(place, args)).toMatchObject({ made: { runs: 0, metricValues: 0, versions: 0, files: 0 } });
  }
}, 180_000);

test('store import into a server that is killed is completed by the next one, with nothing twice', async () => {
  const KILLS = 5;
  let requests = 0;
  for (let at = 0; at <= KILLS; at++) {
    const place = await newPlace();
    const server = await startServe(place.dir);
    const last = at === 0 ? Number.POSITIVE_INFINITY : Math.ceil(((at - 0.5) * requests) / KILLS);
    let seen = 0;
    let kill = () => {};
    const proxy = await countingProxy(server.url, () => {
      seen += 1;
      if (seen === last) kill();
    });
    const args = ['store', 'import', exported, '--mlflow-uri', proxy.uri];
    const killed = await runUntil(place, args, {}, end => {
      kill = end;
    });
    expect([at, killed]).toEqual([at, at > 0]);
    if (at === 0) requests = seen;
    const { made } = await finish(place, args);
    if (at === 0) expect(Object.values(made as object).every(count => count === 0)).toBe(true);
    expect(await finish(place, args)).toMatchObject({ made: { experiments: 0, runs: 0, versions: 0, files: 0 } });
    await server.end();
    await proxy.close();
    const counts = await inStore(place, async ({ store }) =>
      ['runs', 'metrics', 'params', 'logged_models', 'registered_models', 'model_versions', 'inputs'].map(
        table => store.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)?.n,
      ),
    );
    expect([at, ...counts]).toEqual([at, ...[1, 5, 1, 1].map(count => count * TRAININGS), 1, TRAININGS, 3 * TRAININGS]);
    expect(filesIn(path.join(place.dir, '.sentops/mlflow/artifacts'))).toHaveLength(TRAININGS * (FILES + 2));
    expect(await finish(place, ['store', 'check'])).toMatchObject({ ok: true });
  }
}, 180_000);

test('store gc that is killed is completed by the next one', async () => {
  const args = ['store', 'gc', '--older-than', '0s', '--yes'];
  const prepare = async () => {
    const place = await newPlace();
    const made = await fill(place);
    await inStore(place, async ({ tracker }) => {
      // Versions hold on to what they are made of.
      await tracker.models.delete('sentiment');
      await tracker.experiments.delete(made[0]?.experimentId ?? '');
      await tracker.runs.delete(made[1]?.runId ?? '');
      await tracker.loggedModels.delete(made[1]?.modelId ?? '');
    });
    return { place, kept: made[2], gone: made.slice(0, 2) };
  };
  const when = await moments((await prepare()).place, args, 4);
  for (const moment of when) {
    const { place, kept, gone } = await prepare();
    await killAt(place, args, moment);
    await finish(place, args);
    await inStore(place, async ({ store }) => {
      const ids = (sql: string) => store.all<{ id: string }>(sql).map(({ id }) => id);
      expect([moment, ids('SELECT run_uuid AS id FROM runs')]).toEqual([moment, [kept?.runId]]);
      expect(ids('SELECT model_id AS id FROM logged_models')).toEqual([kept?.modelId]);
      expect(ids('SELECT DISTINCT run_uuid AS id FROM metrics')).toEqual([kept?.runId]);
    });
    const files = filesIn(path.join(place.dir, '.sentops'));
    for (const { runId, modelId } of gone)
      expect([moment, files.filter(name => name.includes(runId) || name.includes(modelId))]).toEqual([moment, []]);
    expect(files.filter(name => name.includes(kept?.runId ?? '-'))).toHaveLength(FILES + 1);
    expect(await finish(place, ['store', 'check'])).toMatchObject({ ok: true });
  }
}, 180_000);

/** Passes everything on, and says so before each request. */
async function countingProxy(to: string, onRequest: () => void) {
  const target = new URL(to);
  const proxy = http.createServer((request, response) => {
    onRequest();
    const { method, headers } = request;
    const outgoing = http.request(new URL(request.url ?? '/', target), { method, headers }, answer => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    outgoing.on('error', () => response.destroy());
    request.pipe(outgoing);
  });
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
  return {
    uri: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    close: async () => {
      proxy.closeAllConnections();
      await new Promise(resolve => proxy.close(resolve));
    },
  };
}
