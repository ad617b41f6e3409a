import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SentopsError } from '../../../../../src/lib/core/errors.ts';
import { type FilePlace, readFile } from '../../../../../src/lib/data/remote/fetch/read-file.ts';
import { collect, createWorld, failureOf, give, neverAborted, serve, type Web, type World } from '../web.ts';

const CONTENT = Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 31 + (at >> 8)) & 255));

function placeOf(web: Web, more: Partial<FilePlace> = {}): FilePlace {
  return {
    what: 'the file',
    path: 'file.bin',
    bytes: CONTENT.length,
    tag: '"one"',
    request: () => Promise.resolve({ url: new URL(`${web.url}/file.bin`) }),
    refusal: answer => Promise.resolve(new SentopsError('NOT_FOUND', `HTTP ${answer.status}`)),
    ...more,
  };
}

function read({ fetcher }: World, place: FilePlace, start = 0, signal = neverAborted()) {
  return readFile(fetcher, place, { start, signal, env: {} });
}

describe('a file that comes in pieces', () => {
  test('breaks at any bytes: what comes is the file, and no byte comes twice', async () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 1500 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(cuts, fc.integer({ min: 0, max: CONTENT.length }), async (breaks, start) => {
        const planned = [...breaks];
        const web = await serve(give(CONTENT, { cuts: planned }));
        const got = await collect(read(createWorld(), placeOf(web), start));
        expect(got.equals(CONTENT.subarray(start))).toBe(true);
        const from = web.got.map(({ headers }) => headers.range ?? 'bytes=0-');
        expect(new Set(from).size).toBe(from.length);
      }),
      { numRuns: 40 },
    );
  });

  test('each part is asked for under the condition that the file is the same', async () => {
    const web = await serve(give(CONTENT, { cuts: [1000] }));
    await collect(read(createWorld(), placeOf(web)));
    expect(web.got.map(({ headers }) => [headers.range, headers['if-range']])).toEqual([
      [undefined, undefined],
      ['bytes=1000-', '"one"'],
    ]);
  });

  test('progress counts: more breaks than attempts are no reason to give up', async () => {
    const web = await serve(give(CONTENT, { cuts: Array(20).fill(200) }));
    expect((await collect(read(createWorld({}, { retries: 2 }), placeOf(web)))).equals(CONTENT)).toBe(true);
  });

  test('without progress it is given up', async () => {
    const web = await serve((_, response) => {
      response.writeHead(200, { 'content-length': CONTENT.length, etag: '"one"' });
      response.flushHeaders();
      setImmediate(() => response.destroy());
    });
    const error = await failureOf(collect(read(createWorld({}, { retries: 2 }), placeOf(web))));
    expect(error.code).toBe('REMOTE_UNAVAILABLE');
    expect(web.got).toHaveLength(3);
  });

  test('a server that knows no ranges sends all again, and what was there is left out', async () => {
    const web = await serve(give(CONTENT, { cuts: [700], ranges: false }));
    expect((await collect(read(createWorld(), placeOf(web)))).equals(CONTENT)).toBe(true);
    expect((await collect(read(createWorld(), placeOf(web), 4321))).equals(CONTENT.subarray(4321))).toBe(true);
  });

  test('a date does where there is no ETag', async () => {
    const modified = 'Mon, 06 May 2024 07:08:09 GMT';
    const web = await serve(give(CONTENT, { cuts: [700], etag: null, modified }));
    expect((await collect(read(createWorld(), placeOf(web, { tag: modified })))).equals(CONTENT)).toBe(true);
    expect(web.got[1]?.headers['if-range']).toBe(modified);
  });

  test('a weak ETag is compared, and not sent as a condition that it cannot meet', async () => {
    const web = await serve(give(CONTENT, { cuts: [700], etag: 'W/"one"' }));
    expect((await collect(read(createWorld(), placeOf(web, { tag: 'W/"one"' })))).equals(CONTENT)).toBe(true);
    expect(web.got[1]?.headers['if-range']).toBeUndefined();
    expect(web.got[1]?.headers.range).toBe('bytes=700-');
  });

  test('a silent server is asked again for the rest', async () => {
    const web = await serve(({ headers }, response, index) => {
      if (index > 0) return give(CONTENT)({ headers } as never, response, index);
      response.writeHead(200, { 'content-length': CONTENT.length, etag: '"one"' });
      return response.write(CONTENT.subarray(0, 100));
    });
    const world = createWorld({}, { silenceMs: 500, retries: 20 });
    expect((await collect(read(world, placeOf(web)))).equals(CONTENT)).toBe(true);
    expect(world.notes[0]).toBe(`info: ${web.url} stopped sending; trying again`);
  });

  test('whoever reads slowly is no silent server', async () => {
    const big = Buffer.alloc(2_000_000, 7);
    const web = await serve(give(big));
    const world = createWorld({}, { silenceMs: 800 });
    let size = 0;
    let isFirst = true;
    for await (const chunk of read(world, placeOf(web, { bytes: big.length }))) {
      size += chunk.length;
      if (isFirst) await new Promise(resolve => setTimeout(resolve, 2000));
      isFirst = false;
    }
    expect(size).toBe(big.length);
    expect(world.notes).toEqual([]);
  });

  test('nothing is asked for where all is there; an empty file is asked for once', async () => {
    const web = await serve(give(CONTENT));
    expect(await collect(read(createWorld(), placeOf(web), CONTENT.length))).toHaveLength(0);
    expect(web.got).toHaveLength(0);
    const empty = await serve(give(Buffer.alloc(0)));
    expect(await collect(read(createWorld(), placeOf(empty, { bytes: 0 })))).toHaveLength(0);
    expect(empty.got).toHaveLength(1);
  });

  test('an abort in the middle ends with its own reason and lets go of the connection', async () => {
    const web = await serve((_, response) => {
      response.writeHead(200, { 'content-length': CONTENT.length, etag: '"one"' });
      response.write(CONTENT.subarray(0, 100));
    });
    const abort = new AbortController();
    const reason = new Error('Ctrl-C');
    const reading = async () => {
      for await (const chunk of read(createWorld(), placeOf(web), 0, abort.signal))
        if (chunk.length > 0) setImmediate(() => abort.abort(reason));
    };
    await expect(reading()).rejects.toBe(reason);
    expect(web.got).toHaveLength(1);
  });

  test('whoever stops reading leaves no connection open', async () => {
    let closed = false;
    const web = await serve((_, response) => {
      response.on('close', () => {
        closed = true;
      });
      response.writeHead(200, { 'content-length': 1e9, etag: '"one"' });
      response.write(CONTENT);
    });
    for await (const _ of read(createWorld(), placeOf(web, { bytes: 1e9 }))) break;
    await expect.poll(() => closed).toBe(true);
  });
});

