import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { temporaryName } from '../../../../src/lib/core/temporary.ts';
import { localArtifacts } from '../../../../src/lib/tracking/artifacts/local.ts';
import { chunks, createScene, failureOf, textOf } from './scene.ts';

const scene = createScene();
const files = localArtifacts();
const write = (root: string, at: string, text: string) => files.write(root, at, chunks(text), Buffer.byteLength(text));

/** What may stand in a name on this system. */
const names = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter(name => !/[/\\\0]/.test(name) && !/^\.+$/.test(name) && !/^\s*$/.test(name) && name.isWellFormed())
  .filter(name => !/^[A-Za-z]:/.test(name));

describe('a root', () => {
  test('may be a path or a file: URI, whatever stands in its name', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(names, { minLength: 1, maxLength: 3 }), names, async (folders, name) => {
        const root = scene.at(path.join('roots', ...folders));
        const encoded = pathToFileURL(root).href;
        await write(encoded, name, 'x');
        expect(await files.list(root)).toContainEqual({ path: name, isFolder: false, bytes: 1 });
        expect(await files.list(encoded)).toEqual(await files.list(root));
        await files.delete(scene.at('roots'), '');
      }),
      { numRuns: 60 },
    );
  });

  test('is decoded once: a % in a folder is no escape', async () => {
    scene.put('100%25 sure/é#1?.txt', 'yes');
    const root = `file://${scene.at('100%2525%20sure')}`;
    expect(await files.list(root)).toEqual([{ path: 'é#1?.txt', isFolder: false, bytes: 3 }]);
    expect(await textOf(files.read(root, 'é#1?.txt'))).toBe('yes');
  });

  test('with one slash or three is the same', async () => {
    scene.put('root/a', 'a');
    for (const slashes of ['/', '///', '//localhost/'])
      expect(await files.list(`file:${slashes}${scene.at('root').slice(1)}`)).toHaveLength(1);
  });

  test.each([
    ['mlruns/0', 'it is relative'],
    ['./mlruns/0', 'it is relative'],
    ['file:mlruns/0', 'it is relative'],
    ['', 'it names no folder'],
    ['file:///a%00b', 'it names no folder'],
    ['file:///a%zz', 'URI malformed'],
    ['file://elsewhere/a', 'File URL host'],
    ['gs://bucket/a', 'gs: is no folder'],
  ])('%j is refused', async (root, why) => {
    const { code, message } = await failureOf(files.list(root));
    expect([code, message]).toEqual(['DATA_INVALID', expect.stringContaining(why)]);
  });

  test('tells where its files lie; that of a store lies nowhere here', () => {
    expect(files.locate(scene.uri('r x'), 'a/b')).toBe(scene.at('r x/a/b'));
    expect(files.locate('gs://bucket', 'a.txt')).toBeNull();
  });
});

describe('listing', () => {
  test('gives what lies directly in a folder, by name, with full paths', async () => {
    for (const name of ['r/m/b', 'r/m/B', 'r/m/a/x', 'r/m/ä', 'r/c']) scene.put(name, name);
    expect(await files.list(scene.at('r'), 'm')).toEqual([
      { path: 'm/B', isFolder: false, bytes: 5 },
      { path: 'm/a', isFolder: true, bytes: null },
      { path: 'm/b', isFolder: false, bytes: 5 },
      { path: 'm/ä', isFolder: false, bytes: 6 },
    ]);
    expect(await files.list(scene.at('r'))).toEqual(await files.list(scene.at('r'), './'));
  });

  test('is empty where there is no such folder, or a file', async () => {
    scene.put('r/file');
    for (const at of ['none', 'none/deeper', 'file', 'file/in'])
      expect(await files.list(scene.at('r'), at)).toEqual([]);
    expect(await files.list(scene.at('nowhere'))).toEqual([]);
  });

  test('does not show a file that is being written', async () => {
    scene.put('r/a');
    fs.writeFileSync(temporaryName(scene.at('r/big')), 'half');
    expect(await files.list(scene.at('r'))).toHaveLength(1);
  });

  test('follows links, but not in a circle and not to nowhere', async () => {
    scene.put('elsewhere/inner/x');
    scene.put('r/a/y');
    fs.symlinkSync(scene.at('elsewhere'), scene.at('r/a/folder'));
    fs.symlinkSync(scene.at('r/a/y'), scene.at('r/a/file'));
    fs.symlinkSync('../..', scene.at('r/a/around'));
    fs.symlinkSync('.', scene.at('r/a/self'));
    fs.symlinkSync('none', scene.at('r/a/broken'));
    expect((await files.list(scene.at('r'), 'a')).map(file => file.path)).toEqual(['a/file', 'a/folder', 'a/y']);
    expect(await files.list(scene.at('r'), 'a/folder')).toEqual([
      { path: 'a/folder/inner', isFolder: true, bytes: null },
    ]);
  });

  test('ends where two folders hold links to each other', async () => {
    scene.put('r/a/x');
    scene.put('r/b/y');
    fs.symlinkSync('../b', scene.at('r/a/to-b'));
    fs.symlinkSync('../a', scene.at('r/b/to-a'));
    expect((await files.list(scene.at('r'), 'a/to-b')).map(file => file.path)).toEqual(['a/to-b/y']);
  });
});

