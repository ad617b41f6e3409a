import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { redactor } from '../../../../../src/lib/core/redact.ts';
import create from '../../../../../src/lib/data/remote/http/source.ts';
import type { DatasetSource, RemoteDataset, RemoteFile } from '../../../../../src/lib/data/types.ts';
import { collect, createWorld, failureOf, give, HASTY, neverAborted, serve } from '../web.ts';

const signal = neverAborted();

async function open(): Promise<DatasetSource> {
  return await create(HASTY, createWorld().context);
}

function only({ files }: RemoteDataset): RemoteFile {
  const [file, ...more] = files;
  if (file === undefined || more.length > 0) throw new Error(`${files.length} files`);
  return file;
}

describe('a file at an address', () => {
  test('is described and read', async () => {
    const content = Buffer.from('text,label\ngood,1\n');
    const web = await serve(give(content, { type: 'text/csv' }));
    const source = await open();
    const dataset = await source.find(`${web.url}/data/reviews%20100%25.csv`, { signal });
    expect(dataset).toEqual({
      ref: `${web.url}/data/reviews%20100%25.csv`,
      version: 'one',
      files: [{ path: 'reviews 100%.csv', bytes: content.length, sha256: null, crc32c: null, md5: null, tag: '"one"' }],
    });
    expect(await collect(source.read(dataset, only(dataset), { signal, start: 0 }))).toEqual(content);
    expect(await collect(source.read(dataset, only(dataset), { signal, start: 5 }))).toEqual(content.subarray(5));
    expect(web.got.at(-1)?.headers.range).toBe('bytes=5-');
  });

  test('is read by another process from what the first one found', async () => {
    const web = await serve(give(Buffer.from('0123456789')));
    const dataset = await (await open()).find(`${web.url}/x.csv`, { signal });
    const known = JSON.parse(JSON.stringify(dataset)) as RemoteDataset;
    expect((await collect((await open()).read(known, only(known), { signal, start: 4 }))).toString()).toBe('456789');
  });

  test('is called what the server calls it, or what a redirect leads to', async () => {
    const web = await serve((got, response, index) => {
      if (got.path === '/named') response.setHeader('content-disposition', 'attachment; filename="named.csv"');
      if (got.path === '/latest') return response.writeHead(302, { location: '/v7/reviews.csv.gz' }).end();
      return give(Buffer.from('x'))(got, response, index);
    });
    const source = await open();
    const nameOf = async (path: string) => only(await source.find(`${web.url}${path}`, { signal })).path;
    expect(await nameOf('/named')).toBe('named.csv');
    expect(await nameOf('/latest')).toBe('reviews.csv.gz');
    expect(await nameOf('/export')).toBe('export');
    expect(await nameOf('/')).toBe('download');
  });

  test.each([
    ['/x.csv', 'gzip', 'x.csv.gz'],
    ['/x.csv.gz', 'gzip', 'x.csv.gz'],
    ['/x.csv', 'ZSTD', 'x.csv.zst'],
    ['/x.csv', 'identity', 'x.csv'],
  ])('%s that comes in %s is %s', async (path, encoding, name) => {
    const packed = gzipSync('a,b\n');
    const web = await serve((got, response, index) => {
      response.setHeader('content-encoding', encoding);
      return give(packed)(got, response, index);
    });
    const source = await open();
    const dataset = await source.find(`${web.url}${path}`, { signal });
    expect(only(dataset)).toMatchObject({ path: name, bytes: packed.length });
    expect(await collect(source.read(dataset, only(dataset), { signal, start: 3 }))).toEqual(packed.subarray(3));
    expect(web.got[0]?.headers['accept-encoding']).toBe('identity');
  });

  test('has a version by its date, its length, or none that could be known', async () => {
    const answers = [{ 'last-modified': 'Mon, 06 May 2024 07:08:09 GMT' }, { 'content-length': '1' }, {}];
    const web = await serve((_, response, index) => response.writeHead(200, answers[index]).end('x'));
    const source = await open();
    const versions: string[] = [];
    for (const _ of answers) versions.push((await source.find(`${web.url}/x`, { signal })).version);
    expect(versions).toEqual(['Mon, 06 May 2024 07:08:09 GMT', '1 bytes', 'unknown']);
  });

  test('has this one version only, and no other file', async () => {
    const web = await serve(give(Buffer.from('x')));
    const source = await open();
    await source.find(`${web.url}/x.csv`, { signal, version: 'one', file: 'x.csv' });
    const old = await failureOf(source.find(`${web.url}/x.csv`, { signal, version: 'zero' }));
    expect(old).toMatchObject({ code: 'NOT_FOUND', details: { version: 'one' } });
    const other = await failureOf(source.find(`${web.url}/x.csv`, { signal, file: 'x.cvs' }));
    expect(other).toMatchObject({ code: 'NOT_FOUND', hint: 'did you mean x.csv?' });
  });
});

