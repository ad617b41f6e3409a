import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import http, { type ServerResponse } from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Tracker } from '../../../../src/lib/tracking/types.ts';
import { collect, inChunks } from '../../../contract/tracker/opened.ts';
import { API, type Came, errorOf, openRest, sendError, sendJson, sendText, withRest } from './stand-in.ts';

const ROOT = 'mlflow-artifacts:/1/abc/artifacts';
const FILES = '/api/2.0/mlflow-artifacts/artifacts';
const BYTES = randomBytes(200_000);

/** Sends a file as MLflow does: ranges, a tag of the content, the length. `most` bytes, then the line breaks. */
function sendFile(
  came: Came,
  response: ServerResponse,
  { most = Number.POSITIVE_INFINITY, etag = '"e1"', ranges = true } = {},
) {
  const start = ranges ? Number(/^bytes=(\d+)-$/.exec(came.headers.range ?? '')?.[1] ?? 0) : 0;
  if (start >= BYTES.length) return void response.writeHead(416).end();
  const rest = BYTES.subarray(start);
  response.writeHead(start > 0 ? 206 : 200, {
    etag,
    'content-length': rest.length,
    'content-type': 'application/octet-stream',
  });
  if (most >= rest.length) return void response.end(rest);
  response.write(rest.subarray(0, most), () => response.destroy());
}

const read = (tracker: Tracker, start = 0) => collect(tracker.artifacts.read(ROOT, 'a/b.bin', { start }));

