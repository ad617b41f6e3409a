import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { redactor } from '../../../../src/lib/core/redact.ts';
import { findCredentials } from '../../../../src/lib/tracking/rest/credentials.ts';
import { errorOf, openRest, sendText, standIn, withRest } from './stand-in.ts';

let home: string;
beforeAll(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-home-'));
  fs.mkdirSync(path.join(home, '.mlflow'));
  const lines = [
    '# of the team',
    '[other]',
    'mlflow_tracking_username = nobody',
    '[mlflow]',
    'MLFLOW_TRACKING_USERNAME = file-user',
    '; a remark',
    'mlflow_tracking_password: file=pass%%word ',
  ];
  fs.writeFileSync(path.join(home, '.mlflow', 'credentials'), lines.join('\r\n'));
});
afterAll(() => fs.rmSync(home, { recursive: true, force: true }));

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
const nowhere = { HOME: '/nonexistent' };

const secret = (value: string) => ({
  kind: 'secret' as const,
  names: ['s'],
  reveal: async () => value,
  toString: () => '[secret s]',
  toJSON: () => '[secret s]',
});

describe('which credentials are sent, as by MLflow itself', () => {
  test('none where none are given', async () => {
    expect(await findCredentials({}, {}, nowhere)).toBeNull();
  });

  test('a token', async () => {
    const found = await findCredentials({}, { token: secret('abc.def') }, nowhere);
    expect(found).toMatchObject({ kind: 'Bearer', header: 'Bearer abc.def' });
    expect((await findCredentials({}, {}, { ...nowhere, MLFLOW_TRACKING_TOKEN: 'from-env' }))?.header).toBe(
      'Bearer from-env',
    );
  });

  test('user and password beat a token', async () => {
    const options = { token: 'tok', username: 'ada', password: secret('pä:ss') };
    expect((await findCredentials({}, options, nowhere))?.header).toBe(basic('ada:pä:ss'));
  });

  test('a user without a password does not', async () => {
    expect((await findCredentials({}, { token: 'tok', username: 'ada' }, nowhere))?.header).toBe('Bearer tok');
  });

  test('the file is read for what the environment leaves open, each by itself', async () => {
    expect((await findCredentials({}, {}, { HOME: home }))?.header).toBe(basic('file-user:file=pass%word'));
    const env = { HOME: home, MLFLOW_TRACKING_USERNAME: 'env-user' };
    expect((await findCredentials({}, {}, env))?.header).toBe(basic('env-user:file=pass%word'));
    expect((await findCredentials({}, { password: 'own' }, env))?.header).toBe(basic('env-user:own'));
  });

  test('what the project says beats the environment', async () => {
    const env = { ...nowhere, MLFLOW_TRACKING_USERNAME: 'env', MLFLOW_TRACKING_PASSWORD: 'env' };
    expect((await findCredentials({}, { username: 'own', password: 'pass' }, env))?.header).toBe(basic('own:pass'));
    const token = { ...nowhere, MLFLOW_TRACKING_TOKEN: 'env' };
    expect((await findCredentials({}, { token: 'own' }, token))?.header).toBe('Bearer own');
  });

  test('those in the address beat all others', async () => {
    const env = { ...nowhere, MLFLOW_TRACKING_USERNAME: 'env', MLFLOW_TRACKING_PASSWORD: 'env' };
    expect((await findCredentials({ username: 'u', password: 'p' }, {}, env))?.header).toBe(basic('u:p'));
  });

  test('what was found is hidden from then on in everything that is printed', async () => {
    await findCredentials({}, { username: 'ada', password: 'very-hidden-1' }, nowhere);
    await findCredentials({}, { token: 'very-hidden-2' }, nowhere);
    const encoded = Buffer.from('ada:very-hidden-1').toString('base64');
    expect(redactor.redact(`very-hidden-1 ${encoded} very-hidden-2`)).toBe('*** *** ***');
  });

  test.each([
    [{ MLFLOW_TRACKING_AWS_SIGV4: 'true' }, 'MLFLOW_TRACKING_AWS_SIGV4'],
    [{ MLFLOW_TRACKING_AUTH: 'kubernetes' }, 'MLFLOW_TRACKING_AUTH=kubernetes'],
  ])('%j is refused, not ignored', async (env, name) => {
    const error = await errorOf(findCredentials({}, {}, { ...nowhere, ...env }));
    expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
    expect(error.message).toContain(`${name}`);
  });

  test('AWS signatures that are switched off are no matter', async () => {
    expect(await findCredentials({}, {}, { ...nowhere, MLFLOW_TRACKING_AWS_SIGV4: 'false' })).toBeNull();
  });

  test('a token that was copied with its line break is told, and not shown', async () => {
    const error = await errorOf(findCredentials({}, { token: 'geheim\n' }, nowhere));
    expect(error.code).toBe('AUTH_FAILED');
    expect(error.message + error.hint).not.toContain('geheim');
  });

  test('a credentials file that cannot be read is an error', async () => {
    const odd = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-home-'));
    fs.mkdirSync(path.join(odd, '.mlflow', 'credentials'), { recursive: true });
    expect((await errorOf(findCredentials({}, {}, { HOME: odd }))).code).toBe('CONFIG_UNREADABLE');
    fs.rmSync(odd, { recursive: true });
  });
});

test('every request carries them, and the address in messages does not', async () => {
  const server = await standIn((_, response) => sendText(response, 401, 'text/plain', 'no'));
  const uri = server.uri.replace('http://', 'http://ada:geheim-17@');
  const tracker = await openRest(uri);
  const error = await errorOf(tracker.runs.get('a'));
  expect(tracker.uri).toBe(server.uri);
  expect(server.requests[0]?.headers.authorization).toBe(basic('ada:geheim-17'));
  expect(error).toMatchObject({ code: 'AUTH_FAILED', message: `${server.uri} refused user ada (HTTP 401)` });
  expect(JSON.stringify([error.message, error.hint, error.details])).not.toContain('geheim-17');
  await tracker.close();
  await server.close();
});

test('options may be secrets, which are revealed for the header only', async () => {
  const seen = await withRest(
    () => ({}),
    async (tracker, { requests }) => {
      await tracker.models.search({ limit: 5 });
      return requests[0]?.headers.authorization;
    },
    { env: { MLFLOW_TRACKING_TOKEN: 'tok-123' } },
  );
  expect(seen).toBe('Bearer tok-123');
});
