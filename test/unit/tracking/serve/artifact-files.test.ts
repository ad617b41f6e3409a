import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Json, type StoreServer, startStoreServer } from '../../../helpers/store-server.ts';

let store: StoreServer;
beforeAll(async () => {
  store = await startStoreServer({ limits: { artifactBytes: 2 << 20 } });
});
afterAll(() => store.stop());

const FILES = '/api/2.0/mlflow-artifacts/artifacts';
const at = (file: string) => `${store.url}${FILES}/${file.split('/').map(encodeURIComponent).join('/')}`;
const put = (file: string, body: string | Uint8Array) => fetch(at(file), { method: 'PUT', body });
const inRoot = (file: string) => path.join(store.artifacts, ...file.split('/'));

describe('a file', () => {
  test('that was put is got, with its length, and lies where its name says', async () => {
    const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 31) % 251);
    const answer = await put('1/run/artifacts/big.bin', bytes);
    const got = await fetch(at('1/run/artifacts/big.bin'));
    expect([answer.status, await answer.json()]).toEqual([200, {}]);
    expect(got.headers.get('content-length')).toBe('300000');
    expect(new Uint8Array(await got.arrayBuffer())).toEqual(bytes);
    expect(fs.readFileSync(inRoot('1/run/artifacts/big.bin')).length).toBe(300_000);
    expect(fs.readdirSync(store.artifacts).filter(name => name.endsWith('.tmp'))).toEqual([]);
  });

  test.each(['a b.txt', 'ä€😀.txt', '100%.txt', 'q?&#+.txt', "it's;a=b.txt", '.hidden', 'x.tmp'])(
    'may be called %s',
    async name => {
      await put(`names/${name}`, name);
      expect(await (await fetch(at(`names/${name}`))).text()).toBe(name);
      expect(fs.existsSync(inRoot(`names/${name}`))).toBe(true);
    },
  );

  test('may be empty, and may come without its length being known', async () => {
    await put('empty', '');
    const stream = new ReadableStream({
      start(controller) {
        for (const part of ['some', ' ', 'parts']) controller.enqueue(new TextEncoder().encode(part));
        controller.close();
      },
    });
    await fetch(at('parts'), { method: 'PUT', body: stream, duplex: 'half' });
    expect((await fetch(at('empty'))).headers.get('content-length')).toBe('0');
    expect(await (await fetch(at('parts'))).text()).toBe('some parts');
  });

  test('is never something that a browser would run', async () => {
    await put('page.html', '<script>alert(1)</script>');
    const { headers } = await fetch(at('page.html'));
    expect(headers.get('content-type')).toBe('application/octet-stream');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-disposition')).toBe('attachment');
  });

  test('that is not there is 404 in JSON; a folder is 400', async () => {
    await put('folder/file', 'x');
    const [absent, folder] = [await fetch(at('nowhere')), await fetch(at('folder'))];
    expect([absent.status, ((await absent.json()) as Json).error_code]).toEqual([404, 'RESOURCE_DOES_NOT_EXIST']);
    expect([folder.status, ((await folder.json()) as Json).error_code]).toEqual([400, 'BAD_REQUEST']);
  });

  test('takes the place of the one before, for whoever asks then; whoever reads already keeps the old one', async () => {
    await put('replaced', 'a'.repeat(1_000_000));
    const reader = (await fetch(at('replaced'))).body?.getReader();
    const first = await reader?.read();
    await put('replaced', 'b'.repeat(10));
    let length = first?.value?.length ?? 0;
    for (;;) {
      const next = await reader?.read();
      if (next?.value === undefined) break;
      expect([...next.value].every((byte: number) => byte === 97)).toBe(true);
      length += next.value.length;
    }
    expect(length).toBe(1_000_000);
    expect(await (await fetch(at('replaced'))).text()).toBe('b'.repeat(10));
  });

  test('that becomes shorter while it is sent is cut off: nobody waits for the rest', async () => {
    await put('shrinking', new Uint8Array(2 << 20));
    fs.truncateSync(inRoot('shrinking'), 20 << 20);
    const net = await import('node:net');
    const got = await new Promise<number>((resolve, reject) => {
      const socket = net.connect(store.port, '127.0.0.1', () =>
        socket.write(`GET ${FILES}/shrinking HTTP/1.1\r\nHost: localhost\r\n\r\n`),
      );
      let bytes = 0;
      socket.on('data', chunk => {
        if (bytes === 0) fs.truncateSync(inRoot('shrinking'), 10);
        bytes += chunk.length;
      });
      socket.on('error', reject).on('close', () => resolve(bytes));
    });
    expect(got).toBeLessThan(20 << 20);
  });

  test('larger than allowed is refused before and while it comes, and nothing of it stays', async () => {
    const large = new Uint8Array((2 << 20) + 1);
    const said = await put('large', large);
    const stream = new ReadableStream({
      start(controller) {
        controller.enqueue(large);
        controller.close();
      },
    });
    const streamed = await fetch(at('large'), { method: 'PUT', body: stream, duplex: 'half' });
    expect([said.status, streamed.status]).toEqual([413, 413]);
    expect(((await said.json()) as Json).message).toMatch(/2 MiB/);
    expect(fs.existsSync(inRoot('large'))).toBe(false);
    expect(fs.readdirSync(store.artifacts).filter(name => name.endsWith('.tmp'))).toEqual([]);
  });

  test('whose sender goes away half-way is not there, and the one before still is', async () => {
    await put('half', 'whole');
    const head = `PUT ${FILES}/half HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n`;
    const net = await import('node:net');
    await new Promise<void>(resolve => {
      const socket = net.connect(store.port, '127.0.0.1', () =>
        socket.write(`${head}only a part`, () => socket.destroy()),
      );
      socket.on('close', () => resolve());
    });
    await expect.poll(() => fs.readdirSync(store.artifacts).some(name => name.endsWith('.tmp'))).toBe(false);
    expect(await (await fetch(at('half'))).text()).toBe('whole');
  });

  test('cannot take the place of a folder, nor be put below a file', async () => {
    await put('place/inner', 'x');
    const [folder, below] = [await put('place', 'x'), await put('place/inner/deeper', 'x')];
    expect([folder.status, below.status]).toEqual([403, 403]);
    expect(await (await fetch(at('place/inner'))).text()).toBe('x');
  });
});

