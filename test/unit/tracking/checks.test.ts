import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadProject } from '../../../src/lib/config/load.ts';
import type { DoctorCheck, DoctorFinding } from '../../../src/lib/doctor/types.ts';
import { databaseCheck, serverCheck } from '../../../src/lib/tracking/checks.ts';
import createEmbedded from '../../../src/lib/tracking/embedded/tracker.ts';
import { createTestContext } from '../../helpers/extension-context.ts';

let dir: string;
let server: http.Server | undefined;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-tracking-checks-'));
});
afterEach(() => {
  server?.close();
  server = undefined;
  fs.rmSync(dir, { recursive: true, force: true });
});

async function look(check: DoctorCheck, uri = ''): Promise<DoctorFinding | 'not asked'> {
  fs.writeFileSync(path.join(dir, 'sentops.yaml'), `version: 1\nmlflow: { trackingUri: "${uri}", experiment: e }\n`);
  const env = { HOME: dir };
  const request = { cwd: dir, env, home: dir };
  const project = await loadProject(request);
  if (check.applies?.(project) === false) return 'not asked';
  return await check.run({ project, request, env, signal: AbortSignal.timeout(20_000) });
}

describe('the check of the store of runs', () => {
  const file = () => path.join(dir, '.sentops/mlflow/mlflow.db');

  test('makes nothing where there is nothing', async () => {
    expect(await look(databaseCheck)).toMatchObject({ status: 'ok', detail: expect.stringContaining('will be made') });
    expect(fs.existsSync(path.join(dir, '.sentops'))).toBe(false);
  });

  test('opens what is there, and tells of an experiment that is missing or deleted', async () => {
    const context = createTestContext({ cwd: dir, env: { HOME: dir } });
    const tracker = await createEmbedded({ uri: '', mode: 'write', file: file() }, context);
    expect(await look(databaseCheck)).toMatchObject({ status: 'ok', detail: expect.stringContaining('not there yet') });
    const id = await tracker.experiments.create({ name: 'e' });
    expect(await look(databaseCheck)).toMatchObject({ status: 'ok', detail: expect.stringMatching(/opens$/) });
    await tracker.experiments.delete(id);
    await tracker.close();
    expect(await look(databaseCheck)).toMatchObject({
      status: 'warn',
      fix: expect.stringContaining(`sentops experiment restore ${id}`),
    });
  });

  test('is not asked about a server, nor about what an extension opens; a folder of MLflow is refused', async () => {
    for (const uri of ['https://mlflow.example.com', 'databricks://profile'])
      expect(await look(databaseCheck, uri)).toBe('not asked');
    for (const uri of ['./mlruns', 'file:///data/mlruns'])
      await expect(look(databaseCheck, uri)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  test('fails for a file that is no database', async () => {
    fs.mkdirSync(path.dirname(file()), { recursive: true });
    fs.writeFileSync(file(), 'this is no database, however long it is '.repeat(40));
    await expect(look(databaseCheck)).rejects.toMatchObject({ code: 'DATA_INVALID' });
  });

  test('is not asked where a server is named', async () => {
    expect(await look(databaseCheck, 'http://127.0.0.1:1')).toBe('not asked');
  });
});

describe('the check of an MLflow server', () => {
  async function answer(status: number, body: object): Promise<string> {
    server = http.createServer((_, response) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    await new Promise<void>(resolve => server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  test('says that it answers', async () => {
    const uri = await answer(404, { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'no experiment' });
    expect(await look(serverCheck, uri)).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining('answered in'),
    });
  });

  test('fails where it refuses the credentials', async () => {
    const uri = await answer(401, {});
    await expect(look(serverCheck, uri)).rejects.toMatchObject({ code: 'AUTH_FAILED' });
  });

  test('is not asked where there is none', async () => {
    expect(await look(serverCheck)).toBe('not asked');
  });
});
