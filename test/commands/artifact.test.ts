import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import openEmbedded from '../../src/lib/tracking/embedded/tracker.ts';
import { startArtifactServer } from '../helpers/artifact-server.ts';
import { cleanEnv, pinnedNode, repositoryRoot, runCli } from '../helpers/run-cli.ts';
import { createWorld } from '../unit/score/world.ts';

let folder: string;
let second: string;
const at = (...names: string[]) => path.join(folder, ...names);
const put = (name: string, body: string | Uint8Array) => {
  fs.mkdirSync(path.dirname(at(name)), { recursive: true });
  fs.writeFileSync(at(name), body);
};

beforeAll(async () => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-artifact-')));
  put('sentops.yaml', 'version: 1\nproject: { name: reviews }\n');
  const file = at('.sentops/mlflow/mlflow.db');
  const tracker = await openEmbedded({ file, mode: 'write', uri: '' }, createWorld(folder).world);
  const experimentId = await tracker.experiments.create({ name: 'e' });
  const run = await tracker.runs.create({ experimentId, name: 'first' });
  await tracker.runs.create({ experimentId, name: 'empty' });
  second = (await tracker.runs.create({ experimentId, name: 'second' })).runId;
  const { runId, artifactUri } = run;
  const files = { 'model/MLmodel': 'flavors: {}', 'model/data/ü #%.txt': 'odd', 'metrics.json': '{"f1":0.9}' };
  for (const [name, text] of Object.entries(files))
    await tracker.artifacts.write(
      artifactUri,
      name,
      (async function* () {
        yield Buffer.from(text);
      })(),
      Buffer.byteLength(text),
    );
  await tracker.models.create({ name: 'reviews' });
  await tracker.models.createVersion({ name: 'reviews', source: `${artifactUri}/model`, runId, key: 'a' });
  await tracker.models.setAlias('reviews', 'champion', 1);
  await tracker.close();
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const artifact = (...args: string[]) => runCli(['artifact', ...args], { cwd: folder });
const ok = async (...args: string[]) => {
  const { stdout, stderr, code } = await artifact(...args);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
};

describe.concurrent('artifact list', () => {
  test('is a table for a person, with sizes', async () => {
    expect(await ok('list', '--run', 'first')).toBe(
      'path          type    size\nmetrics.json  file    10 B\nmodel         folder     -\n',
    );
  });

  test('takes a URI, and gives bare paths to scripts', async () => {
    expect(await ok('list', 'models:/reviews@champion', '-r', '-q')).toBe('MLmodel\ndata/ü #%.txt\n');
  });

  test('says that there is nothing', async () => {
    const { stdout, stderr, code } = await artifact('list', '--run', 'empty');
    expect([stdout, stderr, code]).toEqual(['', 'There are no artifacts.\n', 0]);
  });
});

describe.concurrent('artifact download', () => {
  test('says what came where, and once more that it was there', async () => {
    const call = ['download', '--run', 'first', '--path', 'model', '-d', 'twice'];
    const first = await artifact(...call);
    expect(first.stdout).toBe(
      'downloaded 2 files, 14 B to twice\n  twice/model/MLmodel\n  twice/model/data/ü #%.txt\n',
    );
    expect((await artifact(...call)).stdout).toContain('to twice; all of them were there already\n');
  });

  test('sends one file to standard output as it is, and nothing beside it', async () => {
    const call = ['download', '--run', 'first', '--path', 'metrics.json', '-d', '-'];
    const { stdout, stderr, code } = await artifact(...call);
    expect([stdout, code]).toEqual(['{"f1":0.9}', 0]);
    expect(stderr).toContain('downloaded 1 file, 10 B to standard output');
    expect((await artifact(...call, '--json')).code).toBe(2);
  });

  test('says what it would do', async () => {
    expect(await ok('download', '--run', 'first', '-d', 'dry', '-n')).toContain('would download 3 files, 24 B to dry');
  });
});

test.concurrent('artifact upload says what it stored, and where to look', async () => {
  put('up/a b.txt', 'text');
  const { stdout, code } = await artifact('upload', 'up', '--run', 'second', '--path', 'new');
  expect([stdout, code]).toEqual([
    `stored 1 file, 4 B in run second (${second})\n  new/a b.txt\n\nNext:\n  sentops artifact list --run ${second} --recursive\n`,
    0,
  ]);
});

describe('a download from a server', () => {
  const big = Buffer.from(Array.from({ length: 400_000 }, (_, index) => (index * 31 + (index >> 8)) % 256));

  /** Starts the command and ends it when so much of the file was sent. */
  async function cut(name: string, signal: NodeJS.Signals) {
    put('served/model/big.bin', big);
    put('served/model/small.txt', 'small');
    const server = await startArtifactServer(at('served'));
    const args = [
      'artifact',
      'download',
      '--run',
      server.runId,
      '--path',
      'model',
      '-d',
      name,
      '--mlflow-uri',
      server.uri,
    ];
    const child = spawn(pinnedNode(), [path.join(repositoryRoot, 'bin/dev.js'), ...args], {
      cwd: folder,
      env: cleanEnv(folder),
      stdio: 'ignore',
    });
    const closed = new Promise<number | null>(resolve => child.on('close', code => resolve(code)));
    server.onPiece = async (file, sent) => {
      if (file !== 'model/big.bin' || sent < 200_000) return;
      // What was sent must have been written before the end comes.
      const isReady = () => partOf(name) > 190_000 && fs.existsSync(at(name, 'model/small.txt'));
      await expect.poll(isReady, { timeout: 20_000 }).toBe(true);
      child.kill(signal);
      await closed;
    };
    const code = await closed;
    server.onPiece = () => {};
    server.reads.length = 0;
    server.lists.length = 0;
    return { code, server, again: () => artifact(...args.slice(1), '--json') };
  }

  const partOf = (name: string) => {
    const files = fs.existsSync(at(name)) ? fs.readdirSync(at(name), { recursive: true, encoding: 'utf8' }) : [];
    return Math.max(0, ...files.filter(file => file.endsWith('.part')).map(file => fs.statSync(at(name, file)).size));
  };

  test.each([
    ['SIGINT', 130],
    ['SIGKILL', null],
  ] as const)('that %s ends goes on where it stopped', async (signal, exit) => {
    const name = `cut-${signal}`;
    const { code, server, again } = await cut(name, signal);
    expect(code).toBe(exit);
    expect(fs.existsSync(at(name, 'model/big.bin'))).toBe(false);
    const { files } = JSON.parse((await again()).stdout) as { files: { path: string; state: string }[] };
    expect(files.map(({ path: file, state }) => [file, state])).toEqual([
      ['model/big.bin', 'resumed'],
      ['model/small.txt', 'kept'],
    ]);
    expect(server.lists).toEqual(['root/model']);
    expect(server.reads).toHaveLength(1);
    expect(Number(/ (\d+)-$/.exec(server.reads[0] ?? '')?.[1])).toBeGreaterThan(100_000);
    expect(fs.readFileSync(at(name, 'model/big.bin')).equals(big)).toBe(true);
    expect(fs.readdirSync(at(name), { recursive: true }).sort()).toEqual(['model', 'model/big.bin', 'model/small.txt']);
  });
});
