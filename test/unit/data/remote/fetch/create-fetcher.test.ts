import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SentopsError } from '../../../../../src/lib/core/errors.ts';
import { readStart } from '../../../../../src/lib/data/remote/fetch/read-chunks.ts';
import { selfSigned } from '../../../../helpers/self-signed.ts';
import { createWorld, failureOf, neverAborted, serve, type World } from '../web.ts';

function ask({ fetcher }: World, url: string, signal = neverAborted()) {
  return fetcher.open({ url: new URL(url), signal });
}

async function listen(server: net.Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

describe('what another attempt may mend', () => {
  test.each([408, 425, 429, 500, 502, 503, 504])('HTTP %i is tried again', async status => {
    const web = await serve((_, response, index) => response.writeHead(index < 2 ? status : 200).end('here'));
    const world = createWorld();
    const answer = await ask(world, `${web.url}/file`);
    expect((await readStart(answer.body, 10, 1000, neverAborted())).toString()).toBe('here');
    expect(world.notes).toHaveLength(2);
    expect(world.notes[0]).toContain('; trying again');
  });

  test.each([400, 401, 403, 404, 410, 416, 501])('HTTP %i is not', async status => {
    const web = await serve((_, response) => response.writeHead(status).end());
    expect((await ask(createWorld(), web.url)).status).toBe(status);
    expect(web.got).toHaveLength(1);
  });

  test('a broken connection is', async () => {
    const web = await serve((_, response, index) => (index === 0 ? response.destroy() : response.end('here')));
    expect((await ask(createWorld(), web.url)).status).toBe(200);
  });

  test('it is given up after so many times, and the message says what the server said', async () => {
    const web = await serve((_, response) => response.writeHead(503).end('down for maintenance'));
    const error = await failureOf(ask(createWorld({}, { retries: 2 }), `${web.url}/f?signature=s`));
    expect(error).toMatchObject({ code: 'REMOTE_UNAVAILABLE', message: `${web.url}/f answered HTTP 503` });
    expect(web.got).toHaveLength(3);
  });

  test('a server that asks for patience gets it', async () => {
    const web = await serve((_, response, index) =>
      index === 0 ? response.writeHead(429, { 'retry-after': '1' }).end() : response.end('here'),
    );
    const world = createWorld();
    await ask(world, web.url);
    expect(world.notes).toEqual([
      `info: ${new URL(web.url).host} limits how often it may be asked (HTTP 429); it asks to wait 1 s; trying again in 1 s`,
    ]);
  });

  test('one that asks for hours does not, and the hours are told', async () => {
    const web = await serve((_, response) => response.writeHead(429, { 'retry-after': '7200' }).end());
    const error = await failureOf(ask(createWorld(), web.url));
    expect(error).toMatchObject({ code: 'REMOTE_UNAVAILABLE', details: { status: 429, retryAfterSeconds: 7200 } });
    expect(web.got).toHaveLength(1);
  });

  test('an abort ends the waiting with its own reason', async () => {
    const web = await serve((_, response) => response.writeHead(503, { 'retry-after': '60' }).end());
    const abort = new AbortController();
    const reason = new Error('Ctrl-C');
    setTimeout(() => abort.abort(reason), 50);
    await expect(ask(createWorld(), web.url, abort.signal)).rejects.toBe(reason);
  });

  test('an abort while nobody answers does so too', async () => {
    const web = await serve(() => {});
    const abort = new AbortController();
    const reason = new Error('Ctrl-C');
    setTimeout(() => abort.abort(reason), 50);
    await expect(ask(createWorld(), web.url, abort.signal)).rejects.toBe(reason);
  });
});

describe('no answer at all', () => {
  test('nobody listens: said at once, for an address that never answered', async () => {
    const world = createWorld();
    const free = net.createServer();
    const port = await listen(free);
    free.close();
    const error = await failureOf(ask(world, `http://127.0.0.1:${port}/x`));
    expect(error).toMatchObject({ code: 'REMOTE_UNAVAILABLE', message: `nothing listens at 127.0.0.1:${port}` });
    expect(world.notes).toEqual([]);
  });

  test('an unknown name', async () => {
    const error = await failureOf(ask(createWorld(), 'http://nowhere.invalid/x'));
    expect(error.message).toBe('the host name nowhere.invalid is not known');
    expect(error.hint).toContain('HTTPS_PROXY');
  });

  test('a server that says nothing is given up, and asked again', async () => {
    const web = await serve((_, response, index) => (index === 0 ? undefined : response.end('here')));
    const world = createWorld({}, { silenceMs: 500, retries: 20 });
    expect((await ask(world, web.url)).status).toBe(200);
    expect(world.notes[0]).toBe(`info: ${web.url} stopped sending; trying again`);
  });

  test('a certificate that nobody vouches for', async () => {
    const port = await listen(https.createServer(selfSigned(), (_, response) => response.end('secret')));
    const error = await failureOf(ask(createWorld(), `https://127.0.0.1:${port}/x`));
    expect(error.message).toContain('the certificate is not accepted');
    expect(error.hint).toContain('NODE_EXTRA_CA_CERTS');
  });

  test('TLS where there is none', async () => {
    const web = await serve((_, response) => response.end());
    const error = await failureOf(ask(createWorld(), web.url.replace('http:', 'https:')));
    expect(error).toMatchObject({ code: 'REMOTE_UNAVAILABLE', hint: 'check the port, and http:// against https://' });
  });

  test('something that is no HTTP', async () => {
    const port = await listen(net.createServer(socket => socket.end('220 mail.test ESMTP\r\n')));
    const error = await failureOf(ask(createWorld(), `http://127.0.0.1:${port}/`));
    expect(error.message).toBe(`http://127.0.0.1:${port} does not speak HTTP`);
  });
});

describe('proxies of the environment', () => {
  interface Proxied {
    readonly url: string;
    readonly asked: string[];
  }
  /** Passes plain requests on as text, and answers CONNECT as it is told. */
  async function proxy(connect: string): Promise<Proxied> {
    const asked: string[] = [];
    const server = http.createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim());
      response.end('by proxy');
    });
    server.on('connect', (request: http.IncomingMessage, socket: net.Socket) => {
      asked.push(`CONNECT ${request.url}`);
      socket.end(connect);
    });
    const port = await listen(server);
    return { url: `127.0.0.1:${port}`, asked };
  }

  test('are asked for http, with their user and password', async () => {
    const { url, asked } = await proxy('');
    const answer = await ask(createWorld({ http_proxy: `http://us%40er:pass@${url}` }), 'http://data.test/file?a=1');
    expect((await readStart(answer.body, 100, 1000, neverAborted())).toString()).toBe('by proxy');
    expect(asked).toEqual([`GET http://data.test/file?a=1 Basic ${Buffer.from('us@er:pass').toString('base64')}`]);
  });

  test('are not asked for what NO_PROXY names', async () => {
    const { url, asked } = await proxy('');
    const web = await serve((_, response) => response.end('straight'));
    const answer = await ask(createWorld({ HTTP_PROXY: `http://${url}`, NO_PROXY: '127.0.0.1' }), web.url);
    expect((await readStart(answer.body, 100, 1000, neverAborted())).toString()).toBe('straight');
    expect(asked).toEqual([]);
  });

  test('lead https through a tunnel', async () => {
    const { url, asked } = await proxy('HTTP/1.1 403 Forbidden\r\n\r\n');
    const error = await failureOf(ask(createWorld({ HTTPS_PROXY: `http://${url}` }), 'https://data.test/file'));
    expect(asked).toEqual(['CONNECT data.test:443']);
    expect(error.message).toBe('the proxy does not lead to data.test (HTTP 403)');
    expect(error.hint).toContain('NO_PROXY');
  });

  test('that want a password say so, and the wrong one stays out of the message', async () => {
    const { url } = await proxy('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const world = createWorld({ HTTPS_PROXY: `http://user:wrong-one@${url}` });
    const error = await failureOf(ask(world, 'https://data.test/file'));
    expect(error.code).toBe('AUTH_FAILED');
    expect(`${error.message} ${error.hint} ${JSON.stringify(error.details)}`).not.toContain('wrong-one');
  });

  test('that are not there are named as such', async () => {
    const free = net.createServer();
    const port = await listen(free);
    free.close();
    const error = await failureOf(ask(createWorld({ HTTP_PROXY: `http://127.0.0.1:${port}` }), 'http://data.test/'));
    expect(error.message).toBe(`nothing listens at 127.0.0.1:${port}, where the environment says there is a proxy`);
    expect(error.hint).toContain('add data.test to NO_PROXY');
  });

  test('of another kind are refused in words', () => {
    expect(() => createWorld({ HTTPS_PROXY: 'socks5://127.0.0.1:1080' })).toThrow(
      'HTTPS_PROXY: proxies of the kind socks5:// are not supported',
    );
  });
});

test.each([
  [0, /trying again in [45] s/],
  [10_000, /trying again in 1[45] s/],
])('clients that a server sends away together for %d ms come back one after the other', async (waitMs, told) => {
  const { fetcher, notes } = createWorld({}, { delayMs: 4000 });
  const error = new SentopsError('REMOTE_UNAVAILABLE', 'busy');
  // Nobody waits: the note tells for how long it would be.
  const gone = AbortSignal.abort(new Error('enough'));
  await expect(fetcher.pause({ error, waitMs }, 0, gone)).rejects.toThrow('enough');
  expect(notes).toEqual([expect.stringMatching(told)]);
});