describe('reading', () => {
  test('gives the bytes, from any of them on', async () => {
    scene.put('r/a', 'abcdef');
    const read = (start: number) => textOf(files.read(scene.at('r'), 'a', { start }));
    expect([await read(0), await read(4), await read(6), await read(99)]).toEqual(['abcdef', 'ef', '', '']);
  });

  test.each([
    ['none', 'there is no artifact none'],
    ['folder', 'folder is a folder'],
    ['file/in', 'there is no artifact file/in'],
  ])('%s is not there', async (at, why) => {
    scene.put('r/folder/x');
    scene.put('r/file');
    const { code, message } = await failureOf(textOf(files.read(scene.at('r'), at)));
    expect([code, message]).toEqual(['NOT_FOUND', `${why} in ${scene.at('r')}`]);
  });

  test('that is given up leaves no open file behind', async () => {
    scene.put('r/a', Buffer.alloc(5 << 20));
    const open = () => fs.readdirSync('/proc/self/fd').length;
    const before = open();
    for (let round = 0; round < 20; round += 1) for await (const _ of files.read(scene.at('r'), 'a')) break;
    await expect.poll(open).toBeLessThan(before + 10);
  });
});

describe('writing', () => {
  test('makes the folders and replaces what was there', async () => {
    await write(scene.uri('r x'), 'a/b c/d.txt', 'one');
    await write(scene.uri('r x'), 'a/b c/d.txt', 'two');
    await write(scene.uri('r x'), 'empty', '');
    expect(scene.read('r x/a/b c/d.txt')).toBe('two');
    expect(scene.tree('r x')).toEqual(['a', 'a/b c', 'a/b c/d.txt', 'empty']);
  });

  test.each([
    ['fewer', 'abc', 5, '3 of 5 bytes came'],
    ['more', 'abcdef', 5, 'more than 5 bytes came'],
    ['any', 'a', 0, 'more than 0 bytes came'],
  ])('of %s bytes than were said stores nothing', async (_, text, bytes, why) => {
    await write(scene.at('r'), 'kept', 'old');
    const { code, message } = await failureOf(files.write(scene.at('r'), 'new/f', chunks(text), bytes));
    expect([code, message]).toEqual(['DATA_INVALID', expect.stringContaining(why)]);
    await failureOf(files.write(scene.at('r'), 'kept', chunks(text), bytes));
    expect(scene.tree('r')).toEqual(['kept']);
    expect(scene.read('r/kept')).toBe('old');
  });

  test('of a body that fails stores nothing and passes the failure on', async () => {
    async function* broken() {
      yield Buffer.from('abc');
      throw new Error('the line went dead');
    }
    await expect(files.write(scene.at('r'), 'a/b', broken(), 6)).rejects.toThrow('the line went dead');
    expect(scene.tree('r')).toEqual([]);
  });

  test('shows nothing until everything is there', async () => {
    async function* watched() {
      yield Buffer.from('abc');
      expect(await files.list(scene.at('r'))).toEqual([]);
      yield Buffer.from('def');
    }
    await files.write(scene.at('r'), 'a/b', watched(), 6);
    expect(scene.read('r/a/b')).toBe('abcdef');
  });

  test('cleans up after a writer that was killed', async () => {
    scene.put('r/.x.sentops-999999999-1.tmp', 'half');
    await write(scene.at('r'), 'a', 'a');
    expect(scene.tree('r')).toEqual(['a']);
  });

  test.each(['', '/', 'a/', '/etc/passwd', '../x', 'a/../../x', 'a/..', '..\\x', 'C:\\x', 'C:/x', 'a\0b'])(
    'to %j is refused',
    async at => {
      scene.put('r/a/keep');
      for (const work of [write(scene.at('r'), at, 'x'), files.copyIn(scene.at('r'), at, scene.at('r/a/keep'))])
        expect((await failureOf(work)).code).toBe('FLAG_INVALID');
      expect(scene.tree('.')).toEqual(['r', 'r/a', 'r/a/keep']);
    },
  );

  test.each(['/etc', '../x', 'a/../../x', 'a\0'])('and %j is refused by all others too', async at => {
    const root = scene.at('r');
    for (const work of [files.list(root, at), textOf(files.read(root, at)), files.delete(root, at)])
      expect((await failureOf(work)).code).toBe('FLAG_INVALID');
  });

  test('through a link that leads out is refused, and so is deleting', async () => {
    scene.put('outside/precious');
    scene.put('r/inside/x');
    fs.symlinkSync(scene.at('outside'), scene.at('r/out'));
    fs.symlinkSync(scene.at('r/inside'), scene.at('r/in'));
    expect((await failureOf(write(scene.at('r'), 'out/new', 'x'))).code).toBe('NOT_WRITABLE');
    expect((await failureOf(write(scene.at('r'), 'out/deep/new', 'x'))).code).toBe('NOT_WRITABLE');
    expect((await failureOf(files.delete(scene.at('r'), 'out/precious'))).code).toBe('NOT_WRITABLE');
    expect(scene.tree('outside')).toEqual(['precious']);
    await write(scene.at('r'), 'in/y', 'y');
    expect(scene.read('r/inside/y')).toBe('y');
  });

  test('onto a link replaces the link, not what it leads to', async () => {
    scene.put('outside/precious', 'gold');
    fs.mkdirSync(scene.at('r'));
    fs.symlinkSync(scene.at('outside/precious'), scene.at('r/link'));
    await write(scene.at('r'), 'link', 'lead');
    expect([scene.read('outside/precious'), scene.read('r/link')]).toEqual(['gold', 'lead']);
  });

  test('where a folder or a file is in the way says so', async () => {
    scene.put('r/folder/x');
    scene.put('r/file');
    for (const at of ['folder', 'file/x'])
      expect((await failureOf(write(scene.at('r'), at, 'x'))).code).toBe('NOT_WRITABLE');
    expect(scene.tree('r')).toEqual(['file', 'folder', 'folder/x']);
  });
});

