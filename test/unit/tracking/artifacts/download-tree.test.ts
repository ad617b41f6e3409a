import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { downloadTree } from '../../../../src/lib/tracking/artifacts/download-tree.ts';
import { localArtifacts } from '../../../../src/lib/tracking/artifacts/local.ts';
import type { ArtifactFile } from '../../../../src/lib/tracking/entities.ts';
import { createScene, createWatch, failureOf, type MemoryArtifacts, memoryArtifacts } from './scene.ts';

const scene = createScene();
const ROOT = 'mlflow-artifacts:/1/run/artifacts';

function bytes(length: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (state * 48271) % 2147483647;
    return state & 255;
  });
}

const hidden = (name: string) => scene.tree(name).filter(file => /\.sentops|\.part|\.lock|\.tmp/.test(file));

describe('a tree', () => {
  test('lands below the folder, with whatever stands in its names', async () => {
    const named = { 'm/a b.txt': 'one', 'm/ü#%41?.txt': 'two', 'm/deep/er/x': 'three', 'm/empty': '', other: 'no' };
    const watch = createWatch();
    const got = await downloadTree(memoryArtifacts(named), ROOT, 'm', scene.at('out'), watch.options);
    expect(got.map(({ path, state }) => [path, state])).toEqual(
      ['m/a b.txt', 'm/deep/er/x', 'm/empty', 'm/ü#%41?.txt'].map(path => [path, 'fetched']),
    );
    expect(scene.tree('out')).toEqual(['a b.txt', 'deep', 'deep/er', 'deep/er/x', 'empty', 'ü#%41?.txt']);
    expect([scene.read('out/ü#%41?.txt'), scene.read('out/empty')]).toEqual(['two', '']);
    expect(watch.progress('download')).toEqual({ done: 11, total: 11 });
  });

  test('may be the whole root, or one file', async () => {
    const artifacts = memoryArtifacts({ 'a/b': 'ab', c: 'c' });
    const { options } = createWatch();
    await downloadTree(artifacts, ROOT, '', scene.at('all'), options);
    await downloadTree(artifacts, ROOT, 'a/b', scene.at('one'), options);
    expect([scene.tree('all'), scene.tree('one')]).toEqual([['a', 'a/b', 'c'], ['b']]);
  });

  test('that is not there is told with what is', async () => {
    const artifacts = memoryArtifacts({ 'model/MLmodel': 'x', 'metrics.json': '{}' });
    const failure = await failureOf(downloadTree(artifacts, ROOT, 'modle', scene.at('out'), createWatch().options));
    expect([failure.code, failure.hint]).toEqual(['NOT_FOUND', 'did you mean model?']);
    expect(fs.existsSync(scene.at('out'))).toBe(false);
  });

  test('of this machine is copied by the system', async () => {
    const body = bytes(200_000);
    scene.put('root/m/big', body);
    const { options } = createWatch();
    await downloadTree(localArtifacts(), scene.uri('root'), 'm', scene.at('out'), options);
    expect(fs.readFileSync(scene.at('out/big')).equals(body)).toBe(true);
    expect(scene.tree('out')).toEqual(['big']);
  });

  test.each(['../evil', 'm/../../evil', 'm/', 'm/a/b', '/etc/passwd'])(
    'whose server lists %j in m is refused',
    async path => {
      const artifacts = memoryArtifacts({ 'm/fine': 'x' });
      const list = async () => [{ path, isFolder: false, bytes: 1 }];
      const failure = await failureOf(
        downloadTree({ ...artifacts, list }, ROOT, 'm', scene.at('out'), createWatch().options),
      );
      expect(failure.code).toBe('DATA_INVALID');
      expect(scene.tree('.')).toEqual([]);
    },
  );

  test.each(['..', '.', '', 'a/b', 'a\0'])('whose server lists %j in the root is refused', async path => {
    const list = async () => [{ path, isFolder: true, bytes: null }];
    const work = downloadTree({ ...memoryArtifacts({}), list }, ROOT, '', scene.at('out'), createWatch().options);
    expect((await failureOf(work)).code).toBe('DATA_INVALID');
  });

  test('whose server lists what the download keeps for itself is refused', async () => {
    const own = `.sentops-download-${createHash('sha256').update(`${ROOT}\n`).digest('hex').slice(0, 24)}`;
    scene.put('out/mine', 'mine');
    const artifacts = memoryArtifacts({ [`${own}/download.json`]: '["mine"]', mine: 'theirs' });
    for (const _ of ['the first run', 'the second one']) {
      const failure = await failureOf(downloadTree(artifacts, ROOT, '', scene.at('out'), createWatch().options));
      expect(failure.code).toBe('DATA_INVALID');
    }
    expect([scene.read('out/mine'), scene.tree('out')]).toEqual(['mine', ['mine']]);
  });

  test.each([false, true])('whose server lists a name twice is refused (folder: %s)', async isFolder => {
    const entry = { path: 'm', isFolder, bytes: isFolder ? null : 1 };
    const artifacts = { ...memoryArtifacts({ m: 'x' }), list: async () => [entry, entry] };
    const work = downloadTree(artifacts, ROOT, '', scene.at('out'), createWatch().options);
    expect((await failureOf(work)).code).toBe('DATA_INVALID');
    expect(scene.tree('.')).toEqual([]);
  });

  test('of more files than anybody has is refused', async () => {
    const many: readonly ArtifactFile[] = Array(1_000_001).fill({ path: 'a', isFolder: true, bytes: null });
    const artifacts = { ...memoryArtifacts({}), list: async () => many };
    const failure = await failureOf(downloadTree(artifacts, ROOT, '', scene.at('out'), createWatch().options));
    expect([failure.code, failure.message]).toEqual(['DATA_INVALID', expect.stringContaining('1000000 files')]);
  });

  test('without an end is refused', async () => {
    const list = async (_root: string, path = '') => [{ path: `${path}${path && '/'}a`, isFolder: true, bytes: null }];
    const failure = await failureOf(
      downloadTree({ ...memoryArtifacts({}), list }, ROOT, '', scene.at('out'), createWatch().options),
    );
    expect([failure.code, failure.message]).toEqual(['DATA_INVALID', expect.stringContaining('deep')]);
  });

  test('is fetched a few files at a time', async () => {
    const artifacts = memoryArtifacts(Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`f${index}`, 'x'])));
    let running = 0;
    let most = 0;
    const full = Promise.withResolvers<void>();
    artifacts.onChunk = async () => {
      running += 1;
      most = Math.max(most, running);
      if (running === 3) full.resolve();
      await full.promise;
      // A fourth one would come now.
      for (let turn = 0; turn < 20; turn += 1) await new Promise(resolve => setImmediate(resolve));
      running -= 1;
    };
    await downloadTree(artifacts, ROOT, '', scene.at('out'), { ...createWatch().options, concurrency: 3 });
    expect(most).toBe(3);
  });
});

