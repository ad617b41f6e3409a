import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StoreServer, type StoreServerOptions, startStoreServer } from '../../../helpers/store-server.ts';

const TOKEN = 'a-long-enough-token';
const PATH = '/api/2.0/mlflow/experiments/get?experiment_id=0';
const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

function serve(options: StoreServerOptions): { readonly ask: typeof ask; readonly store: () => StoreServer } {
  let store: StoreServer;
  beforeAll(async () => {
    store = await startStoreServer(options);
  });
  afterAll(() => store.stop());
  const ask = async (headers: Readonly<Record<string, string>>, method = 'GET', path = PATH) => {
    const lines = Object.entries({ Host: 'localhost', Connection: 'close', ...headers }).filter(
      ([, value]) => value !== '',
    );
    const text = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const answer = await store.raw(`${method} ${path} HTTP/1.1\r\n${text}\r\n`);
    return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]), answer };
  };
  return { ask, store: () => store };
}

describe('with a token', () => {
  const { ask } = serve({ access: { token: TOKEN } });

  test.each([
    ['bearer', `Bearer ${TOKEN}`],
    ['bearer in small letters', `bearer ${TOKEN}`],
    ['the password of any user, as the Python client sends it', basic('ann', TOKEN)],
  ])('lets in: %s', async (_title, authorization) => {
    expect((await ask({ authorization })).status).toBe(200);
  });

  test.each([
    ['nothing', ''],
    ['another token', 'Bearer another-long-token'],
    ['the beginning of it', `Bearer ${TOKEN.slice(0, -1)}`],
    ['more than it', `Bearer ${TOKEN}x`],
    ['no scheme', TOKEN],
    ['another scheme', `Digest ${TOKEN}`],
    ['it as the user name', basic(TOKEN, '')],
    ['an empty bearer', 'Bearer '],
  ])('keeps out: %s', async (_title, authorization) => {
    const { status, answer } = await ask({ authorization });
    expect(status).toBe(401);
    expect(answer).toMatch(/www-authenticate: Bearer/i);
    expect(answer).toMatch(/"error_code":"UNAUTHENTICATED"/);
    expect(answer).not.toContain(TOKEN);
  });

  test.each(['/', '/version', '/api/3.0/mlflow/server-info', '/get-artifact?run_id=a&path=b', '/nowhere'])(
    'is needed for %s',
    async path => {
      expect((await ask({}, 'GET', path)).status).toBe(401);
    },
  );

  test('is needed for every method', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'])
      expect((await ask({ 'content-length': '0' }, method)).status).toBe(401);
  });

  test('whoever asks whether the server is well needs none', async () => {
    expect((await ask({ host: 'anything.example' }, 'GET', '/health')).status).toBe(200);
  });

  test('a name that is not known is no obstacle: a page that rebinds it does not know the token', async () => {
    expect((await ask({ host: 'mlflow:5000', authorization: `Bearer ${TOKEN}` })).status).toBe(200);
  });
});

describe('without a token', () => {
  const { ask } = serve({ access: { hosts: ['mlflow:5000', '*.example.com', 'plain'] } });

  test.each([
    ...[
      'localhost',
      'localhost:5000',
      'LOCALHOST',
      'a.localhost',
      '127.0.0.1:5000',
      '[::1]:5000',
      '10.1.2.3',
      '203.0.113.5',
    ],
    ...['mlflow:5000', 'a.example.com', 'a.b.example.com:80', 'plain', 'plain:81', ''],
  ])('may be asked for as %s', async host => {
    const http10 = host === '' ? { Host: '' } : { Host: host };
    expect((await ask(http10)).status).toBe(host === '' ? 400 : 200);
  });

  test.each([
    'evil.com',
    'mlflow',
    'mlflow:5001',
    'example.com',
    'evilexample.com',
    'localhost.evil.com',
    '127.0.0.1.evil.com',
    'plain.evil.com',
  ])('may not be asked for as %s', async host => {
    const { status, answer } = await ask({ Host: host });
    expect(status).toBe(403);
    expect(answer).toMatch(/Invalid Host header - possible DNS rebinding attack detected.*--allowed-hosts/s);
  });

  test('nor by a name that is longer than names are, which would take long to compare', async () => {
    expect((await ask({ Host: `${'a'.repeat(240)}.example.com` })).status).toBe(200);
    expect((await ask({ Host: `${'a'.repeat(260)}.example.com` })).status).toBe(403);
    const origin = `http://${'a'.repeat(260)}.example.com`;
    expect((await ask({ origin, 'content-length': '0' }, 'POST')).status).toBe(403);
  });

  test.each(['http://evil.com', 'https://evil.com:5000', 'null', 'http://localhost.evil.com'])(
    'a page of %s may not write',
    async origin => {
      for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
        const { status, answer } = await ask({ origin, 'content-length': '0' }, method);
        expect(status).toBe(403);
        expect(answer).toContain('Cross-origin request blocked');
      }
    },
  );

  test('a page of the server itself, or of a host that is allowed, may', async () => {
    const path = '/api/2.0/mlflow/experiments/search';
    for (const [host, origin] of [
      ['localhost:5000', 'http://localhost:5000'],
      ['localhost', 'https://ui.example.com'],
    ] as const) {
      const { answer } = await ask({ Host: host, origin, 'content-length': '0' }, 'POST', path);
      expect(answer).toMatch(/max_results/);
    }
  });

  test('no answer invites other pages', async () => {
    const { answer } = await ask({ origin: 'http://evil.com' });
    expect(answer.toLowerCase()).not.toContain('access-control-allow');
  });
});
