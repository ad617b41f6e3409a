import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type GcsStandIn, startGcsStandIn } from '../helpers/gcs-stand-in/start.ts';
import { runCli } from '../helpers/run-cli.ts';

const ROLES = ['code', 'raw', 'artifacts', 'models', 'predictions', 'checkpoint', 'streaming-input'];
let folder: string;
let server: GcsStandIn;

beforeAll(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-bucket-')));
  const buckets = ROLES.map(role => `  ${role}: gs://\${var.bucket}-${role}\n`).join('');
  fs.writeFileSync(
    path.join(folder, 'sentops.yaml'),
    `version: 1\nvariables: { bucket: { default: me } }\nbuckets:\n${buckets}storage: { project: me }\n`,
  );
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  server = await startGcsStandIn({ project: 'me', foreignBuckets: ['taken-raw'] });
});
afterEach(() => server.stop());

async function run(...args: string[]) {
  const env = { STORAGE_EMULATOR_HOST: server.uri.replace('http://', '') };
  return await runCli(['bucket', ...args], { cwd: folder, env });
}

describe('bucket ensure', () => {
  test('makes seven buckets once', async () => {
    const first = await run('ensure');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(
      /gs:\/\/me-predictions\s+predictions\s+created\s+US-CENTRAL1\s+90 d \(predictions\/\)/,
    );
    expect(first.stdout).toContain('Made 7 buckets.');
    expect(server.store.buckets.size).toBe(7);
    const again = await run('ensure', '-q');
    expect(again.stdout.trim().split('\n')).toEqual(ROLES.map(role => `gs://me-${role}`));
    expect((await run('ensure')).stdout).toContain('nothing to do');
  });

  test('--dry-run makes nothing and says what would be', async () => {
    const { stdout, code } = await run('ensure', '--dry-run');
    expect([code, server.store.buckets.size]).toEqual([0, 0]);
    expect(stdout).toContain('Would make 7 buckets.');
    expect(stdout).toContain('sentops bucket ensure');
  });

  test('in another place and project, by flags', async () => {
    await run('ensure', '--location', 'europe-west4', '--bucket-project', 'mine');
    const { stdout } = await run('list', '--format', 'csv', '--columns', 'uri,location', '--bucket-project', 'mine');
    expect(stdout.split('\r\n').slice(1, 3)).toEqual(['gs://me-code,EUROPE-WEST4', 'gs://me-raw,EUROPE-WEST4']);
    expect(server.store.buckets.get('me-code')?.project).toBe('mine');
  });

  test('a name that is taken: the others are made, the exit code is 4 and the way around it is told', async () => {
    const { stdout, code } = await run('ensure', '--var', 'bucket=taken', '--json');
    const result = JSON.parse(stdout);
    expect([code, result.created, result.failed]).toEqual([4, 6, 1]);
    expect(result.error).toMatchObject({ code: 'PERMISSION_DENIED', hint: expect.stringContaining('--var bucket=') });
    expect(result.error.message).toContain('gs://taken-raw');
  });
});

describe('bucket list', () => {
  test('tells what is missing and what is not ours, without failing', async () => {
    server.store.createBucket('taken-code', 'me', {});
    const { stdout, stderr, code } = await run('list', '--var', 'bucket=taken');
    expect(code).toBe(0);
    expect(stdout).toMatch(/code\s+gs:\/\/taken-code\s+there/);
    expect(stdout).toMatch(/raw\s+gs:\/\/taken-raw\s+denied/);
    expect(stdout).toMatch(/models\s+gs:\/\/taken-models\s+missing/);
    expect(stderr).toContain('gs://taken-raw is denied');
  });

  test('--all lists those without a role as well', async () => {
    server.store.createBucket('unrelated', 'me', {});
    const { items } = JSON.parse((await run('list', '--all', '--json')).stdout);
    expect(items.at(-1)).toMatchObject({ uri: 'gs://unrelated', roles: [], state: 'there' });
  });

  test('ls is the same', async () => {
    expect((await run('ls', '-q')).stdout).toContain('gs://me-streaming-input');
  });

  test.each([['list'], ['list --all'], ['ensure']])('a server that is not there ends %s with 8', async words => {
    const { stderr, stdout, code } = await runCli(['bucket', ...words.split(' ')], {
      cwd: folder,
      env: { STORAGE_EMULATOR_HOST: '127.0.0.1:1' },
    });
    expect(code).toBe(8);
    expect(stderr).toContain('http://127.0.0.1:1 cannot be reached');
    const said = `${stdout}${stderr}`.split('\n').filter(line => line.startsWith('http://127.0.0.1:1 cannot'));
    expect(said.length).toBeLessThanOrEqual(1);
  });
});
