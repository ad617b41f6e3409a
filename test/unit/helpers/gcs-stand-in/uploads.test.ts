import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { crc32c, encodeCrc32c } from '../../../helpers/gcs-stand-in/crc32c.ts';
import { type GcsStandIn, startGcsStandIn } from '../../../helpers/gcs-stand-in/start.ts';
import { askOf, begin, piece } from './http.ts';

const QUANTUM = 262_144;
const STATUS = { headers: { 'content-range': 'bytes */*' } };

describe.each(['memory', 'a folder'])('resumable uploads, kept in %s', place => {
  let server: GcsStandIn;
  let folder: string;
  let ask: ReturnType<typeof askOf>;
  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-stand-in-'));
    server = await startGcsStandIn({ buckets: ['data'], ...(place === 'memory' ? {} : { folder }) });
    ask = askOf(server);
  });
  beforeEach(() => {
    server.counts.reset();
    server.faults.clear();
  });
  afterAll(async () => {
    await server.stop();
    expect(fs.readdirSync(folder)).toEqual([]);
    fs.rmSync(folder, { recursive: true });
  });
  const stored = (name: string) => server.content(`gs://data/${name}`);

  test('one request with everything', async () => {
    const bytes = randomBytes(300_000);
    const headers = { 'x-upload-content-type': 'text/csv', 'x-upload-content-length': '300000' };
    const session = await begin(server, 'a ü %', { headers });
    const { status, json } = await ask('PUT', session, { body: new Uint8Array(bytes) });
    expect(status).toBe(200);
    expect(json).toMatchObject({ name: 'a ü %', size: '300000', contentType: 'text/csv' });
    expect(json['crc32c']).toBe(encodeCrc32c(crc32c(bytes)));
    expect(stored('a ü %')?.equals(bytes)).toBe(true);
  });

  test('pieces: 308 with what is kept, then the object; nothing is there before', async () => {
    const bytes = randomBytes(2 * QUANTUM + 5);
    const session = await begin(server, 'pieces');
    const total = bytes.length;
    const before = await ask('PUT', session, STATUS);
    expect([before.status, before.headers.get('range')]).toEqual([308, null]);
    const first = await ask('PUT', session, piece(bytes.subarray(0, QUANTUM), `bytes 0-${QUANTUM - 1}/*`));
    expect([first.status, first.headers.get('range')]).toEqual([308, `bytes=0-${QUANTUM - 1}`]);
    expect(stored('pieces')).toBeUndefined();
    const status = await ask('PUT', session, { headers: { 'content-range': `bytes */${total}` } });
    expect([status.status, status.headers.get('range')]).toEqual([308, `bytes=0-${QUANTUM - 1}`]);
    const last = await ask('PUT', session, piece(bytes.subarray(QUANTUM), `bytes ${QUANTUM}-${total - 1}/${total}`));
    expect(last.status).toBe(200);
    expect(stored('pieces')?.equals(bytes)).toBe(true);
    const after = await ask('PUT', session, STATUS);
    expect([after.status, after.json['generation']]).toEqual([200, last.json['generation']]);
  });

  test('only whole 256 KiB of a piece are kept', async () => {
    const session = await begin(server, 'odd');
    const bytes = randomBytes(QUANTUM + 1000);
    const { status, headers } = await ask('PUT', session, piece(bytes, `bytes 0-${bytes.length - 1}/*`));
    expect([status, headers.get('range')]).toEqual([308, `bytes=0-${QUANTUM - 1}`]);
    const small = await begin(server, 'small');
    const none = await ask('PUT', small, piece(bytes.subarray(0, 1000), 'bytes 0-999/*'));
    expect([none.status, none.headers.get('range')]).toEqual([308, null]);
  });

  test('a connection that ends keeps whole 256 KiB, and the next one goes on from there', async () => {
    const bytes = randomBytes(1_000_000);
    const session = await begin(server, 'cut');
    server.faults.add({ kind: 'cutRequest', afterBytes: 700_000, on: 'upload.chunk' });
    await expect(ask('PUT', session, { body: new Uint8Array(bytes) })).rejects.toThrow();
    const { headers } = await ask('PUT', session, STATUS);
    expect(headers.get('range')).toBe(`bytes=0-${2 * QUANTUM - 1}`);
    const rest = piece(bytes.subarray(2 * QUANTUM), `bytes ${2 * QUANTUM}-999999/1000000`);
    expect((await ask('PUT', session, rest)).status).toBe(200);
    expect(stored('cut')?.equals(bytes)).toBe(true);
    expect(server.counts.received('data/cut')).toBe(700_000 + 1_000_000 - 2 * QUANTUM);
    expect(server.counts.requests('upload.chunk', 'upload.status')).toBe(3);
  });

  test('bytes that are kept already are ignored; a gap is an error', async () => {
    const bytes = randomBytes(QUANTUM + 10);
    const session = await begin(server, 'overlap');
    await ask('PUT', session, piece(bytes.subarray(0, QUANTUM), `bytes 0-${QUANTUM - 1}/*`));
    const gap = await ask('PUT', session, piece(bytes.subarray(0, 5), `bytes ${QUANTUM + 5}-${QUANTUM + 9}/*`));
    expect(gap.status).toBe(400);
    const wrong = Buffer.from(bytes);
    wrong.fill(0, 0, QUANTUM);
    const total = bytes.length;
    expect((await ask('PUT', session, piece(wrong, `bytes 0-${total - 1}/${total}`))).status).toBe(200);
    expect(stored('overlap')?.equals(bytes)).toBe(true);
  });

  test('a body that is shorter than its range, and a total that changes, are errors', async () => {
    const session = await begin(server, 'short');
    expect((await ask('PUT', session, piece(randomBytes(5), 'bytes 0-9/10'))).status).toBe(400);
    expect((await ask('PUT', session, piece(randomBytes(5), 'bytes 0-4/5'))).status).toBe(400);
    expect((await ask('PUT', session, piece(randomBytes(5), 'nonsense'))).status).toBe(400);
    expect(stored('short')).toBeUndefined();
  });

  test('nothing at all is an object, too', async () => {
    const session = await begin(server, 'empty');
    const { status, json } = await ask('PUT', session, { headers: { 'content-range': 'bytes */0' } });
    expect([status, json['size']]).toEqual([200, '0']);
  });

  test('a session that is cancelled or lost is over', async () => {
    const cancelled = await begin(server, 'cancelled');
    expect((await ask('DELETE', cancelled)).status).toBe(499);
    expect((await ask('PUT', cancelled, STATUS)).status).toBe(410);
    const lost = await begin(server, 'lost');
    server.faults.add({ kind: 'loseSession', status: 404 });
    expect((await ask('PUT', lost, STATUS)).status).toBe(404);
    expect((await ask('PUT', lost, piece(randomBytes(1), 'bytes 0-0/1'))).status).toBe(404);
    expect((await ask('PUT', `${server.uri}/upload/storage/v1/b/data/o?upload_id=nobody`, STATUS)).status).toBe(404);
  });

  test('preconditions hold at the beginning and at the end', async () => {
    const session = await begin(server, 'raced', {}, '&ifGenerationMatch=0');
    server.put('gs://data/raced', 'somebody was faster');
    expect((await ask('PUT', session, { body: 'x' })).status).toBe(412);
    const route = '/upload/storage/v1/b/data/o?uploadType=resumable&name=raced&ifGenerationMatch=0';
    expect((await ask('POST', route)).status).toBe(412);
    expect(stored('raced')?.toString()).toBe('somebody was faster');
  });

  test('bytes that do not fit the sum are refused, told in the metadata or with the last piece', async () => {
    const json = { crc32c: encodeCrc32c(crc32c(Buffer.from('good'))) };
    const told = await begin(server, 'summed', { body: JSON.stringify(json) });
    expect((await ask('PUT', told, { body: 'evil' })).status).toBe(400);
    const session = await begin(server, 'summed');
    const headers = { 'x-goog-hash': `crc32c=${json.crc32c}` };
    expect((await ask('PUT', session, { body: 'evil', headers })).status).toBe(400);
    expect(stored('summed')).toBeUndefined();
    const again = await begin(server, 'summed');
    expect((await ask('PUT', again, { body: 'good', headers })).status).toBe(200);
  });

  test('a server that keeps less than was sent says so', async () => {
    const bytes = randomBytes(3 * QUANTUM);
    const session = await begin(server, 'less');
    server.faults.add({ kind: 'keepLess', bytes: QUANTUM + 1 });
    const { status, headers } = await ask('PUT', session, { body: new Uint8Array(bytes) });
    expect([status, headers.get('range')]).toEqual([308, `bytes=0-${QUANTUM - 1}`]);
    const rest = piece(bytes.subarray(QUANTUM), `bytes ${QUANTUM}-${bytes.length - 1}/${bytes.length}`);
    expect((await ask('PUT', session, rest)).status).toBe(200);
    expect(stored('less')?.equals(bytes)).toBe(true);
  });

  test('multipart: metadata and content in one body, lines ended either way', async () => {
    // gsutil quotes the boundary as Python does.
    for (const [end, quote] of [
      ['\r\n', '"'],
      ['\n', "'"],
      ['\n', ''],
    ] as const) {
      const content = Buffer.concat([Buffer.from('--x\r\n'), randomBytes(200_000), Buffer.from('\r\n\n')]);
      const metadata = JSON.stringify({ name: 'multi', contentType: 'text/x' });
      const head = [
        '--bound=1',
        'content-type: application/json',
        '',
        metadata,
        '--bound=1',
        'content-type: y/z',
        '',
        '',
      ];
      const body = Buffer.concat([Buffer.from(head.join(end)), content, Buffer.from(`${end}--bound=1--`)]);
      const headers = { 'content-type': `multipart/related; boundary=${quote}bound=1${quote}` };
      const route = '/upload/storage/v1/b/data/o?uploadType=multipart';
      const { status, json } = await ask('POST', route, { headers, body: new Uint8Array(body) });
      expect([status, json['contentType'], json['size']]).toEqual([200, 'text/x', String(content.length)]);
      expect(stored('multi')?.equals(content)).toBe(true);
      const half = body.subarray(0, body.length - 20);
      expect((await ask('POST', route, { headers, body: new Uint8Array(half) })).status).toBe(400);
    }
  });
});