describe('a part of a file', () => {
  const range = (value: string, more: Record<string, string> = {}) =>
    fetch(at('digits'), { headers: { range: value, ...more } });
  beforeAll(() => put('digits', '0123456789'));

  test.each([
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=-99', '0123456789', 'bytes 0-9/10'],
    ['bytes=8-99', '89', 'bytes 8-9/10'],
    ['bytes=0-0', '0', 'bytes 0-0/10'],
  ])('%s', async (header, text, said) => {
    const answer = await range(header);
    expect([answer.status, await answer.text()]).toEqual([206, text]);
    expect(answer.headers.get('content-range')).toBe(said);
    expect(answer.headers.get('content-length')).toBe(String(text.length));
  });

  test.each(['bytes=10-', 'bytes=99-100', 'bytes=-0'])('%s holds nothing: 416', async header => {
    const answer = await range(header);
    expect(answer.status).toBe(416);
    expect(answer.headers.get('content-range')).toBe('bytes */10');
  });

  test.each(['bytes=4-2', 'bytes=a-b', 'bytes=0-1,3-4', 'lines=1-2', 'bytes=-'])(
    '%s is no range: all of it',
    async header => {
      const answer = await range(header);
      expect([answer.status, await answer.text()]).toEqual([200, '0123456789']);
    },
  );

  test('is only given of the same content', async () => {
    const etag = (await fetch(at('digits'))).headers.get('etag') ?? '';
    const same = await range('bytes=0-1', { 'if-range': etag });
    const other = await range('bytes=0-1', { 'if-range': '"other"' });
    expect([same.status, other.status]).toEqual([206, 200]);
  });

  test('the tag of a content changes with it, and spares sending it again', async () => {
    await put('tagged', 'one');
    const first = (await fetch(at('tagged'))).headers.get('etag') ?? '';
    const again = await fetch(at('tagged'), { headers: { 'if-none-match': `"x", W/${first}` } });
    await put('tagged', 'two');
    const changed = await fetch(at('tagged'), { headers: { 'if-none-match': first } });
    expect([again.status, await again.text(), changed.status]).toEqual([304, '', 200]);
  });

  test('HEAD tells the length and sends nothing', async () => {
    const { status, headers, body } = await fetch(at('digits'), { method: 'HEAD' });
    expect([status, headers.get('content-length'), headers.get('accept-ranges')]).toEqual([200, '10', 'bytes']);
    expect(body).toBeNull();
    const absent = await fetch(at('no digits'), { method: 'HEAD' });
    expect(absent.status).toBe(404);
  });
});

