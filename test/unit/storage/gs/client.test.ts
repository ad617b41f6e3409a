import type http from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SentopsError } from '../../../../src/lib/core/errors.ts';
import type { GsClient, GsRequest } from '../../../../src/lib/storage/gs/client.ts';
import { clientFor, listen, never, openWorld, tokens } from './gs-world.ts';

const get = (path: string, more: Partial<GsRequest> = {}): GsRequest => ({
  method: 'GET',
  path,
  again: 'always',
  signal: never,
  about: 'gs://data/x',
  ...more,
});

const post = (body: NonNullable<GsRequest['body']>, more: Partial<GsRequest> = {}) =>
  get('/x', { method: 'POST', body, ...more });

/** Tells back what arrived. */
async function echo(): Promise<GsClient> {
  const uri = await listen(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method, url, headers } = request;
    response.end(JSON.stringify({ method, url, headers, body: Buffer.concat(chunks).toString() }));
  });
  const client = clientFor(uri, { userProject: 'payer' });
  onTestFinished(() => client.close());
  return client;
}

interface Echo {
  readonly url: string;
  readonly body: string;
  readonly headers: http.IncomingHttpHeaders;
}

/** Answers by these, one for each request; the last one for all that follow. */
async function sequence(
  ...answers: readonly ((response: http.ServerResponse, request: http.IncomingMessage) => void)[]
) {
  let asked = 0;
  const uri = await listen((request, response) => {
    const answer = answers[Math.min(asked++, answers.length - 1)];
    request.resume().on('end', () => answer?.(response, request));
  });
  return { uri, asked: () => asked };
}

const status =
  (code: number, headers: Record<string, string> = {}) =>
  (response: http.ServerResponse) =>
    response.writeHead(code, headers).end('{}');
const ok = status(200);
const hangUp = (response: http.ServerResponse) => response.socket?.destroy();

describe('a request', () => {
  test('carries its query and who pays, each value escaped', async () => {
    const client = await echo();
    const { url } = (
      await client.request(get('/b/a%2Fb', { query: { q: 'a b&c', none: undefined, n: 0 } }))
    ).json() as Echo;
    expect(url).toBe('/b/a%2Fb?q=a%20b%26c&n=0&userProject=payer');
  });

  test.each([
    ['a text', 'grüße', 'grüße', '7'],
    ['bytes', Buffer.from('abc'), 'abc', '3'],
    ['a list of bytes', [Buffer.from('ab'), Buffer.alloc(0), Buffer.from('c')], 'abc', '3'],
    ['nothing', Buffer.alloc(0), '', '0'],
  ])('sends %s with its length', async (_title, body, text, length) => {
    const client = await echo();
    const seen = (await client.request(post(body))).json() as Echo;
    expect(seen.body).toBe(text);
    expect(seen.headers['content-length']).toBe(length);
  });

  test('streams a body of known length, and one of unknown length in pieces', async () => {
    const client = await echo();
    const open = async function* () {
      for (const text of ['a', 'b'.repeat(200_000), 'c']) yield Buffer.from(text);
    };
    const known = (await client.request(post({ bytes: 200_002, open }))).json() as Echo;
    const unknown = (await client.request(post({ bytes: null, open }))).json() as Echo;
    expect([known.headers['content-length'], unknown.headers['transfer-encoding']]).toEqual(['200002', 'chunked']);
    expect([known.body.length, unknown.body.length]).toEqual([200_002, 200_002]);
  });

  test('goes to an address that the server gave, as it is written there, at our endpoint only', async () => {
    const client = await echo();
    const { url } = (await client.request(get('http://0.0.0.0:1/upload?id=a%2Fb'))).json() as Echo;
    expect(url).toBe('/upload?id=a%2Fb');
    const google = clientFor('https://storage.googleapis.com');
    await expect(google.request(get('https://evil.example/upload'))).rejects.toMatchObject({ code: 'DATA_INVALID' });
  });

  test('a body that fails or has another length than promised ends the request, and nothing is sent again', async () => {
    let opened = 0;
    const { uri, asked } = await sequence(ok);
    const client = clientFor(uri);
    const failing = async function* () {
      opened++;
      yield Buffer.from('a');
      throw new SentopsError('NOT_FOUND', 'the file vanished');
    };
    await expect(client.request(post({ bytes: 2, open: failing }))).rejects.toMatchObject({
      message: 'the file vanished',
    });
    const short = async function* () {
      yield Buffer.from('a');
    };
    await expect(client.request(post({ bytes: 2, open: short }))).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: '1 bytes came to be sent instead of 2',
    });
    expect([opened, asked()]).toEqual([1, 0]);
  });

  test('a refusal that comes while the body is still being sent is told, and the body is not sent to its end', async () => {
    let sent = 0;
    const uri = await listen((_request, response) => response.writeHead(403).end('no'));
    const open = async function* () {
      for (; sent < 2000; sent++) yield Buffer.alloc(64 * 1024);
    };
    const client = clientFor(uri);
    await expect(client.request(post({ bytes: 2000 * 64 * 1024, open }))).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    expect(sent).toBeLessThan(2000);
  });
});

