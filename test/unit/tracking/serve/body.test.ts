import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StoreServer, startStoreServer } from '../../../helpers/store-server.ts';

let store: StoreServer;
beforeAll(async () => {
  store = await startStoreServer({ limits: { jsonBytes: 10_000, jsonMs: 300 } });
});
afterAll(() => store.stop());

const search = (body: string | Uint8Array, type = 'application/json') =>
  fetch(`${store.url}/api/2.0/mlflow/experiments/search`, { method: 'POST', headers: { 'content-type': type }, body });

describe('the body of a request', () => {
  test.each([
    ['{"max_results": NaN}', /"NaN" at line 1, column 17.*as a string/],
    ['{"max_results": -Infinity}', /"-".*column 17/],
    ['{"max_results": 1,}', /"}" at line 1, column 19/],
    ['{\n "max_results" 1}', /"1" at line 2, column 16/],
    ["{'max_results': 1}", /"'" at line 1, column 2/],
    ['{"max_results": 1', /the end at line 1, column 18/],
    ['{"max_results": 01}', /"1" at line 1, column 18/],
    ['{"max_results": 1} {}', /"{" at line 1, column 20/],
    ['max_results=1', /"max" at line 1, column 1/],
    ['{"a": "\n"}', /line 1, column 7/],
    ['[]', /a JSON object/],
    ['1', /a JSON object/],
    [Uint8Array.of(0x7b, 0xff, 0x7d), /not UTF-8/],
  ])('%s is 400 BAD_REQUEST and says where', async (body, why) => {
    const answer = await search(body);
    const json = (await answer.json()) as { error_code: string; message: string };
    expect([answer.status, json.error_code]).toEqual([400, 'BAD_REQUEST']);
    expect(json.message).toMatch(why);
  });

  test.each(['{"max_results": 1}', '"{\\"max_results\\": 1}"', '{"max_results": "1", "unknown": {"a": [1]}}'])(
    '%s is taken',
    async body => {
      expect((await search(body)).status).toBe(200);
    },
  );

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', ''])(
    'as %s is refused: any page can send that',
    async type => {
      const answer = await search('{"max_results": 1}', type);
      expect(answer.status).toBe(400);
      expect(await answer.text()).toMatch(/Content-Type must be one of \['application\/json'\]/);
    },
  );

  test('may say how its letters are written', async () => {
    expect((await search('{"max_results": 1}', 'application/json; charset=utf-8')).status).toBe(200);
  });

  test('that is too large is 413, said or not, and the connection can be used on', async () => {
    const large = JSON.stringify({ max_results: 1, filter: 'x'.repeat(10_000) });
    expect((await search(large)).status).toBe(413);
    const head =
      'POST /api/2.0/mlflow/experiments/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
    const chunk = `2710\r\n${'x'.repeat(10_000)}\r\n`;
    const next = 'GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    const answer = await store.raw(`${head}Transfer-Encoding: chunked\r\n\r\n${chunk}${chunk}0\r\n\r\n${next}`);
    expect(answer).toMatch(/^HTTP\/1\.1 413 .*HTTP\/1\.1 200 OK/s);
  });

  test('that does not come is not waited for without end', async () => {
    const head =
      'POST /api/2.0/mlflow/experiments/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
    const answer = await store.raw(`${head}Content-Length: 100\r\n\r\n{"max`, /\}$/);
    expect(answer).toMatch(/^HTTP\/1\.1 408 .*did not come within 0\.3 s/s);
  });

  test.each(['runs/delete-tag', 'registered-models/delete', 'model-versions/delete'])(
    'is where %s looks, not the query',
    async route => {
      const method = route.startsWith('runs') ? 'POST' : 'DELETE';
      const { status, json } = await store.call(method, `${route}?name=x&run_id=x&key=k&version=1`, {});
      expect(status).toBe(400);
      expect(json.message).toMatch(/Missing value for required parameter/);
    },
  );
});

describe('what this server does not have', () => {
  test.each([
    ['POST', '/api/3.0/mlflow/traces/search'],
    ['GET', '/api/2.0/mlflow/traces'],
    ['POST', '/api/3.0/mlflow/traces/t/assessments'],
    ['GET', '/api/3.0/mlflow/scorers/list?experiment_id=0'],
    ['POST', '/api/3.0/mlflow/datasets/create'],
    ['GET', '/api/2.0/mlflow/__proto__'],
    ['GET', '/api/2.0/mlflow/experiments/constructor'],
    ['GET', '/api/2.0/mlflow/'],
    ['GET', '/api/1.0/mlflow/experiments/get'],
    ['POST', '/v1/traces'],
    ['GET', '/favicon.ico'],
    ['GET', '/toString'],
  ])('%s %s is 404 ENDPOINT_NOT_FOUND in JSON', async (method, path) => {
    const { status, json } = await store.call(method, path, method === 'POST' ? {} : undefined);
    expect([status, json.error_code]).toEqual([404, 'ENDPOINT_NOT_FOUND']);
  });

  test('another method than the ones there are is 405, which says them', async () => {
    const { status, json, headers } = await store.call('DELETE', 'registered-models/create', {});
    expect([status, json.error_code, headers.get('allow')]).toEqual([405, 'BAD_REQUEST', 'POST']);
  });

  test('a broken path is 400', async () => {
    const { status } = await store.call('GET', '/api/2.0/mlflow/logged-models/%zz');
    expect(status).toBe(400);
  });
});

test.each(['/api/2.0/', '/api/3.0/', '/ajax-api/2.0/', '/ajax-api/3.0/'])('%s leads to the API', async prefix => {
  const { json } = await store.call(
    'GET',
    `${store.url}${prefix}mlflow/experiments/get?experiment_id=0`.slice(store.url.length),
  );
  expect(json.experiment?.name).toBe('Default');
});

test('a proxy may send the whole address', async () => {
  const path = 'http://localhost:5000/api/2.0/mlflow/experiments/get?experiment_id=0';
  const answer = await store.raw(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 200 .*"Default"/s);
});

test('beside the API: a page that says what this is, the version, whether it is well', async () => {
  const [page, version, health, info] = await Promise.all(
    ['/', '/version', '/health', '/api/3.0/mlflow/server-info'].map(path => fetch(`${store.url}${path}`)),
  );
  const text = (await page?.text()) ?? '';
  expect(text).toContain('mlflow server --backend-store-uri sqlite:////');
  expect(text).toContain(`MLFLOW_TRACKING_URI=${store.url}`);
  expect(page?.headers.get('content-security-policy')).toMatch(/default-src 'none'/);
  expect(await version?.text()).toMatch(/^3\.\d+\.\d+$/);
  expect(await health?.text()).toBe('OK');
  expect(await info?.json()).toMatchObject({ store_type: 'SqlStore', multipart_uploads_enabled: false });
});