describe('folders', () => {
  const list = async (folder?: string) => {
    const query = folder === undefined ? '' : `?path=${encodeURIComponent(folder)}`;
    return (await (await fetch(`${store.url}${FILES}${query}`)).json()) as Json;
  };

  test('are listed with bare names, files with their size; what is not there or a file is empty', async () => {
    await put('listed/a/deep', 'x');
    await put('listed/b.txt', 'abc');
    fs.writeFileSync(inRoot('listed/.b.txt.sentops-1-1.tmp'), 'half');
    const files = [
      { path: 'a', is_dir: true },
      { path: 'b.txt', is_dir: false, file_size: 3 },
    ];
    expect(await list('listed')).toEqual({ files });
    expect(await list('listed/')).toEqual({ files });
    expect([await list('listed/b.txt'), await list('listed/none'), await list('none')]).toEqual([{}, {}, {}]);
    expect((await list()).files?.map(({ path }) => path)).toContain('listed');
  });

  test('go with everything in them, as often as one likes', async () => {
    await put('removed/a/deep', 'x');
    await put('removed/b', 'x');
    const remove = (file: string) => fetch(at(file), { method: 'DELETE' });
    expect([(await remove('removed/b')).status, fs.existsSync(inRoot('removed/b'))]).toEqual([200, false]);
    for (const _ of [1, 2]) expect((await remove('removed')).status).toBe(200);
    expect(fs.existsSync(inRoot('removed'))).toBe(false);
  });

  test('the root of all stays', async () => {
    const { status } = await fetch(`${store.url}${FILES}/`, { method: 'DELETE' });
    expect(status).toBe(405);
    expect(fs.existsSync(store.artifacts)).toBe(true);
  });
});