describe('an interrupted download', () => {
  const big = bytes(300_000);
  const tree = { 'a/done': bytes(5_000, 2), 'b/big': big, 'c/later': 'later' };

  /** Runs until so many bytes of `b/big` have come, then presses Ctrl-C. */
  async function interrupt(artifacts = memoryArtifacts(tree), after = 200_000) {
    const watch = createWatch();
    artifacts.onChunk = (path, sent) => {
      if (path === 'b/big' && sent >= after) watch.abort();
    };
    const work = downloadTree(artifacts, ROOT, '', scene.at('out'), { ...watch.options, concurrency: 1 });
    expect((await failureOf(work)).code).toBe('INTERRUPTED');
    artifacts.onChunk = () => {};
    artifacts.calls.length = 0;
    return artifacts;
  }

  test('shows no half file under its name', async () => {
    await interrupt();
    expect(scene.tree('out').filter(name => !hidden('out').includes(name))).toEqual(['a', 'a/done']);
  });

  test('is gone on with: what is whole is not fetched, what is half is continued', async () => {
    const artifacts = await interrupt();
    const watch = createWatch();
    const got = await downloadTree(artifacts, ROOT, '', scene.at('out'), { ...watch.options, concurrency: 1 });
    expect(got.map(({ state }) => state)).toEqual(['kept', 'resumed', 'fetched']);
    expect(artifacts.calls).toEqual([`read b/big ${200_000 - 65_536}`, 'read c/later 0']);
    expect(fs.readFileSync(scene.at('out/b/big')).equals(big)).toBe(true);
    expect(hidden('out')).toEqual([]);
    expect(watch.progress('download')).toEqual({ done: 305_005, total: 305_005 });
  });

  test('starts a file over that is another one of the same size', async () => {
    const artifacts = await interrupt();
    const other = bytes(300_000, 7);
    artifacts.files.set('b/big', other);
    const watch = createWatch();
    const got = await downloadTree(artifacts, ROOT, '', scene.at('out'), { ...watch.options, concurrency: 1 });
    expect(got[1]?.state).toBe('fetched');
    expect(fs.readFileSync(scene.at('out/b/big')).equals(other)).toBe(true);
    expect(watch.progress('download')?.done).toBe(305_005);
  });

  test('fetches a file anew that has another size now, whole or half', async () => {
    const artifacts = await interrupt();
    const shorter = bytes(100_000, 3);
    artifacts.files.set('b/big', shorter);
    artifacts.files.set('a/done', Buffer.from('short'));
    await downloadTree(artifacts, ROOT, '', scene.at('out'), createWatch().options);
    expect(fs.readFileSync(scene.at('out/b/big')).equals(shorter)).toBe(true);
    expect(scene.read('out/a/done')).toBe('short');
    expect(hidden('out')).toEqual([]);
  });

  describe('from a store that tells contents apart', () => {
    /** As a server with an ETag; `fresh` makes a new one for every request, as servers before a bucket do. */
    function tagged(artifacts: MemoryArtifacts, fresh = false): MemoryArtifacts {
      const { read } = artifacts;
      let requests = 0;
      artifacts.read = (root, at, options = {}) => {
        requests += 1;
        options.onTag?.(fresh ? `${requests}` : digest(artifacts.files.get(at) ?? new Uint8Array()));
        return read(root, at, options);
      };
      return artifacts;
    }
    const digest = (body: Uint8Array) => createHash('sha1').update(body).digest('hex');
    const again = (artifacts: MemoryArtifacts) =>
      downloadTree(artifacts, ROOT, '', scene.at('out'), { ...createWatch().options, concurrency: 1 });

    test('a file of which only the beginning changed is not mixed with the old one', async () => {
      const artifacts = await interrupt(tagged(memoryArtifacts(tree)));
      const other = Uint8Array.from(big);
      other[3] = (big[3] ?? 0) ^ 1;
      artifacts.files.set('b/big', other);
      expect((await again(artifacts))[1]?.state).toBe('fetched');
      expect(fs.readFileSync(scene.at('out/b/big')).equals(other)).toBe(true);
      expect(hidden('out')).toEqual([]);
    });

    test('a file that had come whole is fetched anew when it was replaced, though its size is the same', async () => {
      const artifacts = await interrupt(tagged(memoryArtifacts(tree)));
      const other = bytes(5_000, 9);
      artifacts.files.set('a/done', other);
      expect((await again(artifacts)).map(({ state }) => state)).toEqual(['fetched', 'resumed', 'fetched']);
      expect(fs.readFileSync(scene.at('out/a/done')).equals(other)).toBe(true);
    });

    test.each([false, true])('what did not change is gone on with (new tags all the time: %s)', async fresh => {
      const artifacts = await interrupt(tagged(memoryArtifacts(tree), fresh));
      expect((await again(artifacts)).map(({ state }) => state)).toEqual(['kept', 'resumed', 'fetched']);
      expect(fs.readFileSync(scene.at('out/b/big')).equals(big)).toBe(true);
      expect(hidden('out')).toEqual([]);
    });
  });

  test('may be interrupted again and again, at any place', async () => {
    const artifacts = memoryArtifacts(tree);
    for (const after of [0, 1000, 70_000, 71_000, 150_000, 299_000]) await interrupt(artifacts, after);
    await downloadTree(artifacts, ROOT, '', scene.at('out'), createWatch().options);
    expect(fs.readFileSync(scene.at('out/b/big')).equals(big)).toBe(true);
    expect(hidden('out')).toEqual([]);
  });

  test('leaves nothing behind where nothing had come', async () => {
    const artifacts = memoryArtifacts({ only: big });
    const watch = createWatch();
    artifacts.onChunk = watch.abort;
    await failureOf(downloadTree(artifacts, ROOT, '', scene.at('out'), watch.options));
    // The first chunk is on its way when the signal comes; it is not taken.
    expect(scene.tree('out')).toEqual([]);
  });

  test('does not take what another download left for its own', async () => {
    const artifacts = await interrupt();
    await downloadTree(artifacts, 'mlflow-artifacts:/2/other', 'b', scene.at('out/b'), createWatch().options);
    expect(artifacts.calls).toEqual(['read b/big 0']);
  });
});

