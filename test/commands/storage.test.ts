import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SpawnedGcsStandIn, spawnGcsStandIn } from '../helpers/gcs-stand-in/spawn.ts';
import { cleanEnv, pinnedNode, repositoryRoot, runCli } from '../helpers/run-cli.ts';

let folder: string;
let gcs: SpawnedGcsStandIn;
const at = (...names: string[]) => path.join(folder, ...names);
const put = (name: string, body: string | Uint8Array = name) => {
  fs.mkdirSync(path.dirname(at(name)), { recursive: true });
  fs.writeFileSync(at(name), body);
};
const BUCKETS = ['ls-test', 'cp-test', 'rm-test', 'rsync-test', 'resume-test', 'empty-test'];

beforeAll(async () => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-storage-')));
  gcs = await spawnGcsStandIn({ buckets: BUCKETS });
  put('sentops.yaml', 'version: 1\nproject: { name: reviews }\nbuckets: { raw: gs://ls-test/raw }\n');
  put('data/a.csv', 'hello');
  put('data/sub/b ü%.csv', 'x'.repeat(20_000));
  await ok('cp', '-r', 'data', 'gs://ls-test/');
});
afterAll(async () => {
  await gcs.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

const environment = () => ({ STORAGE_EMULATOR_HOST: gcs.uri });
const storage = (...args: string[]) => runCli(['storage', ...args], { cwd: folder, env: environment() });
const ok = async (...args: string[]) => {
  const { stdout, stderr, code } = await storage(...args);
  // On a busy machine all of it may take long enough to be reported.
  const said = stderr.replace(/^(copying|synchronising|comparing|deleting): .*\n/gm, '');
  expect([code, said]).toEqual([0, '']);
  return stdout;
};
const TIME = String.raw`\d{4}-\d\d-\d\d \d\d:\d\dZ`;

describe.concurrent('storage ls', () => {
  test('is a name on each line, as it is spelled', async () => {
    expect(await ok('ls', 'gs://ls-test/data')).toBe('gs://ls-test/data/a.csv\ngs://ls-test/data/sub/\n');
    expect(await ok('ls', '-r', 'data')).toBe('data/a.csv\ndata/sub/b ü%.csv\n');
  });

  test('-l shows sizes, times and totals', async () => {
    const text = await ok('ls', '-l', 'gs://ls-test/data', 'gs://ls-test/data/sub');
    const lines = [
      `    5 B  ${TIME}  gs://ls-test/data/a\\.csv`,
      ` {28}gs://ls-test/data/sub/`,
      `20\\.0 kB  ${TIME}  gs://ls-test/data/sub/b ü%\\.csv`,
      'total: 2 objects, 20\\.0 kB',
    ];
    expect(text).toMatch(new RegExp(`^${lines.join('\n')}\n$`));
  });

  test('has rows, ids and columns as every list', async () => {
    expect(await ok('ls', 'gs://ls-test/data/*.csv', '-q')).toBe('gs://ls-test/data/a.csv\n');
    const csv = await ok('ls', '-r', 'gs://ls-test', '--format', 'csv', '--columns', 'uri,bytes', '--sort', '-bytes');
    expect(csv).toBe('uri,bytes\r\ngs://ls-test/data/sub/b ü%.csv,20000\r\ngs://ls-test/data/a.csv,5\r\n');
    const json = JSON.parse(await ok('ls', 'gs://ls-test/data', '--json'));
    expect(json).toMatchObject({ schemaVersion: 1, nextPageToken: null, total: { objects: 1, bytes: 5 } });
    expect(json.items[0]).toMatchObject({ uri: 'gs://ls-test/data/a.csv', type: 'file', bytes: 5 });
  });

  test('of nothing ends with 5 and the name that was meant', async () => {
    const { stdout, stderr, code } = await storage('ls', 'gs://ls-test/dta');
    expect([code, stdout]).toEqual([5, '']);
    expect(stderr).toBe('error: there is nothing at gs://ls-test/dta\nhint: did you mean gs://ls-test/data/?\n');
    const told = JSON.parse((await storage('ls', 'gs://ls-test/dta', '--json')).stdout);
    expect(told.error).toMatchObject({ code: 'NOT_FOUND', exit: 5, details: { meant: 'gs://ls-test/data/' } });
  });

  test('of an empty bucket says so beside the result', async () => {
    const { stdout, stderr, code } = await storage('ls', 'gs://empty-test');
    expect([code, stdout, stderr]).toEqual([0, '', 'There is nothing in it.\n']);
  });

  test('a name cannot write on the terminal', async () => {
    put('odd/\x1b[31mred\x07', 'x');
    expect(await ok('ls', 'odd')).toBe('odd/red\\x07\n');
  });

  test('du has a line for each folder', async () => {
    const rows = ['   size  objects  uri', '20.0 kB        1  data/sub/', '20.0 kB        2  data/'];
    expect(await ok('du', 'data')).toBe(`${rows.join('\n')}\ntotal: 2 objects, 20.0 kB\n`);
    expect(JSON.parse(await ok('du', '-s', 'gs://ls-test/data', '--json')).items).toEqual([
      { uri: 'gs://ls-test/data/', objects: 2, bytes: 20_005 },
    ]);
  });
});

describe.concurrent('storage cat', () => {
  test('prints the bytes and nothing else', async () => {
    expect(await ok('cat', 'gs://ls-test/data/a.csv', 'data/a.csv')).toBe('hellohello');
    expect(await ok('cat', 'gs://ls-test/data/a.csv', '--range', '1-3')).toBe('ell');
    expect(await ok('cat', 'data/a.csv', '--dry-run')).toBe('would print 5 B\n');
  });

  test('has no place for a result beside them', async () => {
    const { code, stdout } = await storage('cat', 'data/a.csv', '--json');
    expect([code, JSON.parse(stdout).error.code]).toEqual([2, 'USAGE']);
  });
});

describe.concurrent('storage cp', () => {
  test('says what went where', async () => {
    expect(await ok('cp', '-r', 'data', 'gs://cp-test/said')).toBe(
      'copied 2 objects, 20.0 kB to gs://cp-test/said\n  gs://cp-test/said/a.csv\n  gs://cp-test/said/sub/b ü%.csv\n',
    );
    expect(await ok('cp', '-r', 'data', 'gs://cp-test/said/', '-n', '-q')).toBe(
      'gs://cp-test/said/data/a.csv\ngs://cp-test/said/data/sub/b ü%.csv\n',
    );
    expect(await ok('cp', 'data/a.csv', 'gs://cp-test/said/a.csv', '--no-clobber')).toBe(
      'copied 0 objects, 0 B to gs://cp-test/said/a.csv; 1 was there already and stayed\n',
    );
    const json = JSON.parse(await ok('cp', 'gs://cp-test/said/a.csv', 'got/', '--json'));
    expect(json).toMatchObject({ target: 'got/', copied: 1, kept: 0, failed: 0, bytes: 5 });
    expect(json.items[0]).toMatchObject({ to: 'got/a.csv', state: 'copied', error: null });
    expect(fs.readFileSync(at('got/a.csv'), 'utf8')).toBe('hello');
  });

  test('- is standard input and output', async () => {
    const call = { cwd: folder, env: environment(), input: 'from a pipe' };
    const { stdout, code } = await runCli(['storage', 'cp', '-', 'gs://cp-test/in.txt'], call);
    expect([stdout, code]).toEqual(['copied 1 object, 11 B to gs://cp-test/in.txt\n  gs://cp-test/in.txt\n', 0]);
    expect(await ok('cp', 'gs://cp-test/in.txt', '-')).toBe('from a pipe');
  });

  test('one that fails: the others are there, the exit code is its own, with and without --json', async () => {
    put('two/good', 'x');
    put('two/evil', 'x');
    fs.symlinkSync(at('two/evil'), at('two/evil-link'));
    const both = ['cp', 'two/good', 'two/evil', 'two/evil-link', 'two/'];
    const { code, stdout, stderr } = await storage(...both);
    expect([code, stdout.split('\n')[0]]).toEqual([2, expect.stringMatching(/^✖ two\/good: two\/good and two\/good/)]);
    expect(stderr).toContain('3 of 3 objects were not copied; the first: ');
    const json = JSON.parse((await storage(...both, '--json')).stdout);
    expect([json.failed, json.error.exit, json.items.length]).toEqual([3, 2, 3]);
  });

  test('a target is needed, and a result has no place beside an object', async () => {
    expect((await storage('cp', 'data/a.csv')).stderr).toContain('needs a source and a target');
    const { code, stdout } = await storage('cp', 'data/a.csv', '-', '--json');
    expect([code, JSON.parse(stdout).error.code]).toEqual([2, 'USAGE']);
  });

  test('a threshold that is no size is told', async () => {
    const { code, stderr } = await storage('cp', 'data/a.csv', 'x', '--parallel-threshold', 'much');
    expect([code, stderr]).toEqual([2, expect.stringContaining('--parallel-threshold')]);
  });

  test('two thousand small files go and come side by side', async () => {
    for (let index = 0; index < 2000; index++) put(`many/${index % 20}/${index}.txt`, `${index}`.repeat(100));
    expect(JSON.parse(await ok('cp', '-r', 'many', 'gs://cp-test/', '--json')).copied).toBe(2000);
    expect(JSON.parse(await ok('cp', '-r', 'gs://cp-test/many', 'back/', '--json')).copied).toBe(2000);
    expect(fs.readFileSync(at('back/many/7/1987.txt'), 'utf8')).toBe('1987'.repeat(100));
    const again = JSON.parse(await ok('rsync', '-r', 'gs://cp-test/many', 'back/many', '--json'));
    expect([again.same, again.copied]).toEqual([2000, 0]);
  });
});

describe.concurrent('storage rm', () => {
  test('needs a yes, which says what would go', async () => {
    await ok('cp', '-r', 'data', 'gs://rm-test/a/');
    const { code, stderr } = await storage('rm', '-r', 'gs://rm-test/a/');
    expect(code).toBe(2);
    expect(stderr).toContain('Delete 2 objects, 20.0 kB: this needs a yes');
    expect(await ok('rm', '-r', 'gs://rm-test/a/', '--dry-run')).toContain('would delete 2 objects, 20.0 kB\n');
    expect(await ok('rm', '-r', 'gs://rm-test/a/', '--yes')).toBe(
      'deleted 2 objects, 20.0 kB\n  gs://rm-test/a/data/a.csv\n  gs://rm-test/a/data/sub/b ü%.csv\n',
    );
    expect((await storage('rm', '-r', 'gs://rm-test/a/', '--yes')).code).toBe(5);
  });

  test('everything in a bucket needs -r even with a yes', async () => {
    const { code, stderr } = await storage('rm', 'gs://ls-test/**', '--yes');
    expect([code, stderr]).toEqual([2, expect.stringContaining('everything in a bucket')]);
    const asked = await storage('rm', '-r', 'gs://ls-test');
    expect(asked.stderr).toContain('Delete 2 objects, 20.0 kB, everything in gs://ls-test: this needs a yes');
  });
});

describe.concurrent('storage rsync', () => {
  test('sends what differs, and deletes only when told and asked', async () => {
    put('here/a', 'one');
    put('here/b', 'two');
    expect(await ok('rsync', '-r', 'here', 'gs://rsync-test')).toBe(
      'copied 2 objects, 6 B to gs://rsync-test; 0 were the same already\n  + gs://rsync-test/a\n  + gs://rsync-test/b\n',
    );
    fs.rmSync(at('here/a'));
    const call = ['rsync', '-r', 'here', 'gs://rsync-test', '--delete-extra'];
    const { code, stderr } = await storage(...call);
    expect([code, stderr]).toEqual([2, expect.stringContaining('Delete 1 object, 3 B of gs://rsync-test')]);
    expect(await ok(...call, '--yes')).toBe(
      'copied 0 objects, 0 B to gs://rsync-test; deleted 1 object; 1 was the same already\n  - gs://rsync-test/a\n',
    );
  });
});

describe('Ctrl-C', () => {
  test('leaves a part that the second run goes on with, and nothing under the final name', async () => {
    const bytes = 24 << 20;
    put('large.bin', randomBytes(bytes));
    await ok('cp', 'large.bin', 'gs://resume-test/', '-q');
    await gcs.addFaults({ kind: 'slow', bytesPerSecond: 8 << 20, on: 'object.media', times: null });
    const home = at('home');
    const call = ['storage', 'cp', 'gs://resume-test/large.bin', 'resumed/'];
    const child = spawn(pinnedNode(), [path.join(repositoryRoot, 'bin/dev.js'), ...call], {
      cwd: folder,
      env: { ...cleanEnv(home), ...environment() },
    });
    const ended = new Promise<number | null>(resolve => child.once('exit', resolve));
    while (partBytes() < 9 << 20) await new Promise(resolve => setTimeout(resolve, 20));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(fs.existsSync(at('resumed/large.bin'))).toBe(false);
    await gcs.clearFaults();
    await gcs.resetCounts();
    const { stdout, code } = await runCli([...call, '--json'], { cwd: folder, env: environment(), home });
    const { items } = JSON.parse(stdout);
    expect([code, items[0].resumedFrom > 8 << 20]).toEqual([0, true]);
    expect((await gcs.counts()).sent()).toBe(bytes - items[0].resumedFrom);
    expect(fs.readFileSync(at('resumed/large.bin')).equals(fs.readFileSync(at('large.bin')))).toBe(true);
    expect(fs.readdirSync(at('resumed'))).toEqual(['large.bin']);
  });
});

function partBytes(): number {
  const folderNow = at('resumed');
  const names = fs.existsSync(folderNow) ? fs.readdirSync(folderNow) : [];
  return Math.max(
    0,
    ...names.map(name => fs.statSync(path.join(folderNow, name), { throwIfNoEntry: false })?.size ?? 0),
  );
}
