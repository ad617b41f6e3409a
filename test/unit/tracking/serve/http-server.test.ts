import fs from 'node:fs';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SentopsError } from '../../../../src/lib/core/errors.ts';
import type { Tracker } from '../../../../src/lib/tracking/types.ts';
import { type StoreServer, startStoreServer } from '../../../helpers/store-server.ts';

/** A store whose answer to `runs.get` is up to the test. */
function withRuns(get: () => Promise<never>): (tracker: Tracker) => Tracker {
  return tracker => ({ ...tracker, runs: { ...tracker.runs, get } });
}

describe('what the store throws', () => {
  let store: StoreServer;
  let error: unknown;
  beforeAll(async () => {
    store = await startStoreServer({ wrap: withRuns(() => Promise.reject(error)) });
  });
  afterAll(() => store.stop());
  const answerTo = async (thrown: unknown) => {
    error = thrown;
    return store.call('GET', 'runs/get', { run_id: 'x' });
  };

  test.each([
    ['FLAG_INVALID', {}, 400, 'INVALID_PARAMETER_VALUE'],
    ['NOT_FOUND', {}, 404, 'RESOURCE_DOES_NOT_EXIST'],
    ['CONFLICT', {}, 400, 'RESOURCE_ALREADY_EXISTS'],
    ['FLAG_INVALID', { errorCode: 'BAD_REQUEST' }, 400, 'BAD_REQUEST'],
    ['LOCKED', {}, 503, 'TEMPORARILY_UNAVAILABLE'],
    ['NOT_WRITABLE', {}, 403, 'PERMISSION_DENIED'],
    ['DISK_FULL', {}, 507, 'INTERNAL_ERROR'],
    ['NOT_FOUND', { errorCode: 'no code of MLflow' }, 404, 'RESOURCE_DOES_NOT_EXIST'],
  ] as const)('%s %o becomes %i %s with its message', async (code, details, status, named) => {
    const answer = await answerTo(new SentopsError(code, 'what and where', { details }));
    expect([answer.status, answer.json]).toEqual([status, { error_code: named, message: 'what and where' }]);
  });

  test.each([
    [{ key: 'p', errorCode: 'INVALID_PARAMETER_VALUE' }, 'Changing param values is not allowed: what and where'],
    [{ errorCode: 'INVALID_PARAMETER_VALUE' }, "what and where; it must be in the 'active' state"],
    [{ errorCode: 'INVALID_STATE' }, "what and where; it must be in the 'active' state"],
  ])(
    'a conflict %o is told in the words by which clients know it, and is not tried again',
    async (details, message) => {
      const answer = await answerTo(new SentopsError('CONFLICT', 'what and where', { details }));
      expect([answer.status, answer.json]).toEqual([400, { error_code: details.errorCode, message }]);
    },
  );

  test('what nobody foresaw is 500, says nothing of itself, and is told to the log', async () => {
    const answer = await answerTo(new TypeError('undefined is not a secret'));
    expect([answer.status, answer.json.error_code]).toEqual([500, 'INTERNAL_ERROR']);
    expect(JSON.stringify(answer.json)).not.toContain('secret');
    const told = store.events.flatMap(event => (event.type === 'note' && event.level === 'error' ? event.message : []));
    expect(told.at(-1)).toBe('GET /api/2.0/mlflow/runs/get failed: undefined is not a secret');
  });

  test('every request is told to the log, without its query', async () => {
    await store.call('GET', 'experiments/get', { experiment_id: '0' });
    await expect
      .poll(() => store.events.at(-1))
      .toMatchObject({
        level: 'debug',
        data: { method: 'GET', path: '/api/2.0/mlflow/experiments/get', status: 200, client: '127.0.0.1' },
      });
    expect(JSON.stringify(store.events)).not.toContain('experiment_id=0');
  });
});

