import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { SentopsError } from '../../../../src/lib/core/errors.ts';
import { fetchFile } from '../../../../src/lib/data/fetch/fetch-file.ts';
import { checkSpace, removeEmptyFolders } from '../../../../src/lib/data/fetch/with-folder.ts';
import type { DatasetSource, RemoteDataset, RemoteFile } from '../../../../src/lib/data/types.ts';
import { Desk, failureOf, sha256 } from './desk.ts';

const CONTENT = Buffer.from(Array.from({ length: 60_000 }, (_, row) => `${row},text\n`).join(''));

type Behaviour = (start: number, attempt: number) => { readonly content?: Uint8Array; readonly error?: SentopsError };

/** One file at a source that does what a test wants of it, and the part that it is gathered in. */
class Bench {
  readonly desk = new Desk();
  readonly starts: number[] = [];
  readonly part = this.desk.at('rows.part');
  progress = 0;
  file: RemoteFile = { path: 'rows.csv', bytes: CONTENT.length, sha256: null, tag: null };
  version = '1';
  behave: Behaviour = start => ({ content: CONTENT.subarray(start) });

  async fetch() {
    const dataset: RemoteDataset = { ref: 'a/b', version: this.version, files: [this.file] };
    const source: DatasetSource = {
      find: async () => dataset,
      read: (_dataset, _file, { start }) => this.read(start),
    };
    return await fetchFile({ source, dataset, file: this.file }, this.part, {
      signal: new AbortController().signal,
      onBytes: bytes => {
        this.progress += bytes;
      },
    });
  }

  private async *read(start: number): AsyncGenerator<Uint8Array> {
    this.starts.push(start);
    const { content = Buffer.alloc(0), error } = this.behave(start, this.starts.length);
    for (let at = 0; at < content.length; at += 100_000) yield content.subarray(at, at + 100_000);
    if (error) throw error;
  }

  /** What the part holds; null where there is none. */
  get held(): Buffer | null {
    return fs.existsSync(this.part) ? fs.readFileSync(this.part) : null;
  }
}

const broken = new SentopsError('REMOTE_UNAVAILABLE', 'the connection broke');

describe('a file that comes in parts', () => {
  test('goes on where it was broken off, with the hash of all of it', async () => {
    const bench = new Bench();
    bench.behave = () => ({ content: CONTENT.subarray(0, 300_000), error: broken });
    expect((await failureOf(bench.fetch())).code).toBe('REMOTE_UNAVAILABLE');
    expect(bench.held?.length).toBe(300_000);
    bench.behave = start => ({ content: CONTENT.subarray(start) });
    bench.progress = 0;
    const fetched = await bench.fetch();
    expect(fetched).toMatchObject({ resumedFrom: 300_000, bytes: CONTENT.length, sha256: sha256(CONTENT) });
    expect(bench.starts).toEqual([0, 300_000]);
    expect(bench.progress).toBe(CONTENT.length);
    expect(bench.held?.equals(CONTENT)).toBe(true);
  });

  test.for([
    ['version', (bench: Bench) => Object.assign(bench, { version: '2' })],
    ['tag', (bench: Bench) => Object.assign(bench, { file: { ...bench.file, tag: 'other' } })],
  ] as const)('begins anew where the source has another %s by now, although it could go on', async ([, change]) => {
    const bench = new Bench();
    bench.behave = () => ({ content: Buffer.alloc(300_000, 'old'), error: broken });
    await failureOf(bench.fetch());
    change(bench);
    bench.behave = start => ({ content: CONTENT.subarray(start) });
    expect(await bench.fetch()).toMatchObject({ resumedFrom: 0, sha256: sha256(CONTENT) });
    expect(bench.held?.equals(CONTENT)).toBe(true);
  });

  test('begins anew in the same run where the source cannot go on in the middle', async () => {
    const bench = new Bench();
    bench.behave = () => ({ content: CONTENT.subarray(0, 300_000), error: broken });
    await failureOf(bench.fetch());
    bench.behave = start =>
      start > 0 ? { error: new SentopsError('CONFLICT', 'no ranges here') } : { content: CONTENT };
    bench.progress = 0;
    expect((await bench.fetch()).sha256).toBe(sha256(CONTENT));
    expect(bench.starts).toEqual([0, 300_000, 0]);
    expect(bench.progress).toBe(CONTENT.length);
  });

  test('that were whole already are not asked for again', async () => {
    const bench = new Bench();
    await bench.fetch();
    expect(await bench.fetch()).toMatchObject({ resumedFrom: CONTENT.length, sha256: sha256(CONTENT) });
    expect(bench.starts).toEqual([0]);
  });

  test('of a small file come again: a part of it is not worth keeping', async () => {
    const bench = new Bench();
    bench.file = { ...bench.file, bytes: 1000 };
    bench.behave = () => ({ content: CONTENT.subarray(0, 500), error: broken });
    await failureOf(bench.fetch());
    bench.behave = start => ({ content: CONTENT.subarray(start, 1000) });
    await bench.fetch();
    expect(bench.starts).toEqual([0, 0]);
  });
});

