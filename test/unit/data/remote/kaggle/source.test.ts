import { describe, expect, test } from 'vitest';
import type { RemoteDataset, RemoteFile } from '../../../../../src/lib/data/types.ts';
import { collect, failureOf, neverAborted, serve } from '../web.ts';
import { createClient, FILES, startKaggle } from './world.ts';

const signal = neverAborted();

function only({ files }: RemoteDataset): RemoteFile {
  const [file, ...more] = files;
  if (file === undefined || more.length > 0) throw new Error(`${files.length} files`);
  return file;
}

describe('a dataset', () => {
  test('is one archive, with what Kaggle tells of it', async () => {
    const kaggle = await startKaggle({ title: 'Reviews', license: 'CC-BY-4.0' });
    const { source } = await createClient(kaggle);
    const dataset = await source.find('owner/name', { signal });
    const archive = kaggle.archive('owner/name');
    expect(dataset).toEqual({
      ref: 'owner/name',
      version: '1',
      title: 'Reviews',
      license: 'CC-BY-4.0',
      page: 'https://www.kaggle.com/datasets/owner/name/versions/1',
      files: [
        {
          path: 'name.zip',
          bytes: archive.length,
          sha256: null,
          crc32c: expect.stringMatching(/^[\w+/]{6}==$/),
          md5: expect.stringMatching(/^[\w+/]{22}==$/),
          tag: expect.stringMatching(/^"\w{32}"$/),
        },
      ],
    });
    expect(await collect(source.read(dataset, only(dataset), { signal, start: 0 }))).toEqual(archive);
    expect(kaggle.downloads.map(({ sent }) => sent).reduce((sum, sent) => sum + sent)).toBeLessThan(
      archive.length + 1025,
    );
  });

  test('may be one of its files, wherever it lies in the dataset', async () => {
    const kaggle = await startKaggle();
    const { source } = await createClient(kaggle);
    for (const [file, content] of Object.entries(FILES)) {
      const dataset = await source.find('owner/name', { signal, file });
      expect(only(dataset).path).toBe(file);
      expect(await collect(source.read(dataset, only(dataset), { signal, start: 0 }))).toEqual(content);
    }
  });

  test('packs large files, and the name says so', async () => {
    const kaggle = await startKaggle({}, { packed: true });
    const { source } = await createClient(kaggle);
    const dataset = await source.find('owner/name', { signal, file: 'raw/a b.txt' });
    expect(only(dataset).path).toBe('raw/a b.txt.zip');
    const bytes = await collect(source.read(dataset, only(dataset), { signal, start: 0 }));
    expect(bytes.toString('latin1', 0, 2)).toBe('PK');
    expect(kaggle.seen.at(-2)?.body).toMatchObject({ fileName: 'raw/a b.txt' });
  });

  test('stays the version that was found, even when there is a newer one', async () => {
    const kaggle = await startKaggle();
    const { source } = await createClient(kaggle);
    const dataset = await source.find('owner/name', { signal });
    kaggle.publish('owner/name', { 'other.csv': Buffer.from('other') });
    expect(await collect(source.read(dataset, only(dataset), { signal, start: 0 }))).toEqual(
      kaggle.archive('owner/name', 1),
    );
    const newer = await source.find('owner/name', { signal });
    expect(newer.version).toBe('2');
    expect(only(newer).tag).not.toBe(only(dataset).tag);
  });

  test.each([
    ['owner/name/1', undefined],
    ['owner/name/versions/1', undefined],
    ['https://www.kaggle.com/datasets/owner/name/versions/1', undefined],
    ['owner/name', '1'],
  ])('an old version: %s, %s', async (ref, version) => {
    const kaggle = await startKaggle();
    kaggle.publish('owner/name', { 'other.csv': Buffer.from('other') });
    const { source } = await createClient(kaggle);
    const dataset = await source.find(ref, { signal, ...(version === undefined ? {} : { version }) });
    expect(dataset).toMatchObject({ ref: 'owner/name', version: '1' });
    expect(await collect(source.read(dataset, only(dataset), { signal, start: 0 }))).toEqual(
      kaggle.archive('owner/name', 1),
    );
  });

  test('without a description for strangers is found by its file', async () => {
    const kaggle = await startKaggle({}, { shyDescriptions: true });
    const { source, notes } = await createClient(kaggle);
    const dataset = await source.find('owner/name', { signal });
    expect(dataset.version).toBe(only(dataset).tag);
    expect(dataset.title).toBeUndefined();
    expect(await collect(source.read(dataset, only(dataset), { signal, start: 0 }))).toEqual(
      kaggle.archive('owner/name'),
    );
    expect(notes).toEqual([]);
  });

  test('is read on by a process that knows nothing but the lock', async () => {
    const kaggle = await startKaggle();
    const dataset = await (await createClient(kaggle)).source.find('owner/name', { signal });
    const known = JSON.parse(JSON.stringify(dataset)) as RemoteDataset;
    const { source } = await createClient(kaggle);
    const rest = await collect(source.read(known, only(known), { signal, start: 50 }));
    expect(rest).toEqual(kaggle.archive('owner/name').subarray(50));
  });
});

