import { once } from 'node:events';
import fs from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Tracker } from '../../../../src/lib/tracking/types.ts';
import { selfSigned } from '../../../helpers/self-signed.ts';
import { errorOf, openRest } from './stand-in.ts';

const RUN = { info: { run_id: 'r1', experiment_id: '1', status: 'RUNNING' } };
const server = selfSigned();
const client = selfSigned();
let folder: string;
let uri: string;
let listening: https.Server;
let seen: string[] = [];

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-tls-'));
  fs.writeFileSync(path.join(folder, 'server.pem'), server.cert);
  fs.writeFileSync(path.join(folder, 'client.pem'), client.cert + client.key);
  fs.writeFileSync(path.join(folder, 'other.pem'), client.cert);
  fs.writeFileSync(path.join(folder, 'empty.pem'), 'nothing');
  fs.mkdirSync(path.join(folder, 'authorities'));
  fs.writeFileSync(path.join(folder, 'authorities', 'a.pem'), client.cert);
  fs.writeFileSync(path.join(folder, 'authorities', 'b.pem'), server.cert);
  const options = { ...server, requestCert: true, rejectUnauthorized: false, ca: client.cert };
  listening = https.createServer(options, (request, response) => {
    const socket = request.socket as TLSSocket;
    seen.push(socket.authorized ? 'a client that is known' : 'anybody');
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ run: RUN }));
  });
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  uri = `https://127.0.0.1:${(listening.address() as AddressInfo).port}`;
});
afterAll(() => {
  listening.closeAllConnections();
  listening.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

async function withEnv<T>(env: Readonly<Record<string, string>>, work: (tracker: Tracker) => Promise<T>): Promise<T> {
  const tracker = await openRest(uri, { env, context: { cwd: folder } });
  try {
    return await work(tracker);
  } finally {
    await tracker.close();
  }
}

const getRun = (tracker: Tracker) => tracker.runs.get('r1');

describe('a server with a certificate of its own', () => {
  test('is not trusted, and the error says how it would be', async () => {
    seen = [];
    const error = await withEnv({}, tracker => errorOf(getRun(tracker)));
    expect(error).toMatchObject({ code: 'REMOTE_UNAVAILABLE', details: { uri } });
    expect(error.message).toContain('the certificate is not accepted');
    expect(error.hint).toContain('MLFLOW_TRACKING_SERVER_CERT_PATH');
    expect(seen).toEqual([]);
  });

  test('is trusted by its file, relative to the working folder', async () => {
    const env = { MLFLOW_TRACKING_SERVER_CERT_PATH: 'server.pem' };
    expect(await withEnv(env, getRun)).toMatchObject({ runId: 'r1' });
  });

  test('is trusted by a folder of files', async () => {
    const env = { MLFLOW_TRACKING_SERVER_CERT_PATH: path.join(folder, 'authorities') };
    expect(await withEnv(env, getRun)).toMatchObject({ runId: 'r1' });
  });

  test('is not trusted by the file of another one', async () => {
    const env = { MLFLOW_TRACKING_SERVER_CERT_PATH: 'other.pem' };
    expect((await withEnv(env, tracker => errorOf(getRun(tracker)))).code).toBe('REMOTE_UNAVAILABLE');
  });

  test('is trusted without a question where that is asked for', async () => {
    expect(await withEnv({ MLFLOW_TRACKING_INSECURE_TLS: 'true' }, getRun)).toMatchObject({ runId: 'r1' });
  });

  test('learns who asks from one file with certificate and key', async () => {
    seen = [];
    const env = { MLFLOW_TRACKING_SERVER_CERT_PATH: 'server.pem', MLFLOW_TRACKING_CLIENT_CERT_PATH: 'client.pem' };
    await withEnv(env, getRun);
    await withEnv({ MLFLOW_TRACKING_SERVER_CERT_PATH: 'server.pem' }, getRun);
    expect(seen).toEqual(['a client that is known', 'anybody']);
  });
});

test.each([
  [{ MLFLOW_TRACKING_SERVER_CERT_PATH: 'nobody.pem' }, 'MLFLOW_TRACKING_SERVER_CERT_PATH'],
  [{ MLFLOW_TRACKING_CLIENT_CERT_PATH: 'nobody.pem' }, 'MLFLOW_TRACKING_CLIENT_CERT_PATH'],
  [{ MLFLOW_TRACKING_SERVER_CERT_PATH: 'empty.pem' }, 'no certificate in PEM format'],
  [{ MLFLOW_TRACKING_SERVER_CERT_PATH: 'server.pem', MLFLOW_TRACKING_INSECURE_TLS: '1' }, 'exclude each other'],
])('%j is refused', async (env, words) => {
  const error = await errorOf(openRest(uri, { env, context: { cwd: folder } }));
  expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
  expect(error.message).toContain(words);
});

test('a name that the certificate was not made for is refused', async () => {
  const other = uri.replace('127.0.0.1', '127.0.0.2');
  const env = { MLFLOW_TRACKING_SERVER_CERT_PATH: 'server.pem' };
  listening.close();
  listening.listen(Number(new URL(uri).port), '0.0.0.0');
  const tracker = await openRest(other, { env, context: { cwd: folder } });
  const error = await errorOf(tracker.runs.get('r1'));
  expect(error.hint).toContain('use a host name that the certificate was made for');
  await tracker.close();
});

test('without TLS nothing is read that is about TLS', async () => {
  const env = { MLFLOW_TRACKING_SERVER_CERT_PATH: 'nobody.pem' };
  await (await openRest('http://localhost:1', { env })).close();
});