describe('the files of a run', () => {
  let run_id: string;
  let root: string;
  beforeAll(async () => {
    const info = (await store.want('POST', 'runs/create', { experiment_id: '0' })).run?.info;
    run_id = info?.run_id as string;
    root = info?.artifact_uri as string;
    await put(`0/${run_id}/artifacts/model/MLmodel`, 'flavors: {}');
    await put(`0/${run_id}/artifacts/note ä.txt`, 'hello');
  });

  test('are listed with paths from the root of the run', async () => {
    const list = (more: object) => store.want('GET', 'artifacts/list', { run_id, ...more });
    expect(await list({})).toEqual({
      root_uri: root,
      files: [
        { path: 'model', is_dir: true },
        { path: 'note ä.txt', is_dir: false, file_size: 5 },
      ],
    });
    expect((await list({ path: 'model' })).files).toEqual([{ path: 'model/MLmodel', is_dir: false, file_size: 11 }]);
    expect(await list({ path: 'none' })).toEqual({ root_uri: root });
    expect((await store.call('GET', 'artifacts/list', { run_id: 'f'.repeat(32) })).status).toBe(404);
  });

  test('are got by the way of the web page, and put by it', async () => {
    const page = new URL(`${store.url}/get-artifact?run_uuid=${run_id}&path=note ä.txt`);
    expect(await (await fetch(page)).text()).toBe('hello');
    const upload = `${store.url}/ajax-api/2.0/mlflow/upload-artifact?run_uuid=${run_id}&path=a/b.txt`;
    expect((await fetch(upload, { method: 'POST', body: 'up' })).status).toBe(200);
    expect(fs.readFileSync(inRoot(`0/${run_id}/artifacts/a/b.txt`), 'utf8')).toBe('up');
    expect((await fetch(`${store.url}/get-artifact?run_uuid=${run_id}`)).status).toBe(400);
    expect((await fetch(`${store.url}/get-artifact?run_id=${run_id}&path=none`)).status).toBe(404);
  });

  test('are got through a version of a registered model', async () => {
    await store.want('POST', 'registered-models/create', { name: 'served' });
    await store.want('POST', 'model-versions/create', { name: 'served', source: `runs:/${run_id}/model`, run_id });
    const answer = await fetch(`${store.url}/model-versions/get-artifact?name=served&version=1&path=MLmodel`);
    expect(await answer.text()).toBe('flavors: {}');
  });

  test('that lie in a folder elsewhere on this machine are read, and only they', async () => {
    const elsewhere = path.join(store.folder, 'elsewhere');
    const location = `file://${encodeURI(elsewhere).replaceAll('#', '%23')}`;
    const experimentId = await store.tracker.experiments.create({ name: 'elsewhere', artifactLocation: location });
    const run = await store.tracker.runs.create({ experimentId });
    fs.mkdirSync(path.join(elsewhere, run.runId, 'artifacts'), { recursive: true });
    fs.writeFileSync(path.join(elsewhere, run.runId, 'artifacts/a.txt'), 'there');
    fs.writeFileSync(path.join(elsewhere, 'secret'), 'no');
    const listed = await store.want('GET', 'artifacts/list', { run_id: run.runId });
    expect(listed.files).toEqual([{ path: 'a.txt', is_dir: false, file_size: 5 }]);
    const get = (file: string) => fetch(`${store.url}/get-artifact?run_id=${run.runId}&path=${file}`);
    expect(await (await get('a.txt')).text()).toBe('there');
    for (const way of ['../../secret', '..%2F..%2Fsecret', '%252e%252e/secret', '/etc/hostname'])
      expect((await get(way)).status).toBe(400);
  });

  test('that lie in a bucket are read through the store, piece by piece', async () => {
    const { runs, artifacts } = store.tracker;
    const experimentId = await store.tracker.experiments.create({ name: 'bucket', artifactLocation: 'gs://bucket' });
    const { runId } = await runs.create({ experimentId });
    const read = artifacts.read;
    Object.assign(artifacts, {
      list: async () => [{ path: 'model', isFolder: true, bytes: null }],
      read: async function* (root: string, file: string) {
        if (file !== 'a') yield* read(root, file);
        for (const part of [root, ' ', file]) yield new TextEncoder().encode(part);
      },
    });
    const listed = await store.want('GET', 'artifacts/list', { run_id: runId });
    const url = `${store.url}/get-artifact?run_id=${runId}&path=`;
    expect(listed).toEqual({ root_uri: `gs://bucket/${runId}/artifacts`, files: [{ path: 'model', is_dir: true }] });
    expect(await (await fetch(`${url}a`)).text()).toBe(`gs://bucket/${runId}/artifacts a`);
    expect((await fetch(`${url}none`)).ok).toBe(false);
    const upload = `${store.url}/ajax-api/2.0/mlflow/upload-artifact?run_id=${runId}&path=a`;
    expect((await fetch(upload, { method: 'POST', body: 'x' })).status).toBe(501);
  });
});

test.each(['mpu/create/1/a', 'mpu/complete/1/a', 'mpu/abort/1/a'])(
  'clients are told that %s is not there',
  async route => {
    const answer = await fetch(`${store.url}/api/2.0/mlflow-artifacts/${route}`, { method: 'POST', body: '{}' });
    expect([answer.status, ((await answer.json()) as Json).error_code]).toEqual([501, 'NOT_IMPLEMENTED']);
  },
);