describe('a source that is wrong', () => {
  test.for([
    ['sha256', sha256(CONTENT)],
    ['md5', '1B2M2Y8AsgTpgAmY7PhCfg=='],
    ['crc32c', 'AAAAAA=='],
  ] as const)('about the %s is asked once more, and then nothing is kept', async ([name, hash]) => {
    const bench = new Bench();
    bench.file = { ...bench.file, [name]: hash };
    bench.behave = () => ({ content: Buffer.alloc(CONTENT.length, 'x') });
    const failure = await failureOf(bench.fetch());
    expect([failure.code, failure.exit]).toEqual(['DATA_INVALID', 9]);
    expect(failure.message).toContain(name);
    expect(bench.starts).toEqual([0, 0]);
    expect(bench.desk.files()).toEqual(['sentops.yaml']);
  });

  test('once is forgiven', async () => {
    const bench = new Bench();
    bench.file = { ...bench.file, sha256: sha256(CONTENT) };
    bench.behave = (_start, attempt) => ({ content: attempt === 1 ? Buffer.alloc(CONTENT.length) : CONTENT });
    expect((await bench.fetch()).sha256).toBe(sha256(CONTENT));
    expect(bench.progress).toBe(CONTENT.length);
  });

  test('about the length is caught: more is refused, less can be gone on with', async () => {
    const bench = new Bench();
    bench.behave = () => ({ content: Buffer.concat([CONTENT, Buffer.from('more')]) });
    expect((await failureOf(bench.fetch())).code).toBe('DATA_INVALID');
    expect(bench.held).toBe(null);
    bench.behave = () => ({ content: CONTENT.subarray(0, 300_000) });
    expect((await failureOf(bench.fetch())).code).toBe('REMOTE_UNAVAILABLE');
    expect(bench.held?.length).toBe(300_000);
  });

  test('or silent about the length gets what it sends', async () => {
    const bench = new Bench();
    bench.file = { ...bench.file, bytes: null };
    expect(await bench.fetch()).toMatchObject({ bytes: CONTENT.length, sha256: sha256(CONTENT) });
  });
});

test('a device without room is told before the first byte', async () => {
  const desk = new Desk();
  await checkSpace(desk.dir, 'data', 1);
  const failure = await failureOf(checkSpace(desk.dir, 'data', Number.MAX_SAFE_INTEGER));
  expect([failure.code, failure.message.startsWith('data needs')]).toEqual(['DISK_FULL', true]);
});

test('empty folders are removed as far as the dataset goes', () => {
  const desk = new Desk();
  fs.mkdirSync(desk.at('data/.sentops/archives/a/b'), { recursive: true });
  desk.write('data/.sentops/files.jsonl', '');
  removeEmptyFolders(desk.at('data/.sentops/archives/a/b'), desk.at('data'));
  expect(fs.readdirSync(desk.at('data/.sentops'))).toEqual(['files.jsonl']);
});