describe('on the way', () => {
  test('broken connections are mended, each time by a new link', async () => {
    const kaggle = await startKaggle({ archives: [Buffer.alloc(100_000, 'abc')] }, { cutAfter: [10_000, 30_000, 1] });
    const { source, notes } = await createClient(kaggle);
    const dataset = await source.find('owner/name', { signal });
    expect(await collect(source.read(dataset, only(dataset), { signal, start: 0 }))).toEqual(
      Buffer.alloc(100_000, 'abc'),
    );
    const reads = kaggle.downloads.slice(1);
    expect(reads.map(({ range }) => range)).toEqual([undefined, 'bytes=10000-', 'bytes=40000-', 'bytes=40001-']);
    expect(new Set(reads.map(({ path }) => path)).size).toBe(4);
    expect(reads.slice(1).every(({ ifRange }) => ifRange === only(dataset).tag)).toBe(true);
    expect(notes).toHaveLength(3);
  });

  test('too many requests and a server that is down are waited for', async () => {
    const kaggle = await startKaggle({}, { tooMany: 2, retryAfter: '0', unavailable: 1 });
    const { source, notes } = await createClient(kaggle);
    await source.find('owner/name', { signal });
    expect(notes.map(note => /HTTP (\d+)/.exec(note)?.[1])).toEqual(['429', '429', '503']);
  });

  test('the store does not see the credential, and Kaggle does each time', async () => {
    const kaggle = await startKaggle();
    const { source } = await createClient(kaggle, { KAGGLE_API_TOKEN: 'token-of-ann' });
    const dataset = await source.find('owner/name', { signal });
    await collect(source.read(dataset, only(dataset), { signal, start: 0 }));
    const [asked, given] = [true, false].map(isCall =>
      kaggle.seen.filter(({ path }) => path.startsWith('/api/') === isCall).map(({ authorization }) => authorization),
    );
    expect(asked).toEqual(Array(3).fill('Bearer token-of-ann'));
    expect(given).toEqual([undefined, undefined]);
  });

  test('a server of the old protocol is asked by its paths', async () => {
    const kaggle = await startKaggle({}, { protocol: 'paths' });
    const { source } = await createClient(kaggle, { KAGGLE_USERNAME: 'ann', KAGGLE_KEY: 'key-of-ann-1' });
    const dataset = await source.find('owner/name', { signal, file: 'raw/a b.txt' });
    expect(await collect(source.read(dataset, only(dataset), { signal, start: 1 }))).toEqual(Buffer.from('aw'));
    const asked = kaggle.seen
      .filter(({ path }) => path.startsWith('/api/'))
      .map(({ method, path }) => `${method} ${path}`);
    expect(asked).toEqual([
      'POST /api/v1/datasets.DatasetApiService/GetDataset',
      'GET /api/v1/datasets/view/owner/name',
      'GET /api/v1/datasets/download/owner/name/raw%2Fa%20b.txt',
      'GET /api/v1/datasets/download/owner/name/raw%2Fa%20b.txt',
    ]);
  });

  test('a server that gives the file itself, without a redirect, is fine', async () => {
    const kaggle = await startKaggle({}, { direct: true });
    const { source } = await createClient(kaggle);
    const dataset = await source.find('owner/name', { signal });
    expect(await collect(source.read(dataset, only(dataset), { signal, start: 0 }))).toEqual(
      kaggle.archive('owner/name'),
    );
  });

  test('an archive that was replaced under the same number is another one', async () => {
    const kaggle = await startKaggle();
    const { source } = await createClient(kaggle);
    const dataset = await source.find('owner/name', { signal });
    const file = { ...only(dataset), tag: '"another"' };
    const error = await failureOf(collect(source.read(dataset, file, { signal, start: 10 })));
    expect(error.code).toBe('CONFLICT');
  });
});