describe('trying again', () => {
  test.each([408, 429, 500, 502, 503, 504])('after %i', async code => {
    const { uri, asked } = await sequence(status(code), status(code), ok);
    const { attempt } = await clientFor(uri).request(get('/x'));
    expect([asked(), attempt]).toEqual([3, 2]);
  });

  test('after a connection that ended without an answer, and one that broke in the answer', async () => {
    const broken = (response: http.ServerResponse) => {
      response.writeHead(200, { 'content-length': '100' }).write('{');
      setTimeout(() => response.socket?.destroy(), 5);
    };
    const { uri, asked } = await sequence(hangUp, broken, ok);
    expect((await clientFor(uri).request(get('/x'))).json()).toEqual({});
    expect(asked()).toBe(3);
  });

  test('sends a streamed body anew, from its beginning', async () => {
    let opened = 0;
    const { uri } = await sequence(status(503), ok);
    const open = async function* () {
      opened++;
      yield Buffer.from('ab');
    };
    await clientFor(uri).request(post({ bytes: 2, open }));
    expect(opened).toBe(2);
  });

  test('ends after as many times as are allowed, with what the server said', async () => {
    const { uri, asked } = await sequence(status(503));
    await expect(clientFor(uri, { retries: 2 }).request(get('/x'))).rejects.toMatchObject({
      code: 'REMOTE_UNAVAILABLE',
      details: { status: 503, uri: 'gs://data/x' },
    });
    expect(asked()).toBe(3);
  });

  test('waits at least as long as the server asks', async () => {
    const { uri } = await sequence(status(503, { 'retry-after': '1' }), ok);
    const started = performance.now();
    await clientFor(uri).request(get('/x'));
    expect(performance.now() - started).toBeGreaterThanOrEqual(999);
  });

  test('is told: the first time in a whisper', async () => {
    const { server, client, notes } = await openWorld();
    server.put('gs://data/x', 'a');
    server.faults.add({ kind: 'status', status: 503, on: 'object.get', times: 2 });
    await client.request(get('/storage/v1/b/data/o/x'));
    expect(notes).toMatchObject([
      { type: 'note', level: 'debug', message: expect.stringContaining('trying again') },
      { type: 'note', level: 'warn' },
    ]);
  });

  test.each([
    ['undone', 503, 1],
    ['undone', 429, 2],
    ['never', 429, 1],
    ['never', 503, 1],
  ] as const)('%s: after %i it is sent %i time(s)', async (again, code, times) => {
    const { uri, asked } = await sequence(status(code), ok);
    await clientFor(uri)
      .request(post('x', { again }))
      .catch((error: unknown) => expect(error).toMatchObject({ code: 'REMOTE_UNAVAILABLE' }));
    expect(asked()).toBe(times);
  });

  test('what may not happen twice is not sent again after a connection that broke', async () => {
    const { uri, asked } = await sequence(hangUp, ok);
    await expect(clientFor(uri).request(post('x', { again: 'undone' }))).rejects.toMatchObject({
      code: 'REMOTE_UNAVAILABLE',
      hint: expect.stringContaining('STORAGE_EMULATOR_HOST'),
    });
    expect(asked()).toBe(1);
  });

  test('is soon given up where nothing listens', async () => {
    const { uri } = await sequence(ok);
    const port = Number(new URL(uri).port);
    const client = clientFor(`http://127.0.0.1:${port === 1 ? 2 : 1}`);
    await expect(client.request(get('/x'))).rejects.toMatchObject({
      code: 'REMOTE_UNAVAILABLE',
      message: expect.stringMatching(/cannot be reached: .*ECONNREFUSED/),
    });
  });

  test('a refusal is no reason to', async () => {
    const { uri, asked } = await sequence(status(404), ok);
    await expect(clientFor(uri).request(get('/x'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(asked()).toBe(1);
  });

  test('a status that is expected is an answer', async () => {
    const { uri, asked } = await sequence(status(503));
    expect((await clientFor(uri).request(get('/x', { expect: [503] }))).status).toBe(503);
    expect(asked()).toBe(1);
  });
});

describe('connections', () => {
  test('are kept and used again', async () => {
    const ports = new Set<number | undefined>();
    const { uri } = await sequence((response, request) => {
      ports.add(request.socket.remotePort);
      ok(response);
    });
    const client = clientFor(uri);
    for (let time = 0; time < 5; time++) await client.request(get('/x'));
    expect(ports.size).toBe(1);
    client.close();
  });

  test('one that the server closes at the next request is replaced at once, and counts as no failure', async () => {
    const used = new WeakMap<object, number>();
    const uri = await listen((request, response) => {
      const times = (used.get(request.socket) ?? 0) + 1;
      used.set(request.socket, times);
      if (times > 1) request.socket.destroy();
      else response.end('{}');
    });
    const client = clientFor(uri, { retries: 0 });
    for (let time = 0; time < 4; time++) expect((await client.request(get('/x'))).status).toBe(200);
    client.close();
  });

  test('go through a proxy, but for a server of this machine', async () => {
    const seen: string[] = [];
    const proxy = await listen((request, response) => {
      seen.push(request.url ?? '');
      response.end('{}');
    });
    const { uri, asked } = await sequence(ok);
    await clientFor('http://storage.example:4443', { env: { HTTP_PROXY: proxy } }).request(get('/x'));
    await clientFor(uri, { env: { HTTP_PROXY: proxy } }).request(get('/y'));
    expect([seen, asked()]).toEqual([['http://storage.example:4443/x'], 1]);
  });

  test('silence is ended and tried again', async () => {
    const { uri, asked } = await sequence(() => {}, ok);
    expect((await clientFor(uri, { silenceMs: 60 }).request(get('/x'))).attempt).toBe(1);
    expect(asked()).toBe(2);
  });

  test('an abort ends what is on its way, with its reason', async () => {
    const abort = new AbortController();
    const uri = await listen(() => abort.abort(new SentopsError('INTERRUPTED')));
    await expect(clientFor(uri).request(get('/x', { signal: abort.signal }))).rejects.toMatchObject({
      code: 'INTERRUPTED',
    });
  });

  test('an abort ends the wait before the next attempt', async () => {
    const abort = new AbortController();
    const { uri } = await sequence(response => {
      status(503, { 'retry-after': '60' })(response);
      setTimeout(() => abort.abort(new SentopsError('INTERRUPTED')), 30);
    });
    await expect(clientFor(uri).request(get('/x', { signal: abort.signal }))).rejects.toMatchObject({
      code: 'INTERRUPTED',
    });
  });
});

describe('credentials', () => {
  test('go along with every request, and are asked for once', async () => {
    const credentials = tokens('first');
    const { server, client } = await openWorld({ tokens: ['first'] }, { credentials });
    server.put('gs://data/x', 'a');
    for (let time = 0; time < 3; time++) await client.request(get('/storage/v1/b/data/o/x'));
    expect(credentials.asked()).toBe(1);
  });

  test('a token that has ended is replaced once', async () => {
    const credentials = tokens('old', 'new');
    const { server, client } = await openWorld({ tokens: ['new'] }, { credentials, retries: 0 });
    server.put('gs://data/x', 'a');
    expect((await client.request(get('/storage/v1/b/data/o/x'))).status).toBe(200);
    expect([credentials.asked(), server.counts.requests('object.get')]).toEqual([2, 2]);
  });

  test('one that is refused again means AUTH_FAILED, with who it was and how to sign in', async () => {
    const credentials = tokens('old', 'older', 'oldest');
    const { server, client } = await openWorld({ tokens: ['new'] }, { credentials });
    await expect(client.request(get('/storage/v1/b/data/o/x'))).rejects.toMatchObject({
      code: 'AUTH_FAILED',
      message: expect.stringContaining('the token of the tester was refused'),
      hint: expect.stringContaining('gcloud auth application-default login'),
    });
    expect(server.counts.requests('object.get')).toBe(2);
  });

  test('a body that can be read once only is not sent again with the new token', async () => {
    const { server, client } = await openWorld({ tokens: ['new'] }, { credentials: tokens('old', 'new') });
    const wanted = { path: '/storage/v1/b/data/o/x', again: 'never' } as const;
    await expect(client.request(post('{}', wanted))).rejects.toMatchObject({
      code: 'AUTH_FAILED',
      hint: 'run the command again',
    });
    expect(server.counts.records).toHaveLength(1);
  });

  test('the project that is billed is told', async () => {
    const uri = await listen((request, response) => response.end(JSON.stringify(request.headers)));
    const client = clientFor(uri, { credentials: { ...tokens('t'), quotaProject: 'billed' } });
    expect((await client.request(get('/x'))).json()).toMatchObject({
      authorization: 'Bearer t',
      'x-goog-user-project': 'billed',
    });
  });
});

describe('what comes back', () => {
  test('is no JSON where something else than Cloud Storage listens', async () => {
    const uri = await listen((_request, response) => response.end('<html>'));
    const reply = await clientFor(uri).request(get('/x'));
    expect(() => reply.json()).toThrow(
      expect.objectContaining({ code: 'REMOTE_UNAVAILABLE', hint: expect.stringContaining('STORAGE_EMULATOR_HOST') }),
    );
  });

  test('nothing at all reads as an empty object', async () => {
    const { uri } = await sequence(response => response.writeHead(204).end());
    const reply = await clientFor(uri).request(get('/x', { method: 'DELETE' }));
    expect([reply.status, reply.json()]).toEqual([204, {}]);
  });
});
