import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import zlib from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSource, type SourceWorld } from '../../../../src/lib/data/open-source.ts';
import { openTable } from '../../../../src/lib/data/open-table.ts';
import { choosePartNames, joinParts } from '../../../../src/lib/data/source/parts.ts';
import { failure, readAll, sourceOf } from '../tables.ts';

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-local-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

const put = (name: string, data: string | Uint8Array) => {
  fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
  fs.writeFileSync(path.join(dir, name), data);
};
async function* nothing() {}
const world = (): SourceWorld => ({ cwd: dir, stdin: nothing() });
const rowsOf = async (location: string) => readAll(await openTable(await openSource(location, world())));
const CSV = 'text,label\ngood,1\n';

describe('file URIs', () => {
  test.each(['100% sure.csv', 'a#b?c.csv', 'größe 😀.csv', 'a+b&c.csv', 'a%20b.csv', 'back\\slash.csv'])(
    'name the file %s by percent escapes',
    async name => {
      put(name, CSV);
      const { href } = pathToFileURL(path.join(dir, name));
      expect(await rowsOf(href)).toEqual([['good', '1']]);
      expect(await rowsOf(href.replace(/^file/, 'FILE'))).toEqual([['good', '1']]);
      expect((await openSource(href, world())).name).toBe(href);
    },
  );

  test('may say that they are of this machine', async () => {
    put('a.csv', CSV);
    expect(await rowsOf(`file://localhost${dir}/a.csv`)).toEqual([['good', '1']]);
    expect(await rowsOf(`file://${dir}/x/../a.csv`)).toEqual([['good', '1']]);
  });

  test.each(['file://elsewhere/a.csv', 'file:///a%2Fb.csv', 'file://%00/a', 'file:///%E0%A4%A'])(
    '%s is none that can be opened',
    async uri => {
      expect(await failure(openSource(uri, world()))).toBe(
        `FLAG_INVALID ${uri} is no valid file URI | write file:/// and the absolute path`,
      );
    },
  );

  test('that are not there are told as they were written', async () => {
    expect(await failure(openSource(`file://${dir}/none.csv`, world()))).toMatch(
      new RegExp(`^NOT_FOUND file://${dir}/none.csv is not there`),
    );
  });
});

describe('schemes', () => {
  test('are looked up in lower case, and only those that have two letters: C:// may be a drive', async () => {
    const asked: string[] = [];
    const storage = (scheme: string) => {
      asked.push(scheme);
      return Promise.reject(new Error('none'));
    };
    for (const uri of ['S3://b/a', 'my-store+x.1://b/a']) {
      await expect(openSource(uri, { ...world(), storage })).rejects.toThrow('none');
    }
    expect(asked).toEqual(['s3', 'my-store+x.1']);
    put('c:/a.csv', CSV);
    expect(await rowsOf('c://a.csv')).toEqual([['good', '1']]);
    expect(await failure(openSource('1s://b/a', world()))).toMatch(/^NOT_FOUND 1s:/);
  });
});

describe('folders', () => {
  test.each<[name: string, files: string[], parts: string[]]>([
    [
      'part files in the order of their names',
      ['part-00002.csv', 'part-00000.csv'],
      ['part-00000.csv', 'part-00002.csv'],
    ],
    ['hidden files and marks apart', ['.part-0.crc', '_SUCCESS', 'part-0'], ['part-0']],
    [
      'files that differ in numbers only',
      ['a-2.jsonl.gz', 'a-1.jsonl.gz', 'a-10.jsonl.gz'],
      ['a-1.jsonl.gz', 'a-10.jsonl.gz', 'a-2.jsonl.gz'],
    ],
    ['packed and plain ones of one type', ['part-1.csv.gz', 'part-0.csv'], ['part-0.csv', 'part-1.csv.gz']],
  ])('%s', (_name, files, parts) => {
    expect(choosePartNames(files, 'out')).toEqual(parts);
  });

  test.each<[files: string[]]>([
    [['train.csv', 'test.csv']],
    [['part-0.csv', 'part-1.parquet']],
    [['part-0.csv', 'notes.md']],
    [['part-0.csv', 'deeper/']],
    [['_SUCCESS']],
    [[]],
    [['picture.png']],
  ])('of %j are no table', files => {
    expect(() => choosePartNames(files, 'out')).toThrow(
      'out is a folder, and not one of part files of one type; it has',
    );
  });

  test('a long list of what is there is cut', () => {
    const names = Array.from({ length: 30 }, (_, index) => `${String.fromCharCode(97 + index)}x.csv`);
    expect(() => choosePartNames(names, 'out')).toThrow(/it has ax.csv, .*, hx.csv and 22 more$/);
  });

  test('of files each packed in its own way are one table, its header in some', async () => {
    put('out/part-0.csv', 'text,label\na,1\n');
    put('out/part-1.csv.gz', zlib.gzipSync('TEXT,label\nb,0\n'));
    put('out/part-2.csv.zst', zlib.zstdCompressSync('text,label\r\nc,1\r\n'));
    put('out/part-3.csv', '');
    expect(await rowsOf('out/')).toEqual([
      ['a', '1'],
      ['TEXT', 'label'],
      ['b', '0'],
      ['c', '1'],
    ]);
  });

  test('a bad row and an open quote are told by the file that they are in, and its own line', async () => {
    put('out/part-0.csv', `text,label\n${'a,1\n'.repeat(50)}`);
    put('out/part-1.csv', 'text,label\nb,0\n"c,1\n');
    expect(await failure(rowsOf('out'))).toMatch(
      /^DATA_INVALID out\/part-1.csv: the quote that opens in line 3 never closes/,
    );
    put('out/part-1.csv', 'text,label\nb,0\n');
    put('out/part-2.csv.gz', zlib.gzipSync('text,label\nc,0\n').subarray(0, 25));
    expect(await failure(rowsOf('out'))).toMatch(/^DATA_INVALID out\/part-2.csv.gz cannot be unpacked/);
  });

  test('of nothing but empty files are empty', async () => {
    put('out/part-0.csv', '');
    put('out/part-1.csv', '');
    expect(await failure(rowsOf('out'))).toMatch(/^DATA_INVALID out is empty/);
  });
});

test('parts have a size where all of them have, and are repeatable where all of them are', () => {
  const known = sourceOf('abc');
  const open = { ...sourceOf('abcd', { repeatable: false }) };
  expect(joinParts('out', [known, known])).toMatchObject({ name: 'out', bytes: 6, repeatable: true });
  expect(joinParts('out', [known, open])).toMatchObject({ bytes: null, repeatable: false });
  expect(joinParts('out', [known])).toBe(known);
});

test.skipIf(process.platform === 'win32')('links are followed, one that leads nowhere is not there', async () => {
  put('a.csv', CSV);
  fs.symlinkSync('a.csv', path.join(dir, 'link.csv'));
  fs.symlinkSync('gone.csv', path.join(dir, 'broken.csv'));
  expect(await rowsOf('link.csv')).toEqual([['good', '1']]);
  expect(await failure(rowsOf('broken.csv'))).toMatch(/^NOT_FOUND broken.csv is not there/);
});

test('a role of the project, which storage commands know, is told as such', async () => {
  expect(await failure(rowsOf('raw:reviews.csv'))).toMatch(
    /^NOT_FOUND raw:reviews.csv is not there .*bucket list shows/,
  );
});