describe('another file than was looked up', () => {
  test('is seen by its ETag, before a byte of it is given out', async () => {
    const web = await serve(give(CONTENT, { etag: '"two"' }));
    for (const start of [0, 100]) {
      const error = await failureOf(collect(read(createWorld(), placeOf(web), start)));
      expect(error).toMatchObject({ code: 'CONFLICT', details: { expected: '"one"', found: '"two"' } });
    }
  });

  test('is seen when it changes between two parts', async () => {
    const first = give(CONTENT, { cuts: [1000] });
    const second = give(Buffer.alloc(5000), { etag: '"two"' });
    const web = await serve((got, response, index) => (index === 0 ? first : second)(got, response, index));
    const seen: Uint8Array[] = [];
    const reading = async () => {
      for await (const chunk of read(createWorld(), placeOf(web))) seen.push(chunk);
    };
    expect((await failureOf(reading())).code).toBe('CONFLICT');
    expect(Buffer.concat(seen).equals(CONTENT.subarray(0, 1000))).toBe(true);
  });

  test('is seen by its date and by its length', async () => {
    const modified = 'Mon, 06 May 2024 07:08:09 GMT';
    const dated = await serve(give(CONTENT, { etag: null, modified: 'Tue, 07 May 2024 07:08:09 GMT' }));
    expect((await failureOf(collect(read(createWorld(), placeOf(dated, { tag: modified }))))).code).toBe('CONFLICT');
    const web = await serve(give(CONTENT));
    expect((await failureOf(collect(read(createWorld(), placeOf(web, { bytes: 4999 }))))).code).toBe('CONFLICT');
    expect((await failureOf(collect(read(createWorld(), placeOf(web, { bytes: 9999 }), 7000)))).code).toBe('CONFLICT');
  });

  test('a change after the first answer is seen even where nothing was known before', async () => {
    const first = give(CONTENT, { cuts: [1000] });
    const second = give(CONTENT, { etag: '"two"' });
    const web = await serve((got, response, index) => (index === 0 ? first : second)(got, response, index));
    const error = await failureOf(collect(read(createWorld(), placeOf(web, { tag: null, bytes: null }))));
    expect(error.code).toBe('CONFLICT');
  });

  test('where nothing tells it apart, a part of it is not continued', async () => {
    const web = await serve(give(CONTENT, { etag: null, cuts: [1000] }));
    const place = placeOf(web, { tag: null });
    expect(await failureOf(collect(read(createWorld(), place, 10)))).toMatchObject({
      code: 'CONFLICT',
      hint: 'delete the part that was downloaded and begin anew',
    });
    expect(web.got).toHaveLength(0);
    expect((await failureOf(collect(read(createWorld(), place)))).code).toBe('REMOTE_UNAVAILABLE');
    expect((await collect(read(createWorld(), place))).equals(CONTENT)).toBe(true);
  });

  test('an address that never changes is continued whatever its servers call their copies', async () => {
    const first = give(CONTENT, { etag: '"left"', cuts: [1000] });
    const second = give(CONTENT, { etag: '"right"' });
    const web = await serve((got, response, index) => (index === 0 ? first : second)(got, response, index));
    const place = placeOf(web, { tag: null, isPinned: true });
    expect((await collect(read(createWorld(), place))).equals(CONTENT)).toBe(true);
    expect((await collect(read(createWorld(), place, 4000))).equals(CONTENT.subarray(4000))).toBe(true);
  });
});