describe('reading through the proxy', () => {
  test('asks for one path, encoded part by part', async () => {
    await withRest(
      (came, response) => sendFile(came, response),
      async (tracker, { requests }) => {
        const bytes = await collect(tracker.artifacts.read(ROOT, 'model/ü 100%?.bin'));
        expect(bytes.equals(BYTES)).toBe(true);
        expect(requests[0]?.path).toBe(`${FILES}/1/abc/artifacts/model/%C3%BC%20100%25%3F.bin`);
        expect(requests[0]?.headers).not.toHaveProperty('range');
      },
    );
  });

  test('goes on where the line broke, without a byte twice', async () => {
    await withRest(
      (came, response) => sendFile(came, response, { most: 35_000 }),
      async (tracker, { requests }) => {
        expect((await read(tracker)).equals(BYTES)).toBe(true);
        expect(requests.map(({ headers }) => headers.range)).toEqual([
          undefined,
          'bytes=35000-',
          'bytes=70000-',
          'bytes=105000-',
          'bytes=140000-',
          'bytes=175000-',
        ]);
      },
    );
  });

  test('goes on where a server knows no ranges', async () => {
    await withRest(
      (came, response, index) => sendFile(came, response, { ranges: false, ...(index === 0 ? { most: 70_000 } : {}) }),
      async tracker => {
        expect((await read(tracker)).equals(BYTES)).toBe(true);
        expect((await read(tracker, 199_990)).equals(BYTES.subarray(199_990))).toBe(true);
      },
    );
  });

  test('does not join two files that are called the same', async () => {
    await withRest(
      (came, response, index) => sendFile(came, response, { etag: `"${index}"`, most: 50_000 }),
      async tracker => expect(await errorOf(read(tracker))).toMatchObject({ code: 'DATA_INVALID' }),
    );
  });

  test.each(['bytes 0-99/200000', 'bytes 40000-199999/200000'])(
    'does not take another part for the one that it asked for: %s',
    async range => {
      await withRest(
        (_, response) => void response.writeHead(206, { 'content-range': range }).end(BYTES.subarray(0, 100)),
        async tracker => {
          const error = await errorOf(read(tracker, 35_000));
          expect(error).toMatchObject({ code: 'DATA_INVALID', details: { contentRange: range } });
        },
      );
    },
  );

  test('tells the tag of the content once, before the first byte', async () => {
    await withRest(
      (came, response, index) => sendFile(came, response, index === 0 ? { most: 50_000 } : {}),
      async tracker => {
        const told: string[] = [];
        for await (const _ of tracker.artifacts.read(ROOT, 'a/b.bin', { onTag: tag => told.push(tag) }))
          expect(told).toEqual(['"e1"']);
        expect(told).toHaveLength(1);
      },
    );
  });

  test('gives up when nothing comes any more', async () => {
    await withRest(
      (came, response) => sendFile(came, response, { most: 0 }),
      async (tracker, { requests }) => {
        expect((await errorOf(read(tracker))).code).toBe('REMOTE_UNAVAILABLE');
        expect(requests.length).toBeGreaterThan(1);
        expect(requests.length).toBeLessThan(10);
      },
    );
  });

  test('from the end on there is nothing, and that is no error', async () => {
    await withRest(
      (came, response) => sendFile(came, response),
      async tracker => {
        expect(await read(tracker, BYTES.length)).toHaveLength(0);
        expect((await read(tracker, 199_999)).equals(BYTES.subarray(199_999))).toBe(true);
      },
    );
  });

  test('many files that nobody goes on reading keep no call away', async () => {
    const big = Buffer.alloc(4_000_000);
    await withRest(
      ({ path: at }, response) => (at.startsWith(FILES) ? void response.end(big) : {}),
      async tracker => {
        const files = Array.from({ length: 12 }, (_, index) =>
          tracker.artifacts.read(ROOT, `${index}`)[Symbol.asyncIterator](),
        );
        for (const file of files) expect((await file.next()).done).toBe(false);
        await tracker.artifacts.write(ROOT, 'copy', inChunks(BYTES), BYTES.length);
        expect((await tracker.models.search({ limit: 5 })).items).toEqual([]);
        for (const file of files) await file.return?.();
      },
    );
  });

  test('may be left early', async () => {
    await withRest(
      (came, response) => sendFile(came, response),
      async (tracker, { requests }) => {
        for await (const _ of tracker.artifacts.read(ROOT, 'a')) break;
        expect(requests).toHaveLength(1);
      },
    );
  });

  test.each<[string, (response: ServerResponse) => void, string]>([
    [
      'is not there',
      r => sendError(r, 404, 'RESOURCE_DOES_NOT_EXIST', 'No such artifact'),
      'there is no artifact a/b.bin in',
    ],
    [
      'is a folder',
      r => sendJson(r, 400, { detail: 'Artifact path refers to a directory, not a file' }),
      'a/b.bin is a folder in',
    ],
  ])('what %s is NOT_FOUND', async (_, send, words) => {
    await withRest(
      (_came, response) => send(response),
      async tracker => {
        const error = await errorOf(read(tracker));
        expect(error.code).toBe('NOT_FOUND');
        expect(error.message).toBe(`${words} ${ROOT}`);
      },
    );
  });

  test.each<[string, string, readonly object[], string, string]>([
    ['not there', 'a/b.bin', [], 'NOT_FOUND', 'there is no artifact a/b.bin'],
    ['a folder', 'a/b.bin', [{ path: 'b.bin', is_dir: true }], 'NOT_FOUND', 'a/b.bin is a folder'],
    ['there', 'a/b.bin', [{ path: 'b.bin', file_size: 1 }], 'REMOTE_UNAVAILABLE', 'No such file'],
    ['there and has a name beyond ASCII', 'a/ü', [{ path: 'ü', file_size: 1 }], 'REMOTE_UNAVAILABLE', 'for a/ü'],
  ])('an old server that answers 500 is asked whether the file is %s', async (_, file, files, code, words) => {
    await withRest(
      (came, response) =>
        came.path === FILES ? { files } : sendError(response, 500, 'INTERNAL_ERROR', '[Errno 2] No such file'),
      async (tracker, { requests }) => {
        const error = await errorOf(collect(tracker.artifacts.read(ROOT, file)));
        expect(error.code).toBe(code);
        expect(error.message).toContain(words);
        expect(requests.at(-1)?.query.get('path')).toBe('1/abc/artifacts/a');
      },
    );
  });

  test('a page where a person signs in is not taken for the file', async () => {
    await withRest(
      (_, response) => sendText(response, 200, 'text/html', '<html>sign in</html>'),
      async (_, other) => {
        await withRest(
          (_came, response) => void response.writeHead(302, { location: `${other.uri}/login` }).end(),
          async tracker => expect((await errorOf(read(tracker))).code).toBe('AUTH_FAILED'),
        );
      },
    );
  });

  test('a store that is another host gives the file, without our credentials', async () => {
    await withRest(
      (came, response) => sendFile(came, response),
      async (_, other) => {
        await withRest(
          (_came, response) => void response.writeHead(302, { location: `${other.uri}/signed?x=y` }).end(),
          async tracker => {
            expect((await read(tracker)).equals(BYTES)).toBe(true);
            expect(other.requests[0]?.headers).not.toHaveProperty('authorization');
          },
          { env: { MLFLOW_TRACKING_TOKEN: 'geheim' } },
        );
      },
    );
  });
});