describe('refusals', () => {
  test('an unknown dataset', async () => {
    const { source } = await createClient(await startKaggle());
    const error = await failureOf(source.find('owner/nema', { signal }));
    expect(error).toMatchObject({ code: 'NOT_FOUND', message: 'Kaggle has no owner/nema: Dataset not found' });
    expect(error.hint).toContain('https://www.kaggle.com/datasets/owner/nema');
  });

  test('an unknown version', async () => {
    const { source } = await createClient(await startKaggle());
    const error = await failureOf(source.find('owner/name', { signal, version: '7' }));
    expect(error).toMatchObject({
      code: 'NOT_FOUND',
      message: 'Kaggle has no owner/name (version 7): Version not found',
    });
  });

  test('an unknown file, with the one that was meant', async () => {
    const { source } = await createClient(await startKaggle());
    const near = await failureOf(source.find('owner/name', { signal, file: 'review.csv' }));
    expect(near).toMatchObject({ code: 'NOT_FOUND', hint: 'did you mean reviews.csv?' });
    const far = await failureOf(source.find('owner/name', { signal, file: 'x.parquet' }));
    expect(far.hint).toBe('its files: reviews.csv, raw/a b.txt');
  });

  test('a long list of files is read to its end', async () => {
    const many = Object.fromEntries(Array.from({ length: 450 }, (_, at) => [`part-${at}.csv`, Buffer.from('x')]));
    const { source } = await createClient(await startKaggle({ versions: [many] }));
    const error = await failureOf(source.find('owner/name', { signal, file: 'x.parquet' }));
    expect(error.details['files']).toHaveLength(450);
  });

  test('a private dataset: strangers hear of credentials, users of the page', async () => {
    const kaggle = await startKaggle({ access: 'private', reader: 'bob' });
    const nobody = await failureOf((await createClient(kaggle)).source.find('owner/name', { signal }));
    expect(nobody.code).toBe('AUTH_FAILED');
    expect(nobody.hint).toContain('KAGGLE_API_TOKEN');
    const { source } = await createClient(kaggle, { KAGGLE_USERNAME: 'ann', KAGGLE_KEY: 'key-of-ann-1' });
    const ann = await failureOf(source.find('owner/name', { signal }));
    expect(ann.code).toBe('PERMISSION_DENIED');
    expect(ann.message).toContain('the user of KAGGLE_USERNAME and KAGGLE_KEY may not read owner/name');
    expect(ann.hint).toContain('https://www.kaggle.com/datasets/owner/name');
  });

  test('terms that nobody accepted', async () => {
    const kaggle = await startKaggle({ access: 'consent' });
    const { source } = await createClient(kaggle, { KAGGLE_API_TOKEN: 'token-of-ann' });
    const error = await failureOf(source.find('owner/name', { signal }));
    expect(error.code).toBe('PERMISSION_DENIED');
    expect(error.hint).toContain('terms');
  });

  test('a page to log in', async () => {
    const { source } = await createClient(await startKaggle({}, { loginPage: true }));
    const error = await failureOf(source.find('owner/name', { signal }));
    expect(error.code).toBe('DATA_INVALID');
    expect(error.hint).toContain('KAGGLE_API_TOKEN');
  });

  test('a link that has expired', async () => {
    const kaggle = await startKaggle();
    const { source } = await createClient(kaggle);
    const dataset = await source.find('owner/name', { signal });
    kaggle.faults.expiredLinks = 1;
    expect(await collect(source.read(dataset, only(dataset), { signal, start: 0 }))).toEqual(
      kaggle.archive('owner/name'),
    );
  });

  test('a refusal in words, with a status that says nothing', async () => {
    const refusal = JSON.stringify({ code: 403, message: 'You must accept the rules' });
    const web = await serve((_, response) => response.setHeader('content-type', 'application/json').end(refusal));
    const { source } = await createClient(web, { KAGGLE_API_TOKEN: 'token-of-ann' });
    const error = await failureOf(source.find('owner/name', { signal }));
    expect(error).toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(error.message).toContain('You must accept the rules');
  });

  test('a store that refuses says nothing of the credential, nor of the protocol', async () => {
    const store = await serve((got, response) => response.writeHead(got.path === '/401' ? 401 : 404).end('no'));
    for (const status of ['401', '404']) {
      const web = await serve((got, response) => {
        if (got.path.endsWith('GetDataset')) return response.end('{"currentVersionNumber":1}');
        return response.writeHead(302, { location: `${store.url}/${status}` }).end();
      });
      const { source, notes } = await createClient(web, { KAGGLE_API_TOKEN: 'token-of-ann' });
      await failureOf(source.find('owner/name', { signal }));
      expect(notes).toEqual([]);
      expect(web.got.map(({ method }) => method)).toEqual(['POST', 'POST']);
    }
  });

  test('a server that is not Kaggle', async () => {
    const { source } = await createClient(await startKaggle({}, { protocol: 'calls' }), {});
    await source.find('owner/name', { signal });
    const nothing = await startKaggle({}, { protocol: 'paths' });
    const { source: lost } = await createClient({ url: `${nothing.url}/elsewhere` });
    expect((await failureOf(lost.find('owner/name', { signal }))).code).toBe('NOT_FOUND');
  });
});