describe('what is no file', () => {
  const PAGE = '<!DOCTYPE html><html><title>Sign in</title></html>';

  test.each([
    ['by its type', 'text/html; charset=utf-8', PAGE],
    ['by how it begins', 'application/zip', `\n  ${PAGE}`],
    ['by its mark and its beginning', 'text/plain', `\ufeff<html lang="en">`],
  ])('a page is known %s', async (_, type, text) => {
    const page = Buffer.from(text);
    const web = await serve(give(page, { type }));
    const error = await failureOf(collect(read(createWorld(), placeOf(web, { bytes: page.length }))));
    expect(error).toMatchObject({ code: 'DATA_INVALID', details: { url: `${web.url}/file.bin` } });
    expect(error.message).toContain('a web page came instead of the file');
  });

  test('pages are files where their names say so', async () => {
    const page = Buffer.from(PAGE);
    const web = await serve(give(page, { type: 'text/html' }));
    const place = placeOf(web, { bytes: page.length, path: 'raw/review 1.html' });
    expect((await collect(read(createWorld(), place))).toString()).toBe(PAGE);
  });

  test('a refusal is explained by the source', async () => {
    const web = await serve((_, response) => response.writeHead(404).end());
    expect((await failureOf(collect(read(createWorld(), placeOf(web))))).message).toBe('HTTP 404');
  });
});

describe('a server that lies', () => {
  test('of a length that it never reaches', async () => {
    const web = await serve((got, response, index) => {
      if (index > 0) return give(CONTENT)(got, response, index);
      response.writeHead(200, { 'content-length': 6000, etag: '"one"' });
      return response.write(CONTENT, () => setImmediate(() => response.destroy()));
    });
    const error = await failureOf(collect(read(createWorld(), placeOf(web, { bytes: 6000 }))));
    expect(error).toMatchObject({ code: 'DATA_INVALID', details: { announced: 6000, came: 5000 } });
  });

  test('that ends early and properly, time and again', async () => {
    const web = await serve((_, response) => response.writeHead(200, { etag: '"one"' }).end(CONTENT.subarray(0, 10)));
    const error = await failureOf(collect(read(createWorld(), placeOf(web))));
    expect(error.message).toBe('the file: 5000 bytes were announced, and only 10 came');
    expect(web.got.length).toBeGreaterThan(2);
  });

  test('that sends more than it said', async () => {
    const web = await serve((_, response) =>
      response.writeHead(200, { etag: '"one"' }).end(Buffer.concat([CONTENT, CONTENT])),
    );
    let size = 0;
    const reading = async () => {
      for await (const chunk of read(createWorld(), placeOf(web))) size += chunk.length;
    };
    const error = await failureOf(reading());
    expect(error).toMatchObject({ code: 'DATA_INVALID' });
    expect(error.message).toContain('and more came');
    expect(size).toBeLessThanOrEqual(CONTENT.length);
    expect(web.got).toHaveLength(1);
  });

  test('that sends another part than was asked for', async () => {
    const web = await serve((_, response) =>
      response
        .writeHead(206, { etag: '"one"', 'content-range': 'bytes 0-4999/5000', 'content-length': 5000 })
        .end(CONTENT),
    );
    const error = await failureOf(collect(read(createWorld(), placeOf(web), 100)));
    expect(error).toMatchObject({ code: 'DATA_INVALID', details: { asked: 100, came: 0 } });
  });
});
