import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { redactor } from '../../../../../src/lib/core/redact.ts';
import { readRef } from '../../../../../src/lib/data/remote/hf/read-ref.ts';
import create from '../../../../../src/lib/data/remote/hf/source.ts';
import { findCredential } from '../../../../../src/lib/data/remote/hf/token.ts';
import type { DatasetSource, RemoteFile } from '../../../../../src/lib/data/types.ts';
import { collect, createWorld, failureOf, give, HASTY, neverAborted, serve, type Web } from '../web.ts';

const signal = neverAborted();
const SHA = 'e6281661ce1c48d982bc483cf8a173c1bbeb5d31';
const BIG = Buffer.alloc(9000, 'parquet ');
const SUM = 'a'.repeat(64);

const TREE = [
  { type: 'file', path: '.gitattributes', size: 10, oid: 'g' },
  { type: 'file', path: 'README.md', size: 6, oid: 'r' },
  { type: 'directory', path: 'plain_text', oid: 'd' },
  { type: 'file', path: 'plain_text/train 1.parquet', size: BIG.length, oid: 'p', lfs: { oid: SUM, size: BIG.length } },
];

interface Hub extends Web {
  readonly store: Web;
}

/** As the hub answers (huggingface_hub 1.x): small files from itself, large ones from a store at another origin. */
async function startHub(more: Partial<Record<string, (web: Web) => unknown>> = {}): Promise<Hub> {
  const cuts = [4000];
  const store = await serve((got, response, index) =>
    give(BIG, { etag: `"copy-${index}"`, cuts })(got, response, index),
  );
  const web: Web = await serve((got, response, index) => {
    const special = more[got.path]?.(web);
    if (special !== undefined) return response.end(JSON.stringify(special));
    switch (got.path) {
      case '/api/datasets/imdb/revision/main':
        return response.writeHead(307, { location: '/api/datasets/stanfordnlp/imdb/revision/main' }).end();
      case '/api/datasets/stanfordnlp/imdb/revision/main':
      case '/api/datasets/stanfordnlp/imdb/revision/refs%2Fconvert%2Fparquet':
        return response.end(
          JSON.stringify({ id: 'stanfordnlp/imdb', sha: SHA, cardData: { license: ['other', 'mit'] } }),
        );
      case `/api/datasets/stanfordnlp/imdb/tree/${SHA}?recursive=true`:
        response.setHeader('link', `<${web.url}/api/datasets/stanfordnlp/imdb/tree/next>; rel="next"`);
        return response.end(JSON.stringify(TREE.slice(0, 2)));
      case '/api/datasets/stanfordnlp/imdb/tree/next':
        return response.end(JSON.stringify(TREE.slice(2)));
      case `/datasets/stanfordnlp/imdb/resolve/${SHA}/README.md`:
        return give(Buffer.from('# IMDB'))(got, response, index);
      case `/datasets/stanfordnlp/imdb/resolve/${SHA}/plain_text/train%201.parquet`:
        return response.writeHead(302, { location: `${store.url}/${SUM}?Signature=s` }).end();
      case '/api/datasets/meta/gated/revision/main':
        return response.writeHead(401, { 'x-error-code': 'GatedRepo' }).end('{"error":"Access is restricted"}');
      case '/api/datasets/stanfordnlp/imdb/revision/v9':
        return response.writeHead(404, { 'x-error-code': 'RevisionNotFound' }).end('{"error":"Invalid rev id: v9"}');
      default:
        return response
          .writeHead(401, { 'x-error-code': 'RepoNotFound' })
          .end('{"error":"Invalid username or password."}');
    }
  });
  return { ...web, store };
}

async function open({ url }: Web, env: Readonly<Record<string, string>> = {}): Promise<DatasetSource> {
  return await create(HASTY, createWorld({ HF_ENDPOINT: `${url}/`, HOME: '/nonexistent', ...env }).context);
}