describe('copying a file in', () => {
  test('stores what it holds', async () => {
    const body = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
    await files.copyIn(scene.uri('r'), 'deep/é.bin', scene.put('source', body));
    expect(fs.readFileSync(scene.at('r/deep/é.bin')).equals(body)).toBe(true);
    expect(scene.tree('r')).toEqual(['deep', 'deep/é.bin']);
  });

  test('that is not there stores nothing', async () => {
    expect((await failureOf(files.copyIn(scene.at('r'), 'a', scene.at('none')))).code).toBe('NOT_FOUND');
    expect(scene.tree('r')).toEqual([]);
  });
});

describe('deleting', () => {
  test('takes a file, a folder with everything in it, or the root', async () => {
    for (const name of ['r/a/b/c', 'r/a/d', 'r/e', 'r/f']) scene.put(name);
    await files.delete(scene.at('r'), 'a');
    await files.delete(scene.at('r'), 'e');
    expect(scene.tree('r')).toEqual(['f']);
    await files.delete(scene.at('r'), '');
    expect(fs.existsSync(scene.at('r'))).toBe(false);
  });

  test('of what is not there changes nothing', async () => {
    scene.put('r/a');
    await files.delete(scene.at('r'), 'none/deeper');
    await files.delete(scene.at('nowhere'), 'x');
    expect(scene.tree('.')).toEqual(['r', 'r/a']);
  });

  test('takes a link and leaves what it leads to', async () => {
    scene.put('outside/precious');
    fs.mkdirSync(scene.at('r'));
    fs.symlinkSync(scene.at('outside'), scene.at('r/out'));
    await files.delete(scene.at('r'), 'out');
    expect([scene.tree('r'), scene.tree('outside')]).toEqual([[], ['precious']]);
  });
});