describe('the end of a server', () => {
  test('a request that is under way is answered, an idle connection is closed, a new one is not taken', async () => {
    const { promise, reject } = Promise.withResolvers<never>();
    const asked = Promise.withResolvers<void>();
    const wrap = withRuns(() => {
      asked.resolve();
      return promise;
    });
    const store = await startStoreServer({ wrap });
    await store.call('GET', 'experiments/get', { experiment_id: '0' });
    const answer = store.call('GET', 'runs/get', { run_id: 'x' });
    await asked.promise;
    const stopped = store.server.stop(10_000);
    await expect.poll(() => canConnect(store.port)).toBe(false);
    reject(new SentopsError('NOT_FOUND', 'late'));
    expect((await answer).json.message).toBe('late');
    expect((await answer).headers.get('connection')).toBe('close');
    expect(await stopped).toBe(0);
    expect(store.server.answered).toBe(2);
    await store.stop();
  });

  test('a request that comes late over a connection that is there is the last one of it', async () => {
    const gate = Promise.withResolvers<never>();
    const asked = Promise.withResolvers<void>();
    const store = await startStoreServer({
      wrap: tracker => ({
        ...tracker,
        artifacts: {
          ...tracker.artifacts,
          async *read() {
            yield Buffer.from('first');
            asked.resolve();
            await gate.promise.catch(() => {});
          },
        },
      }),
    });
    const experimentId = await store.tracker.experiments.create({ name: 'bucket', artifactLocation: 'gs://bucket' });
    const { runId } = await store.tracker.runs.create({ experimentId });
    const socket = net.connect(store.port, '127.0.0.1');
    let got = '';
    socket.setEncoding('latin1').on('data', part => {
      got += part;
    });
    const closed = new Promise(resolve => socket.on('close', resolve));
    socket.write(`GET /get-artifact?run_id=${runId}&path=a HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await asked.promise;
    const stopped = store.server.stop(10_000);
    socket.write('GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n');
    // It has to be there before the first one ends: then it waits for its turn.
    await expect.poll(() => store.server.answered).toBe(1);
    gate.reject(new Error('goes on'));
    await closed;
    expect(got).toMatch(/first.*HTTP\/1\.1 200 OK\r\nconnection: close\r\n.*3\.\d+\.\d+$/is);
    expect(await stopped).toBe(0);
    await store.stop();
  });

  test('what does not end in time is cut off and counted', async () => {
    const asked = Promise.withResolvers<void>();
    const wrap = withRuns(() => {
      asked.resolve();
      return new Promise<never>(() => {});
    });
    const store = await startStoreServer({ wrap });
    const answer = store.call('GET', 'runs/get', { run_id: 'x' });
    const failed = expect(answer).rejects.toThrow();
    await asked.promise;
    expect(await store.server.stop(50)).toBe(1);
    await failed;
    await store.stop();
  });
});

test('an upload that is cut off at the end leaves nothing half-written', async () => {
  const store = await startStoreServer();
  const files = () => fs.readdirSync(store.artifacts, { recursive: true }).map(String);
  const head =
    'PUT /api/2.0/mlflow-artifacts/artifacts/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\nhalf';
  const answer = store.raw(head);
  await expect.poll(() => fs.existsSync(store.artifacts) && files().some(name => name.endsWith('.tmp'))).toBe(true);
  expect(await store.server.stop(20)).toBe(1);
  expect(files()).toEqual([]);
  expect(await answer).toBe('');
  await store.stop();
});

function canConnect(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

describe('connections', () => {
  test('one that says nothing more for the time allowed is closed', async () => {
    const store = await startStoreServer({ limits: { idleMs: 100 } });
    const answer = await store.raw(
      'PUT /api/2.0/mlflow-artifacts/artifacts/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhalf',
    );
    expect(answer).toBe('');
    await store.stop();
  });

  test('several requests go over one, in their order', async () => {
    const store = await startStoreServer();
    const ask = (id: number, end = '') =>
      `GET /api/2.0/mlflow/experiments/get?experiment_id=${id} HTTP/1.1\r\nHost: localhost\r\n${end}\r\n`;
    const answer = await store.raw(ask(0) + ask(7) + ask(0, 'Connection: close\r\n'));
    expect([...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual(['200', '404', '200']);
    await store.stop();
  });

  test('rubbish is answered with 400, and the server goes on', async () => {
    const store = await startStoreServer();
    expect(await store.raw('\u0016\u0003\u0001 this is no HTTP\r\n\r\n')).toMatch(/^HTTP\/1\.1 400/);
    expect(await store.raw(`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431/,
    );
    expect((await store.call('GET', 'experiments/get', { experiment_id: '0' })).status).toBe(200);
    await store.stop();
  });
});