describe('a server', () => {
  test('that sends too little is told, and what came is used', async () => {
    const body = bytes(10_000);
    const artifacts = memoryArtifacts({ f: body });
    const read = artifacts.read;
    async function* cut(...args: Parameters<typeof read>) {
      let left = 4;
      for await (const chunk of read(...args)) if (left-- > 0) yield chunk;
    }
    const failure = await failureOf(
      downloadTree({ ...artifacts, read: cut }, ROOT, '', scene.at('out'), createWatch().options),
    );
    expect([failure.code, failure.message]).toEqual(['DATA_INVALID', 'f: 4000 of 10000 bytes came']);
    const got = await downloadTree(artifacts, ROOT, '', scene.at('out'), createWatch().options);
    expect(got[0]?.state).toBe('resumed');
    expect(fs.readFileSync(scene.at('out/f')).equals(body)).toBe(true);
  });

  test('that sends without end is not followed', async () => {
    async function* endless() {
      for (;;) yield Buffer.alloc(1000);
    }
    const artifacts = { ...memoryArtifacts({ f: bytes(5_000) }), read: endless };
    const failure = await failureOf(downloadTree(artifacts, ROOT, '', scene.at('out'), createWatch().options));
    expect([failure.code, scene.tree('out')]).toEqual(['DATA_INVALID', []]);
  });

  test('that fails passes its own error on', async () => {
    const artifacts = memoryArtifacts({ a: 'a', b: 'b', c: 'c' });
    artifacts.onChunk = path => {
      if (path === 'b') throw new Error('the line went dead');
    };
    const options = { ...createWatch().options, concurrency: 1 };
    await expect(downloadTree(artifacts, ROOT, '', scene.at('out'), options)).rejects.toThrow('the line went dead');
    expect(artifacts.calls).toEqual(['read a 0', 'read b 0']);
  });

  test('that does not know sizes is believed', async () => {
    const artifacts = memoryArtifacts({ f: 'abc' });
    const list = async () => [{ path: 'f', isFolder: false, bytes: null }];
    const watch = createWatch();
    const got = await downloadTree({ ...artifacts, list }, ROOT, '', scene.at('out'), watch.options);
    expect([got[0]?.bytes, scene.read('out/f')]).toEqual([3, 'abc']);
    expect(watch.progress('download')).toEqual({ done: 3, total: undefined });
  });
});

