import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { temporaryName } from '../../../../src/lib/core/temporary.ts';
import { localArtifacts } from '../../../../src/lib/tracking/artifacts/local.ts';
import { planUpload, uploadTree } from '../../../../src/lib/tracking/artifacts/upload-tree.ts';
import { createScene, createWatch, failureOf, memoryArtifacts } from './scene.ts';

const scene = createScene();
const ROOT = 'mlflow-artifacts:/1/run/artifacts';

const upload = (artifacts = memoryArtifacts({}), from = 'dir', into = '') =>
  uploadTree(artifacts, scene.at(from), ROOT, into, createWatch().options);
const stored = (artifacts: ReturnType<typeof memoryArtifacts>) =>
  Object.fromEntries([...artifacts.files].map(([name, body]) => [name, Buffer.from(body).toString()]).sort());

describe('what is stored', () => {
  test('of a file is the file, in the folder that was named', async () => {
    scene.put('dir/a b%.txt', 'one');
    const artifacts = memoryArtifacts({});
    await upload(artifacts, 'dir/a b%.txt');
    await upload(artifacts, 'dir/a b%.txt', 'plots/ü/');
    expect(stored(artifacts)).toEqual({ 'a b%.txt': 'one', 'plots/ü/a b%.txt': 'one' });
  });

  test('of a folder is what is in it, however deep, with whatever names', async () => {
    for (const name of ['a#1', 'b/c/d/e/f', 'b/ü ?.txt', '.hidden']) scene.put(`dir/${name}`, name);
    scene.put('dir/empty', '');
    fs.mkdirSync(scene.at('dir/nothing'));
    const artifacts = memoryArtifacts({});
    const watch = createWatch();
    const files = await uploadTree(artifacts, scene.at('dir'), ROOT, 'm', watch.options);
    const names = ['.hidden', 'a#1', 'b/c/d/e/f', 'b/ü ?.txt'];
    expect(stored(artifacts)).toEqual({
      'm/empty': '',
      ...Object.fromEntries(names.map(name => [`m/${name}`, name])),
    });
    expect(files.map(({ path }) => path)).toEqual([...artifacts.files.keys()].sort());
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(watch.progress('upload')).toEqual({ done: total, total });
  });

  test('is what plans say', async () => {
    for (const name of ['a', 'b/c']) scene.put(`dir/${name}`);
    expect(await planUpload(scene.at('dir'), 'm')).toEqual(await upload(undefined, 'dir', 'm'));
  });

  test('has MLmodel last: a model that is there is whole', async () => {
    for (const name of ['m/MLmodel', 'm/data/x', 'm/z', 'MLmodel', 'a']) scene.put(`dir/${name}`);
    const artifacts = memoryArtifacts({});
    await upload(artifacts);
    expect(artifacts.calls.slice(3)).toEqual(['write MLmodel', 'write m/MLmodel']);
  });

  test('leaves out what another process is writing', async () => {
    scene.put('dir/a');
    fs.writeFileSync(temporaryName(scene.at('dir/b')), 'half');
    expect(await planUpload(scene.at('dir'), '')).toHaveLength(1);
  });

  test('reaches folders of this machine without passing through', async () => {
    const body = Buffer.alloc(3 << 20, 'x');
    scene.put('dir/m/big', body);
    const watch = createWatch();
    await uploadTree(localArtifacts(), scene.at('dir'), scene.uri('root'), '', watch.options);
    expect(fs.readFileSync(scene.at('root/m/big')).equals(body)).toBe(true);
    expect(watch.events).toHaveLength(1);
    expect(scene.tree('root')).toEqual(['m', 'm/big']);
  });

  test('never goes outside of the root', async () => {
    scene.put('dir/a');
    for (const into of ['../x', '/x', 'a/../../x'])
      expect((await failureOf(upload(undefined, 'dir', into))).code).toBe('FLAG_INVALID');
  });
});

