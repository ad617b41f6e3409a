import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { ReportEvent } from '../../../../src/lib/core/report.ts';
import { errorOf, openRest, sendError, sendJson, sendText, standIn, withRest } from './stand-in.ts';

const RUN = { info: { run_id: 'r1', experiment_id: '1', status: 'RUNNING' }, data: {} };

/** A server of raw bytes. */
async function withRaw<T>(talk: (socket: net.Socket) => void, work: (port: number) => Promise<T>): Promise<T> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer(socket => {
    sockets.add(socket);
    socket.on('error', () => {});
    talk(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await work((server.address() as AddressInfo).port);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

describe('a server that does not answer', () => {
  test('is down: the address is named, at once', async () => {
    const server = await standIn(() => ({}));
    await server.close();
    const tracker = await openRest(server.uri, { env: { MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR: '100' } });
    const error = await errorOf(tracker.runs.get('r1'));
    expect(error).toMatchObject({ code: 'REMOTE_UNAVAILABLE', details: { cause: 'ECONNREFUSED', uri: server.uri } });
    expect(error.message).toContain(`nothing listens at 127.0.0.1:${server.port}`);
  });

  test('has a name that nobody knows', async () => {
    const tracker = await openRest('http://nobody.invalid:5000');
    const error = await errorOf(tracker.runs.get('r1'));
    expect(error.code).toBe('REMOTE_UNAVAILABLE');
    expect(error.message).toContain('the host name of http://nobody.invalid:5000 is not known');
  });

  test('is slow: TIMEOUT with the address and the path, and no second try', async () => {
    await withRest(
      () => undefined,
      async (tracker, server) => {
        const error = await errorOf(tracker.runs.get('r1'));
        expect(error).toMatchObject({ code: 'TIMEOUT', exit: 7 });
        expect(error.message).toBe(`${server.uri} did not answer /api/2.0/mlflow/runs/get for 0.2 s`);
        expect(server.requests).toHaveLength(1);
      },
      { env: { MLFLOW_HTTP_REQUEST_TIMEOUT: '0.2' } },
    );
  });

  test('stops in the middle of an answer and keeps the line: TIMEOUT', async () => {
    await withRest(
      (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{"run":'),
      async tracker => expect((await errorOf(tracker.runs.get('r1'))).code).toBe('TIMEOUT'),
      { env: { MLFLOW_HTTP_REQUEST_TIMEOUT: '0.2' } },
    );
  });

  test('is waited for no longer than the signal allows', async () => {
    const stop = new AbortController();
    await withRest(
      () => setTimeout(() => stop.abort(new Error('Ctrl-C')), 50) && undefined,
      async tracker => await expect(tracker.runs.get('r1')).rejects.toThrow('Ctrl-C'),
      { context: { signal: stop.signal } },
    );
  });

  test('is not asked at all once the signal is aborted', async () => {
    await withRest(
      () => ({}),
      async (tracker, { requests }) => {
        await expect(tracker.runs.get('r1')).rejects.toThrow('before');
        expect(requests).toHaveLength(0);
      },
      { context: { signal: AbortSignal.abort(new Error('before')) } },
    );
  });
});

describe('a server that dies in the middle', () => {
  const dieInBody = (response: import('node:http').ServerResponse) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"run":', () => response.destroy());
  };

  test('is asked again when the call can be repeated', async () => {
    await withRest(
      (_, response, index) => (index < 2 ? dieInBody(response) : { run: RUN }),
      async (tracker, { requests }) => {
        expect(await tracker.runs.get('r1')).toMatchObject({ runId: 'r1' });
        expect(requests).toHaveLength(3);
      },
    );
  });

  test('is given up after as many tries as the environment says, and who waits is told', async () => {
    const notes: string[] = [];
    const report = (event: ReportEvent) => {
      if (event.type === 'note') notes.push(`${event.level} ${event.message}`);
    };
    await withRest(
      (_, response) => response.destroy() && undefined,
      async (tracker, { requests, uri }) => {
        const error = await errorOf(tracker.runs.get('r1'));
        expect(error.code).toBe('REMOTE_UNAVAILABLE');
        expect(error.message).toContain(`the connection to ${uri} broke`);
        expect(requests).toHaveLength(3);
        expect(notes.map(note => note.replace(uri, '').split(' ')[0])).toEqual(['info', 'warn']);
        expect(notes[0]).toContain('trying again');
      },
      { env: { MLFLOW_HTTP_REQUEST_MAX_RETRIES: '2' }, context: { report } },
    );
  });

  test.each(['delete', 'restore'] as const)('an experiment is not %sd twice', async verb => {
    await withRest(
      (_, response) => response.destroy() && undefined,
      async (tracker, { requests }) => {
        expect((await errorOf(tracker.experiments[verb]('1'))).code).toBe('REMOTE_UNAVAILABLE');
        expect(requests).toHaveLength(1);
      },
    );
  });

  test('is waited for when it had answered before: it may be starting again', async () => {
    const first = await standIn(() => ({ run: RUN }));
    const tracker = await openRest(first.uri, { env: { MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR: '0.1' } });
    await tracker.runs.get('r1');
    await first.close();
    const wait = tracker.runs.get('r1');
    const second = net.createServer(socket => {
      const body = JSON.stringify({ run: RUN });
      socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`));
    });
    setTimeout(() => second.listen(first.port, '127.0.0.1'), 250);
    expect(await wait).toMatchObject({ runId: 'r1' });
    await tracker.close();
    second.close();
  });
});

describe('a server with too much to do', () => {
  test('says when it wants to be asked again, and is', async () => {
    const start = performance.now();
    await withRest(
      (_, response, index) => {
        if (index === 0) return void response.writeHead(429, { 'retry-after': '1' }).end('slow down');
        return { run: RUN };
      },
      async tracker => expect(await tracker.runs.get('r1')).toMatchObject({ runId: 'r1' }),
    );
    expect(performance.now() - start).toBeGreaterThan(900);
  });

  test('may name a date', async () => {
    await withRest(
      (_, response, index) => {
        if (index > 0) return { run: RUN };
        return void response.writeHead(503, { 'retry-after': new Date(Date.now() - 5000).toUTCString() }).end();
      },
      async tracker => expect(await tracker.runs.get('r1')).toMatchObject({ runId: 'r1' }),
    );
  });

  test('gets no more patience than two minutes', async () => {
    await withRest(
      (_, response) => void response.writeHead(429, { 'retry-after': '3600' }).end(),
      async (tracker, { requests }) => {
        expect((await errorOf(tracker.runs.get('r1'))).code).toBe('REMOTE_UNAVAILABLE');
        expect(requests).toHaveLength(1);
      },
    );
  });

  test('a refusal of 429 was not carried out: even a deletion is sent again', async () => {
    await withRest(
      (_, response, index) => (index === 0 ? void response.writeHead(429).end() : {}),
      async (tracker, { requests }) => {
        await tracker.experiments.delete('1');
        expect(requests).toHaveLength(2);
      },
    );
  });

  test.each([408, 500, 502, 503, 504])('HTTP %i is tried again where that does no harm', async status => {
    await withRest(
      (_, response, index) => (index < 2 ? sendText(response, status, 'text/plain', 'later') : { run: RUN }),
      async (tracker, { requests }) => {
        await tracker.runs.get('r1');
        expect(requests).toHaveLength(3);
      },
    );
  });

  test('an error that MLflow itself names is tried once more, not for half a minute', async () => {
    await withRest(
      (_, response) => sendError(response, 500, 'INTERNAL_ERROR', 'it broke\nSELECT secret_column'),
      async (tracker, { requests }) => {
        const error = await errorOf(tracker.runs.get('r1'));
        expect(error).toMatchObject({
          code: 'REMOTE_UNAVAILABLE',
          details: { errorCode: 'INTERNAL_ERROR', status: 500 },
        });
        expect(error.message).not.toContain('SELECT');
        expect(requests).toHaveLength(2);
      },
    );
  });

  test('a database that is busy is the fault of nobody, though MLflow calls it a bad request', async () => {
    await withRest(
      (_, response, index) =>
        index === 0
          ? sendError(response, 400, 'BAD_REQUEST', 'QueuePool limit of size 5 overflow 10 reached, timeout 30.00')
          : { run: RUN },
      async tracker => expect(await tracker.runs.get('r1')).toMatchObject({ runId: 'r1' }),
    );
  });

  test('is never asked for more than ten things at once', async () => {
    let most = 0;
    let now = 0;
    await withRest(
      async () => {
        now += 1;
        most = Math.max(most, now);
        await new Promise(resolve => setTimeout(resolve, 5));
        now -= 1;
        return { run: RUN };
      },
      async tracker => {
        const reads = Array.from({ length: 40 }, () => tracker.runs.get('r1'));
        const creations = Array.from({ length: 40 }, () => tracker.runs.create({ experimentId: '1' }));
        await Promise.all([...reads, ...creations]);
        expect(most).toBeLessThanOrEqual(10);
        expect(most).toBeGreaterThan(2);
      },
    );
  });

  test('Ctrl-C ends the waiting', async () => {
    const stop = new AbortController();
    await withRest(
      (_, response) => void response.writeHead(503, { 'retry-after': '60' }).end(),
      async tracker => {
        const wait = tracker.runs.get('r1');
        setTimeout(() => stop.abort(new Error('Ctrl-C')), 100);
        await expect(wait).rejects.toThrow('Ctrl-C');
      },
      { context: { signal: stop.signal } },
    );
  });
});

describe('what is no MLflow server', () => {
  test('answers with a web page', async () => {
    await withRest(
      (_, response) => sendText(response, 200, 'text/html', '<!doctype html><h1>Welcome to nginx!</h1>'),
      async (tracker, { uri }) => {
        const error = await errorOf(tracker.runs.get('r1'));
        expect(error.code).toBe('REMOTE_UNAVAILABLE');
        expect(error.message).toBe(`${uri} answers with a web page: that is no MLflow server`);
      },
    );
  });

  test.each(['not json', '[1,2]', '"text"', '{"run": {'])('answers %s', async text => {
    await withRest(
      (_, response) => sendText(response, 200, 'application/json', text),
      async tracker => {
        const error = await errorOf(tracker.runs.get('r1'));
        expect(error.code).toBe('REMOTE_UNAVAILABLE');
        expect(error.message).toContain('is no JSON object');
      },
    );
  });

  test.each([
    [{ run: { info: { run_id: 7 } } }, 'answer.run.info.run_id has to be a text; it is 7'],
    [{ run: { info: { run_id: 'a', experiment_id: '1', status: 'DONE' } } }, 'answer.run.info.status has to be one of'],
    [{ run: [] }, 'answer.run has to be an object'],
  ])('answers JSON of another shape: %j', async (value, message) => {
    await withRest(
      () => value,
      async (tracker, { uri }) => {
        const error = await errorOf(tracker.runs.get('r1'));
        expect(error).toMatchObject({ code: 'DATA_INVALID', details: { uri } });
        expect(error.message).toContain(message);
      },
    );
  });

  test('has no such path: a hint says that the address may need one', async () => {
    await withRest(
      (_, response) => sendText(response, 404, 'text/html', '<html>Not Found</html>'),
      async tracker => {
        const error = await errorOf(tracker.runs.get('r1'));
        expect(error).toMatchObject({ code: 'REMOTE_UNAVAILABLE', details: { status: 404 } });
        expect(error.hint).toContain('does its address need a path');
      },
    );
  });

  test('does not speak HTTP', async () => {
    await withRaw(
      socket => socket.end('SSH-2.0-OpenSSH_9.2p1\r\n'),
      async port => {
        const tracker = await openRest(`http://127.0.0.1:${port}`);
        expect((await errorOf(tracker.runs.get('r1'))).message).toContain('does not speak HTTP');
      },
    );
  });

  test('does not speak TLS', async () => {
    const server = await standIn(() => ({}));
    const tracker = await openRest(server.uri.replace('http:', 'https:'));
    const error = await errorOf(tracker.runs.get('r1'));
    expect(error.message).toContain('does not speak TLS');
    expect(error.hint).toContain('http://');
    await server.close();
  });
});

test('the address may have a path, which every request keeps', async () => {
  const server = await standIn(() => ({ run: RUN }));
  const tracker = await openRest(`${server.uri}/team/mlflow/`);
  await tracker.runs.get('r1');
  expect(server.requests.map(({ path }) => path)).toEqual(['/team/mlflow/api/2.0/mlflow/runs/get']);
  await tracker.close();
  await server.close();
});

test('connections are kept for the next call', async () => {
  const ports = new Set<number | undefined>();
  await withRest(
    (_, response) => {
      ports.add(response.socket?.remotePort);
      sendJson(response, 200, { run: RUN });
    },
    async tracker => {
      for (let index = 0; index < 4; index++) await tracker.runs.get('r1');
      expect(ports.size).toBe(1);
    },
  );
});

test('a call that must not be made twice has a connection of its own: an old one may just be closing', async () => {
  const ports: (number | undefined)[] = [];
  await withRest(
    (_, response) => {
      ports.push(response.socket?.remotePort);
      sendJson(response, 200, { run: RUN });
    },
    async tracker => {
      await tracker.runs.get('r1');
      await tracker.experiments.delete('1');
      await tracker.runs.get('r1');
      expect(ports[1]).not.toBe(ports[0]);
      expect(ports[2]).toBe(ports[0]);
    },
  );
});

test.each([
  ['MLFLOW_HTTP_REQUEST_TIMEOUT', 'soon'],
  ['MLFLOW_HTTP_REQUEST_MAX_RETRIES', '-1'],
])('%s=%s is refused', async (name, value) => {
  expect((await errorOf(openRest('http://localhost:1', { env: { [name]: value } }))).message).toContain(name);
});

test('a proxy that the environment names is asked for the server, and not for what it excepts', async () => {
  const proxy = await standIn(() => ({ run: RUN }));
  const env = { http_proxy: proxy.uri, no_proxy: '127.0.0.1' };
  const tracker = await openRest('http://mlflow.invalid:5000', { env });
  expect(await tracker.runs.get('r1')).toMatchObject({ runId: 'r1' });
  expect(proxy.requests[0]?.headers.host).toBe('mlflow.invalid:5000');
  await tracker.close();
  await withRest(
    () => ({ run: RUN }),
    async (direct, { requests }) => {
      await direct.runs.get('r1');
      expect([requests.length, proxy.requests.length]).toEqual([1, 1]);
    },
    { env },
  );
  await proxy.close();
});