describe('writing through the proxy', () => {
  const write = (tracker: Tracker, bytes: Uint8Array, said = bytes.length) =>
    tracker.artifacts.write(ROOT, 'a/b.bin', inChunks(bytes), said);

  test('a small file is sent again when the answer is lost', async () => {
    await withRest(
      (_, response, index) => (index === 0 ? void response.destroy() : void response.end()),
      async (tracker, { requests }) => {
        await write(tracker, BYTES);
        expect(requests.map(({ method, body }) => [method, body.equals(BYTES)])).toEqual([
          ['PUT', true],
          ['PUT', true],
        ]);
      },
    );
  });

  test('a large file goes out as it is read, with its length', async () => {
    const big = randomBytes(5_000_000);
    let read = 0;
    async function* chunks() {
      for await (const chunk of inChunks(big)) {
        read += chunk.length;
        yield chunk;
      }
    }
    await withRest(
      (_, response) => void response.end(),
      async (tracker, { requests }) => {
        await tracker.artifacts.write(ROOT, 'big', chunks(), big.length);
        expect(read).toBe(big.length);
        expect(requests[0]?.headers['content-length']).toBe('5000000');
        expect(requests[0]?.body.equals(big)).toBe(true);
      },
    );
  });

  test('a large file whose line breaks is not half-sent twice: the error says that trying again can help', async () => {
    await withRest(
      (_, response) => void response.destroy(),
      async (tracker, { requests }) => {
        expect((await errorOf(write(tracker, randomBytes(3_000_000)))).code).toBe('REMOTE_UNAVAILABLE');
        expect(requests.length).toBeLessThanOrEqual(1);
      },
    );
  });

  test.each([
    ['grew', 2_000_000, 1_900_000],
    ['shrank', 2_000_000, 2_100_000],
    ['was small and grew', 100, 90],
    ['was small and shrank', 100, 110],
  ])('a file that %s meanwhile is not stored', async (_, size, said) => {
    await withRest(
      (_came, response) => void response.end(),
      async (tracker, { requests }) => {
        expect((await errorOf(write(tracker, randomBytes(size), said))).code).toBe('DATA_INVALID');
        expect(requests).toEqual([]);
      },
    );
  });

  test.each([100, 2_000_000])('a page in place of an answer means that %i bytes were not stored', async size => {
    await withRest(
      (_, response) => sendText(response, 200, 'text/html', '<!doctype html><h1>Sign in</h1>'),
      async tracker => {
        expect((await errorOf(write(tracker, randomBytes(size)))).code).toBe('AUTH_FAILED');
        expect((await errorOf(tracker.artifacts.delete(ROOT, 'a'))).code).toBe('AUTH_FAILED');
      },
    );
    // As MLflow itself answers.
    await withRest(
      (_, response) => sendText(response, 200, 'text/html; charset=utf-8', ''),
      async tracker => await write(tracker, randomBytes(size)),
    );
  });

  test.each([
    ['200', 'REMOTE_UNAVAILABLE'],
    ['413', 'FLAG_INVALID'],
  ])('an answer of %s before everything was sent is %s', async (status, code) => {
    const server = net.createServer(socket => {
      socket.on('error', () => {});
      // It says so at the first bytes, and takes no more.
      socket.once('data', () => {
        socket.pause();
        socket.write(`HTTP/1.1 ${status} X\r\ncontent-length: 2\r\n\r\n{}`);
        if (status === '200') setTimeout(() => socket.destroy(), 100);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const tracker = await openRest(`http://127.0.0.1:${(server.address() as net.AddressInfo).port}`);
    const error = await errorOf(write(tracker, new Uint8Array(30_000_000)));
    expect(error.code).toBe(code);
    if (status === '413') expect(error.hint).toContain('client_max_body_size');
    await tracker.close();
    server.close();
  });

  test('after a refusal no more of a file is read', async () => {
    const server = http.createServer((request, response) => {
      request.resume();
      response.writeHead(403, { 'content-type': 'text/plain' }).end('not you');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const tracker = await openRest(`http://127.0.0.1:${(server.address() as net.AddressInfo).port}`);
    const ended = Promise.withResolvers<void>();
    async function* endless() {
      try {
        for (;;) {
          yield new Uint8Array(1000);
          await new Promise(resolve => setImmediate(resolve));
        }
      } finally {
        ended.resolve();
      }
    }
    const work = tracker.artifacts.write(ROOT, 'big', endless(), 1e12);
    expect((await errorOf(work)).code).toBe('PERMISSION_DENIED');
    await ended.promise;
    await tracker.close();
    server.close();
  });

  test('what feeds it may fail, and is heard', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(10);
      throw new Error('disk');
    }
    await withRest(
      (_, response) => void response.end(),
      async tracker => {
        await expect(tracker.artifacts.write(ROOT, 'a', broken(), 20)).rejects.toThrow('disk');
        await expect(tracker.artifacts.write(ROOT, 'a', broken(), 2_000_000)).rejects.toThrow(/^disk$/);
      },
    );
  });

  test('a file or folder is deleted', async () => {
    await withRest(
      () => ({}),
      async (tracker, { requests }) => {
        await tracker.artifacts.delete(ROOT, 'a/b');
        expect(requests[0]).toMatchObject({ method: 'DELETE', path: `${FILES}/1/abc/artifacts/a/b` });
      },
    );
  });
});

describe('listing', () => {
  test('gives paths from the root, by name, whatever the server counts from', async () => {
    await withRest(
      () => ({
        files: [
          { path: 'z.txt', is_dir: false, file_size: '12' },
          { path: 'data', is_dir: true },
          { path: 'a', file_size: 0 },
        ],
      }),
      async (tracker, { requests }) => {
        expect(await tracker.artifacts.list(`${ROOT}/`, 'model/')).toEqual([
          { path: 'model/a', isFolder: false, bytes: 0 },
          { path: 'model/data', isFolder: true, bytes: null },
          { path: 'model/z.txt', isFolder: false, bytes: 12 },
        ]);
        expect(requests[0]?.query.get('path')).toBe('1/abc/artifacts/model');
      },
    );
  });

  test('knows a root that is spelt with the address of the server', async () => {
    await withRest(
      () => ({}),
      async (tracker, { requests, uri, port }) => {
        await tracker.artifacts.list(`${uri}${FILES}/1/x`, 'y');
        await tracker.artifacts.list(`mlflow-artifacts://127.0.0.1:${port}/1/x`, 'y');
        expect(requests.map(({ query }) => query.get('path'))).toEqual(['1/x/y', '1/x/y']);
      },
    );
  });

  test('does not follow a root to another server', async () => {
    await withRest(
      () => ({}),
      async (tracker, { requests }) => {
        const error = await errorOf(tracker.artifacts.list('mlflow-artifacts://evil.example/1/x'));
        expect(error).toMatchObject({ code: 'FLAG_INVALID', hint: 'name that one: http://evil.example' });
        expect(requests).toEqual([]);
      },
    );
  });
});

describe('files outside of the proxy', () => {
  const id = 'a'.repeat(32);
  // A folder that a broken version made must not mislead the next one.
  const nowhere = `/nowhere-${randomBytes(6).toString('hex')}`;
  const elsewhere = `${nowhere}/mlruns/1/${id}/artifacts`;
  let folder: string;
  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops artifacts-'));
  });
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  const answer = (came: Came, response: ServerResponse) => {
    if (came.path === `${API}runs/get`) {
      const info = { run_id: id, experiment_id: '1', status: 'FINISHED', artifact_uri: `file://${elsewhere}` };
      return { run: { info } };
    }
    if (came.path === '/get-artifact') return sendFile(came, response);
    if (came.path !== `${API}artifacts/list`) return sendError(response, 404, 'NOT_FOUND', came.path);
    if (came.query.get('page_token') === null)
      return { files: [{ path: 'model/z', is_dir: true }], next_page_token: 't' };
    return { files: [{ path: 'model/MLmodel', is_dir: false, file_size: 7 }] };
  };

  test('are written and read where they lie on this machine, also before the run has a folder', async () => {
    const root = `${pathToFileURL(folder).href}/1/${id}/artifacts`;
    await withRest(answer, async (tracker, { requests }) => {
      await tracker.artifacts.write(root, 'a/b.txt', inChunks(Buffer.from('text')), 4);
      expect(fs.readFileSync(path.join(folder, '1', id, 'artifacts', 'a', 'b.txt'), 'utf8')).toBe('text');
      expect(await tracker.artifacts.list(root)).toEqual([{ path: 'a', isFolder: true, bytes: null }]);
      expect((await collect(tracker.artifacts.read(root, 'a/b.txt'))).toString()).toBe('text');
      await tracker.artifacts.delete(root, 'a');
      expect(await tracker.artifacts.list(root)).toEqual([]);
      expect(requests).toEqual([]);
    });
  });

  test.each([`file://${elsewhere}`, `file://${elsewhere}/`])(
    'are listed through the server where they do not: %s',
    async root => {
      await withRest(answer, async (tracker, { requests }) => {
        expect(await tracker.artifacts.list(root, 'model')).toEqual([
          { path: 'model/MLmodel', isFolder: false, bytes: 7 },
          { path: 'model/z', isFolder: true, bytes: null },
        ]);
        expect(await tracker.artifacts.list(`${root.replace(/\/$/, '')}/model`)).toEqual([
          { path: 'MLmodel', isFolder: false, bytes: 7 },
          { path: 'z', isFolder: true, bytes: null },
        ]);
        const lists = requests.filter(({ path: at }) => at === `${API}artifacts/list`);
        expect(lists.map(({ query }) => query.get('path'))).toEqual(['model', 'model', 'model', 'model']);
      });
    },
  );

  test('are read through the server', async () => {
    await withRest(answer, async (tracker, { requests }) => {
      const tags: string[] = [];
      const options = { start: 100, onTag: (tag: string) => tags.push(tag) };
      const bytes = await collect(tracker.artifacts.read(`file://${elsewhere}/model`, 'data.bin', options));
      expect(tags).toEqual(['"e1"']);
      expect(bytes.equals(BYTES.subarray(100))).toBe(true);
      const query = requests.find(({ path: at }) => at === '/get-artifact')?.query;
      expect([query?.get('run_uuid'), query?.get('path')]).toEqual([id, 'model/data.bin']);
    });
  });

  test('cannot be written from here, and nothing is made of their path', async () => {
    await withRest(answer, async tracker => {
      for (const root of [`file://${elsewhere}`, elsewhere, `${nowhere}/1`, 's3://bucket/1', 'mlruns/1/x']) {
        const error = await errorOf(tracker.artifacts.write(root, 'a', inChunks(BYTES), BYTES.length));
        expect(error.code).toBe('NOT_WRITABLE');
        expect((await errorOf(tracker.artifacts.delete(root, 'a'))).code).toBe('NOT_WRITABLE');
      }
      expect(fs.existsSync(nowhere)).toBe(false);
    });
  });

  test.each(['s3://bucket/models/1', `s3://bucket/1/${id}/artifacts`])(
    'are not looked for under another name: %s',
    async root => {
      await withRest(answer, async tracker => {
        expect((await errorOf(tracker.artifacts.list(root))).code).toBe('NOT_FOUND');
      });
    },
  );
});

describe('a path that the server would take for another one', () => {
  const id = 'a'.repeat(32);
  const far = `s3://bucket/1/${id}/artifacts`;
  const answer = ({ path: at }: Came, response: ServerResponse) =>
    at === `${API}runs/get`
      ? { run: { info: { run_id: id, experiment_id: '1', status: 'FINISHED', artifact_uri: far } } }
      : at.startsWith(FILES) || at === '/get-artifact'
        ? void response.end()
        : {};
  const works = (tracker: Tracker, at: string) => [
    () => tracker.artifacts.write(ROOT, at, inChunks(BYTES), BYTES.length),
    () => collect(tracker.artifacts.read(ROOT, at)),
    () => tracker.artifacts.list(ROOT, at),
    () => tracker.artifacts.delete(ROOT, at),
    () => collect(tracker.artifacts.read(far, at)),
    () => tracker.artifacts.list(far, at),
  ];

  test.each([
    ...['a#1', 'a%41.txt', 'a%2541', '%e4/a', 'a%fF', 'a\nb', 'a\tb', 'a\u007f', 'a?', 'm/a;', 'a;?b', 'a;?/x;y'],
  ])('%j is refused before anything is asked', async at => {
    await withRest(answer, async (tracker, { requests }) => {
      for (const work of works(tracker, at))
        expect(await errorOf(work())).toMatchObject({ code: 'FLAG_INVALID', details: { path: at } });
      expect(requests.filter(({ path: asked }) => asked !== `${API}runs/get`)).toEqual([]);
    });
  });

  test.each(['a%', '100%zz', 'a%4', 'a;b', 'a;/b', 'a;b;', 'a?b', 'a?b;', 'a??', 'ä 1&2=3+4.txt'])(
    '%j stays what it is',
    async at => {
      await withRest(answer, async (tracker, { requests }) => {
        for (const work of works(tracker, at)) await work();
        const asked = requests.filter(({ path: to }) => to !== `${API}runs/get`);
        const names = asked.map(({ path: to, query }) => query.get('path') ?? decodeURIComponent(to));
        expect(names.map(name => name.endsWith(at))).toEqual(Array(6).fill(true));
      });
    },
  );
});

test.each(['../a', '/etc/passwd', 'a/../../b', 'a\0'])('%j leaves no folder, whatever the root', async at => {
  await withRest(
    () => ({}),
    async (tracker, { requests }) => {
      for (const root of [ROOT, 'file:///tmp', `s3://b/${'a'.repeat(32)}/artifacts`]) {
        const works = [() => collect(tracker.artifacts.read(root, at)), () => tracker.artifacts.list(root, at)];
        for (const work of works) expect((await errorOf(work())).code).toBe('FLAG_INVALID');
      }
      expect(requests).toEqual([]);
    },
  );
});