describe('a dataset', () => {
  test.each(['stanfordnlp/imdb', 'imdb'])('%s is the files of a commit', async ref => {
    const hub = await startHub();
    const dataset = await (await open(hub)).find(ref, { signal });
    expect(dataset).toEqual({
      ref: 'stanfordnlp/imdb',
      version: SHA,
      license: 'other, mit',
      page: `${hub.url}/datasets/stanfordnlp/imdb`,
      files: [
        { path: 'README.md', bytes: 6, sha256: null, tag: 'r' },
        { path: 'plain_text/train 1.parquet', bytes: BIG.length, sha256: SUM, tag: SUM },
      ],
    });
  });

  test('large files come from another origin, without the token, and go on there under any ETag', async () => {
    const hub = await startHub();
    const source = await open(hub, { HF_TOKEN: 'hf_token_1' });
    const dataset = await source.find('stanfordnlp/imdb', { signal });
    const [, large] = dataset.files as [RemoteFile, RemoteFile];
    expect((await collect(source.read(dataset, large, { signal, start: 0 }))).equals(BIG)).toBe(true);
    expect(hub.store.got.map(({ headers }) => [headers.range, headers.authorization])).toEqual([
      [undefined, undefined],
      ['bytes=4000-', undefined],
    ]);
    expect(new Set(hub.got.map(({ headers }) => headers.authorization))).toEqual(new Set(['Bearer hf_token_1']));
    expect((await collect(source.read(dataset, large, { signal, start: 8999 }))).toString()).toBe(' ');
  });

  test('small ones come from the hub', async () => {
    const hub = await startHub();
    const source = await open(hub);
    const dataset = await source.find('stanfordnlp/imdb', { signal, file: 'README.md' });
    expect((await collect(source.read(dataset, dataset.files[0] as RemoteFile, { signal, start: 2 }))).toString()).toBe(
      'IMDB',
    );
  });

  test('a branch with slashes is one revision', async () => {
    const source = await open(await startHub());
    expect((await source.find('stanfordnlp/imdb@refs/convert/parquet', { signal })).version).toBe(SHA);
  });

  test('further pages are asked for where the first one was, and nowhere else', async () => {
    const elsewhere = await serve((_, response) => response.end('[]'));
    const hub = await startHub();
    const bait: Web = await serve((got, response) => {
      if (got.path.includes('/revision/')) return response.end(JSON.stringify({ id: 'a/b', sha: SHA }));
      return response.setHeader('link', `<${elsewhere.url}/x>; rel="next"`).end(JSON.stringify(TREE));
    });
    expect((await (await open(bait)).find('a/b', { signal })).files).toHaveLength(2);
    expect(elsewhere.got).toHaveLength(0);
    expect(hub.got).toHaveLength(0);
  });
});

describe('refusals', () => {
  test.each([
    ['nobody/nothing', {}, 'NOT_FOUND', 'if it is private'],
    ['nobody/nothing', { HF_TOKEN: 'hf_token_2' }, 'NOT_FOUND', 'check its name'],
    ['meta/gated', {}, 'PERMISSION_DENIED', 'HF_TOKEN'],
    ['meta/gated', { HF_TOKEN: 'hf_token_3' }, 'PERMISSION_DENIED', 'accept them'],
    ['stanfordnlp/imdb@v9', {}, 'NOT_FOUND', '/tree/main'],
  ] as const)('%s with %j is %s', async (ref, env, code, hint) => {
    const error = await failureOf((await open(await startHub(), env)).find(ref, { signal }));
    expect(error.code).toBe(code);
    expect(error.hint).toContain(hint);
    expect(error.message).not.toContain('hf_token');
  });

  test.each([
    [401, 'AUTH_FAILED'],
    [403, 'PERMISSION_DENIED'],
    [400, 'REMOTE_UNAVAILABLE'],
  ])('HTTP %i to a token is %s', async (status, code) => {
    const web = await serve((_, response) => response.writeHead(status).end('no'));
    expect((await failureOf((await open(web, { HF_TOKEN: 'hf_token_4' })).find('a/b', { signal }))).code).toBe(code);
  });

  test.each(['<html>hello</html>', '[]', '{}', '{"id":"a/b"}', 'null'])('%s is not how the hub answers', async text => {
    const web = await serve((_, response) => response.end(text));
    const error = await failureOf((await open(web)).find('a/b', { signal }));
    expect(error.message).toBe(`${web.url} does not answer as Hugging Face does`);
  });

  test('an unknown file, with the one that was meant', async () => {
    const error = await failureOf((await open(await startHub())).find('imdb', { signal, file: 'READMEE.md' }));
    expect(error).toMatchObject({ code: 'NOT_FOUND', hint: 'did you mean README.md?' });
  });

  test('an endpoint that is no address', async () => {
    expect(() => create(HASTY, createWorld({ HF_ENDPOINT: 'hub.test' }).context)).toThrow('HF_ENDPOINT is "hub.test"');
  });
});