describe('links', () => {
  test('are followed, to files and to folders, inside and outside', async () => {
    scene.put('elsewhere/x', 'x');
    scene.put('dir/a/file', 'file');
    fs.symlinkSync('a/file', scene.at('dir/link'));
    fs.symlinkSync(scene.at('elsewhere'), scene.at('dir/folder'));
    fs.symlinkSync('a', scene.at('dir/again'));
    const artifacts = memoryArtifacts({});
    await upload(artifacts);
    expect(stored(artifacts)).toEqual({ 'a/file': 'file', 'again/file': 'file', 'folder/x': 'x', link: 'file' });
  });

  test.each(['.', '..', '../..', '../../dir/a'])('to %s, around the folder, are refused', async target => {
    scene.put('dir/a/b');
    fs.symlinkSync(target, scene.at('dir/a/around'));
    const failure = await failureOf(upload());
    expect([failure.code, failure.message]).toEqual(['DATA_INVALID', expect.stringContaining('leads back')]);
  });

  test('of two folders to each other are refused', async () => {
    for (const name of ['dir/a/x', 'dir/b/y']) scene.put(name);
    fs.symlinkSync('../b', scene.at('dir/a/to-b'));
    fs.symlinkSync('../a', scene.at('dir/b/to-a'));
    expect((await failureOf(upload())).code).toBe('DATA_INVALID');
  });

  test('to themselves and to nowhere are refused', async () => {
    scene.put('dir/a');
    fs.symlinkSync('self', scene.at('dir/self'));
    expect((await failureOf(upload())).code).toBe('DATA_INVALID');
    fs.rmSync(scene.at('dir/self'));
    fs.symlinkSync('none', scene.at('dir/broken'));
    expect((await failureOf(upload())).code).toBe('NOT_FOUND');
  });
});

describe('a file that changes while it is read', () => {
  const size = (3 << 20) + 5;
  const grow = () => fs.appendFileSync(scene.at('dir/log'), 'more');
  const touch = () => fs.writeFileSync(scene.at('dir/log'), Buffer.alloc(size, 'b'));
  const growUnseen = () => {
    grow();
    fs.utimesSync(scene.at('dir/log'), 1, 1);
  };
  const shrink = () => fs.truncateSync(scene.at('dir/log'), 100);
  const replace = () => {
    fs.writeFileSync(scene.at('other'), Buffer.alloc(size, 'c'));
    const { atime, mtime } = fs.statSync(scene.at('dir/log'));
    fs.utimesSync(scene.at('other'), atime, mtime);
    fs.renameSync(scene.at('other'), scene.at('dir/log'));
  };

  test.each(Object.entries({ grow, growUnseen, touch, shrink, replace }))('(%s) is not stored', async (_, change) => {
    scene.put('dir/log', Buffer.alloc(size, 'a'));
    fs.utimesSync(scene.at('dir/log'), 1, 1);
    const artifacts = memoryArtifacts({});
    const write = artifacts.write;
    let received = 0;
    const slow: typeof write = async (root, at, body, bytes) => {
      async function* watched() {
        for await (const part of body) {
          if (received === 0) change();
          received += part.length;
          yield part;
        }
      }
      await write(root, at, watched(), bytes);
    };
    const failure = await failureOf(
      uploadTree({ ...artifacts, write: slow }, scene.at('dir'), ROOT, '', createWatch().options),
    );
    expect([failure.code, failure.message]).toEqual([
      'DATA_INVALID',
      expect.stringContaining('changed while it was read'),
    ]);
    expect(stored(artifacts)).toEqual({});
    // A server that counts bytes must not have got all of them.
    expect(received).toBeLessThan(size);
  });

  test('between looking at it and reading it is not stored either', async () => {
    for (const name of ['dir/a', 'dir/b']) scene.put(name, 'old');
    const artifacts = memoryArtifacts({});
    const write = artifacts.write;
    artifacts.write = async (...args) => {
      scene.put('dir/b', 'longer');
      await write(...args);
    };
    const options = { ...createWatch().options, concurrency: 1 };
    expect((await failureOf(uploadTree(artifacts, scene.at('dir'), ROOT, '', options))).code).toBe('DATA_INVALID');
    expect([...artifacts.files.keys()]).toEqual(['a']);
  });
});

test('Ctrl-C ends an upload; what was whole stays', async () => {
  for (const name of ['a', 'b', 'c']) scene.put(`dir/${name}`);
  const artifacts = memoryArtifacts({});
  const watch = createWatch();
  const write = artifacts.write;
  artifacts.write = async (...args) => {
    await write(...args);
    if (args[1] === 'b') watch.abort();
  };
  const work = uploadTree(artifacts, scene.at('dir'), ROOT, '', { ...watch.options, concurrency: 1 });
  expect((await failureOf(work)).code).toBe('INTERRUPTED');
  expect([...artifacts.files.keys()]).toEqual(['a', 'b']);
});

test('what is not there, and what is no file, is told', async () => {
  expect((await failureOf(upload(undefined, 'none'))).code).toBe('NOT_FOUND');
  expect(await planUpload('/dev/null', '').catch(error => error.code)).toBe('DATA_INVALID');
});