describe('files that are there', () => {
  const artifacts = () => memoryArtifacts({ a: 'new', b: 'same', c: 'free' });
  const download = (options = {}) =>
    downloadTree(artifacts(), ROOT, '', scene.at('out'), { ...createWatch().options, ...options });

  test('and hold something else stay as they are', async () => {
    for (const other of ['another size', 'old']) {
      scene.put('out/a', other);
      const failure = await failureOf(download());
      expect([failure.code, failure.hint]).toEqual(['CONFLICT', expect.stringContaining('--force')]);
      expect(scene.read('out/a')).toBe(other);
    }
  });

  test('and hold the same are kept, and so is what does not belong to it', async () => {
    scene.put('out/a', 'new');
    scene.put('out/mine', 'mine');
    const got = await download();
    expect(got.map(({ state }) => state)).toEqual(['kept', 'fetched', 'fetched']);
    expect(scene.tree('out')).toEqual(['a', 'b', 'c', 'mine']);
    expect((await download()).map(({ state }) => state)).toEqual(['kept', 'kept', 'kept']);
  });

  test('are replaced where that is asked for', async () => {
    scene.put('out/a', 'another size');
    await download({ replace: true });
    expect([scene.read('out/a'), hidden('out')]).toEqual(['new', []]);
  });

  test('stay as they are in the run after a conflict, too', async () => {
    scene.put('out/c', 'mine');
    await failureOf(download({ concurrency: 1 }));
    const failure = await failureOf(download({ concurrency: 1 }));
    expect([failure.code, scene.read('out/c'), scene.read('out/a')]).toEqual(['CONFLICT', 'mine', 'new']);
  });

  test('may be a folder in the way, or a file where a folder is to be', async () => {
    scene.put('out/a/inside', 'x');
    expect((await failureOf(download())).code).toBe('CONFLICT');
    scene.put('file', 'x');
    const nested = downloadTree(artifacts(), ROOT, '', scene.at('file/in'), createWatch().options);
    expect((await failureOf(nested)).code).toBe('NOT_WRITABLE');
  });
});

test('two downloads of the same at once: one is told of the other', async () => {
  const artifacts = memoryArtifacts({ f: bytes(5_000) });
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  artifacts.onChunk = () => {
    begun.resolve();
    return gate.promise;
  };
  const first = downloadTree(artifacts, ROOT, '', scene.at('out'), createWatch().options);
  await begun.promise;
  const second = await failureOf(downloadTree(artifacts, ROOT, '', scene.at('out'), createWatch().options));
  expect([second.code, second.message]).toEqual(['LOCKED', expect.stringContaining('downloading the same')]);
  gate.resolve();
  await first;
  expect(scene.tree('out')).toEqual(['f']);
});