describe('names', () => {
  test.each([
    ['stanfordnlp/imdb', undefined, 'stanfordnlp/imdb', 'main'],
    ['imdb', undefined, 'imdb', 'main'],
    ['a/b@v1.0', undefined, 'a/b', 'v1.0'],
    ['a/b', 'v1.0', 'a/b', 'v1.0'],
    ['https://huggingface.co/datasets/a/b.c-d_e', undefined, 'a/b.c-d_e', 'main'],
    ['https://huggingface.co/datasets/a/b/tree/dev/sub', undefined, 'a/b', 'dev'],
  ])('%s and %s', (ref, version, id, revision) => {
    expect(readRef(ref, version)).toEqual({ id, revision });
  });

  test.each(['', 'a/b/c', '../b', 'a/..', 'a b', '-a/b', 'https://example.test/a/b'])('%j is none', ref => {
    expect(() => readRef(ref, undefined)).toThrow(expect.objectContaining({ code: 'FLAG_INVALID' }));
  });

  test('two revisions are one too many', () => {
    expect(() => readRef('a/b@v1', 'v2')).toThrow('a/b@v1 names revision v1, and v2 was asked for');
  });
});

describe('the token', () => {
  test('lies where huggingface_hub looks for it', async () => {
    const home = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-hf-'));
    onTestFinished(() => fs.rmSync(home, { recursive: true, force: true }));
    const put = (name: string) => {
      fs.mkdirSync(path.dirname(path.join(home, name)), { recursive: true });
      fs.writeFileSync(path.join(home, name), `hf_${name.replace(/\W/g, '_')}\n`);
    };
    const find = (env: Readonly<Record<string, string>>) => findCredential({ env: { HOME: home, ...env }, cwd: home });
    expect(await find({})).toBeNull();
    put('.cache/huggingface/token');
    expect(await find({})).toBe('Bearer hf__cache_huggingface_token');
    put('xdg/huggingface/token');
    expect(await find({ XDG_CACHE_HOME: path.join(home, 'xdg') })).toBe('Bearer hf_xdg_huggingface_token');
    put('hub/token');
    expect(await find({ HF_HOME: 'hub' })).toBe('Bearer hf_hub_token');
    put('own/file');
    expect(await find({ HF_HOME: 'hub', HF_TOKEN_PATH: 'own/file' })).toBe('Bearer hf_own_file');
    expect(await find({ HF_TOKEN: 'hf_given', HF_TOKEN_PATH: 'own/file' })).toBe('Bearer hf_given');
    expect(await find({ HUGGING_FACE_HUB_TOKEN: ' hf_of_old ' })).toBe('Bearer hf_of_old');
    await expect(find({ HF_TOKEN: 'hf_a"b c' })).rejects.toMatchObject({ code: 'AUTH_FAILED' });
    expect(redactor.redact('hf_given hf_of_old')).toBe('*** ***');
  });
});