describe('secrets in an address', () => {
  test('user and password become a header of the first server, and nothing else', async () => {
    const other = await serve(give(Buffer.from('x')));
    const web = await serve((_, response) => response.writeHead(302, { location: `${other.url}/x.csv` }).end());
    const source = await open();
    const dataset = await source.find(web.url.replace('//', '//us%40er:pass-word-1@'), { signal });
    expect(dataset.ref).toBe(`${web.url}/`);
    await collect(source.read(dataset, only(dataset), { signal, start: 0 }));
    const basic = `Basic ${Buffer.from('us@er:pass-word-1').toString('base64')}`;
    expect(web.got.map(({ headers }) => headers.authorization)).toEqual([basic, basic]);
    expect(other.got.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
    expect(redactor.redact('it is pass-word-1')).toBe('it is ***');
  });

  test('signatures are used and not shown', async () => {
    const web = await serve((got, response, index) => {
      if (!got.path.includes('X-Amz-Signature=abcdef123456')) return response.writeHead(403).end();
      return give(Buffer.from('x'))(got, response, index);
    });
    const source = await open();
    const dataset = await source.find(`${web.url}/x.csv?part=2&X-Amz-Signature=abcdef123456`, { signal });
    expect(dataset.ref).toBe(`${web.url}/x.csv?part=2`);
    expect((await collect(source.read(dataset, only(dataset), { signal, start: 0 }))).toString()).toBe('x');
    expect(redactor.redact('abcdef123456')).toBe('***');
  });

  test('nor is any other credential, nor what changes with each link to the same file', async () => {
    const web = await serve(give(Buffer.from('x')));
    const link = `${web.url}/x.csv?private_token=hunter-22-22&v=3&X-Amz-Date=20260101T000000Z&Expires=1700000000`;
    const dataset = await (await open()).find(link, { signal });
    expect(dataset.ref).toBe(`${web.url}/x.csv?v=3`);
    expect(redactor.redact('hunter-22-22 of 20260101T000000Z')).toBe('*** of 20260101T000000Z');
  });
});

describe('refusals', () => {
  const refuse = async (status: number, headers: Record<string, string> = {}, body = '') => {
    const web = await serve((_, response) => response.writeHead(status, headers).end(body));
    return await failureOf((await open()).find(`${web.url}/x.csv?sig=hidden`, { signal }));
  };

  test.each([
    [401, 'AUTH_FAILED'],
    [403, 'PERMISSION_DENIED'],
    [404, 'NOT_FOUND'],
    [410, 'NOT_FOUND'],
    [400, 'DATA_INVALID'],
    [501, 'REMOTE_UNAVAILABLE'],
  ])('HTTP %i is %s', async (status, code) => {
    const error = await refuse(status);
    expect(error.code).toBe(code);
    expect(error.message).toContain(String(status));
    expect(`${error.message} ${JSON.stringify(error.details)}`).not.toContain('hidden');
  });

  test('the way to give a password is told where one is wanted', async () => {
    const basic = await refuse(401, { 'www-authenticate': 'Basic realm="x"' });
    expect(basic.hint).toBe('write the address as https://user:password@host/path');
    expect((await refuse(401)).hint).toContain('download it in a browser');
  });

  test('the words of the server are in the message, those of a page are not', async () => {
    expect((await refuse(403, {}, 'quota used up\nat line 1')).message).toContain('(HTTP 403): quota used up');
    expect((await refuse(403, { 'content-type': 'text/html' }, '<html>no</html>')).message).not.toContain('html');
    const xml = '<Error><Code>ExpiredToken</Code><Message>Request has expired.</Message></Error>';
    const expired = await refuse(403, { 'content-type': 'application/xml' }, xml);
    expect(expired.message).toContain('Request has expired.');
    expect(expired.hint).toBe('the link has expired: get a new one');
  });

  test('a page to log in is no file', async () => {
    const web = await serve((_, response) =>
      response.setHeader('content-type', 'text/html').end('<html>Sign in</html>'),
    );
    const error = await failureOf((await open()).find(`${web.url}/x.csv`, { signal }));
    expect(error).toMatchObject({ code: 'DATA_INVALID' });
    expect(error.hint).toContain('login');
  });

  test.each(['reviews.csv', 'ftp://host/x.csv', 'https://', 'gs://bucket/x', 'https://user:secret@'])(
    '%s is no address, and is not repeated for what it may hold',
    async ref => {
      const error = await failureOf((await open()).find(ref, { signal }));
      expect(error.code).toBe('FLAG_INVALID');
      expect(error.message).not.toContain('secret');
    },
  );
});
