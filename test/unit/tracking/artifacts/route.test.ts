import { describe, expect, test } from 'vitest';
import { SentopsError } from '../../../../src/lib/core/errors.ts';
import type { Storage, StoredObject } from '../../../../src/lib/storage/types.ts';
import { asLocal } from '../../../../src/lib/tracking/artifacts/as-local.ts';
import { downloadTree } from '../../../../src/lib/tracking/artifacts/download-tree.ts';
import { localArtifacts } from '../../../../src/lib/tracking/artifacts/local.ts';
import { routeArtifacts } from '../../../../src/lib/tracking/artifacts/route.ts';
import { uploadTree } from '../../../../src/lib/tracking/artifacts/upload-tree.ts';
import type { Artifacts, Tracker } from '../../../../src/lib/tracking/types.ts';
import { createFakeTracker } from '../../../helpers/fake-tracker.ts';
import { chunks, createScene, createWatch, failureOf, memoryArtifacts, textOf } from './scene.ts';

const scene = createScene();

/** A bucket in memory: whole objects or none. */
function memoryStorage(objects: Readonly<Record<string, string>> = {}) {
  const stored = new Map(Object.entries(objects));
  const describe = (uri: string): StoredObject => ({
    uri,
    bytes: Buffer.byteLength(stored.get(uri) ?? ''),
    updated: '2026-01-01T00:00:00Z',
    generation: '1',
  });
  const storage: Storage = {
    stat: async uri => (stored.has(uri) ? describe(uri) : null),
    async *list(prefix) {
      for (const uri of [...stored.keys()].sort()) if (uri.startsWith(prefix)) yield describe(uri);
    },
    async *read(uri, { start = 0 }) {
      const text = stored.get(uri);
      if (text === undefined) throw new SentopsError('NOT_FOUND', uri);
      yield Buffer.from(text).subarray(start);
    },
    async write(uri, body) {
      stored.set(uri, await textOf(body));
      return describe(uri);
    },
    delete: async uri => stored.delete(uri),
  };
  return { storage, stored };
}

function routed(storage: Storage, artifacts: Artifacts = memoryArtifacts({ own: 'own' })) {
  const opened: string[] = [];
  const tracker = routeArtifacts({ ...createFakeTracker(), artifacts }, async scheme => {
    opened.push(scheme);
    return storage;
  });
  return { tracker, files: tracker.artifacts, opened };
}

describe('artifacts in a bucket', () => {
  const inside = {
    'gs://b/1/a/MLmodel': 'm',
    'gs://b/1/a/data/x y#%.bin': 'xyz',
    'gs://b/1/z': '',
    'gs://b/10/no': 'no',
  };

  test('are listed by level, with folders, whatever is in their names', async () => {
    const { files } = routed(memoryStorage(inside).storage);
    expect(await files.list('gs://b/1')).toEqual([
      { path: 'a', isFolder: true, bytes: null },
      { path: 'z', isFolder: false, bytes: 0 },
    ]);
    expect(await files.list('gs://b/1/', 'a/data')).toEqual([{ path: 'a/data/x y#%.bin', isFolder: false, bytes: 3 }]);
    expect(await files.list('gs://b/1', 'z')).toEqual([]);
  });

  test('are read from any byte on, written, and deleted', async () => {
    const { storage, stored } = memoryStorage(inside);
    const { files } = routed(storage);
    expect(await textOf(files.read('gs://b/1', 'a/data/x y#%.bin', { start: 1 }))).toBe('yz');
    await files.write('gs://b/1', 'new/file', chunks('ab', 'c'), 3);
    expect(stored.get('gs://b/1/new/file')).toBe('abc');
    await files.delete('gs://b/1', 'a');
    expect([...stored.keys()]).toEqual(['gs://b/1/z', 'gs://b/10/no', 'gs://b/1/new/file']);
    await files.delete('gs://b/1', 'z');
    expect(stored.has('gs://b/1/z')).toBe(false);
    expect((await failureOf(textOf(files.read('gs://b/1', 'z')))).code).toBe('NOT_FOUND');
  });

  test('are not written where the bytes are not as many as was said', async () => {
    const { storage, stored } = memoryStorage();
    const { files } = routed(storage);
    for (const bytes of [2, 4])
      expect((await failureOf(files.write('gs://b/1', 'f', chunks('ab', 'c'), bytes))).code).toBe('DATA_INVALID');
    expect(stored.size).toBe(0);
  });

  test('go up and down as trees', async () => {
    const { storage } = memoryStorage();
    const { files } = routed(storage);
    for (const name of ['up/a', 'up/b/c']) scene.put(name);
    const { options } = createWatch();
    await uploadTree(files, scene.at('up'), 'gs://b/run', 'm', options);
    await downloadTree(files, 'gs://b/run', 'm', scene.at('down'), options);
    expect(scene.tree('down')).toEqual(['a', 'b', 'b/c']);
  });

  test('cannot be left by a path', async () => {
    const { files } = routed(memoryStorage(inside).storage);
    expect((await failureOf(files.list('gs://b/1', '../10'))).code).toBe('FLAG_INVALID');
    expect((await failureOf(files.delete('gs://b/1', '..'))).code).toBe('FLAG_INVALID');
  });
});

describe('which of them', () => {
  test('a root belongs to is told by its scheme; a storage is opened when it is needed, and once', async () => {
    const { files, opened } = routed(memoryStorage().storage);
    for (const root of ['/a', 'C:\\a', 'file:///a', 'mlflow-artifacts:/1', 'http://x/1', 'HTTPS://x/1'])
      expect(await files.list(root)).toHaveLength(1);
    expect(opened).toEqual([]);
    await Promise.all([files.list('gs://b/1'), files.list('GS://b/2')]);
    await files.list('s3://b');
    expect(opened).toEqual(['gs', 's3']);
  });

  test('is unknown: the scheme is named, with what to do; the next call asks again', async () => {
    let asked = 0;
    const { artifacts } = routeArtifacts({ ...createFakeTracker(), artifacts: localArtifacts() }, async scheme => {
      asked += 1;
      throw new SentopsError('EXTENSION_UNKNOWN', `no storage scheme is called "${scheme}"`, { hint: 'a plugin may' });
    });
    for (let round = 0; round < 2; round += 1) {
      const { code, message, hint } = await failureOf(textOf(artifacts.read('abfss://c@h/1', 'a')));
      expect([code, message]).toEqual([
        'EXTENSION_UNKNOWN',
        'artifacts lie in abfss://c@h/1, and nothing here can read abfss://',
      ]);
      expect(hint).toContain('a plugin may');
    }
    expect(asked).toBe(2);
  });
});

describe('a store that nothing here knows', () => {
  const unknown = async (): Promise<Storage> => {
    throw new SentopsError('EXTENSION_UNKNOWN', 'no such scheme');
  };
  const through = (artifacts: Artifacts) => routeArtifacts({ ...createFakeTracker(), artifacts }, unknown).artifacts;

  test('is read through a server that knows it, and not written', async () => {
    const artifacts = through(memoryArtifacts({ 'm/a': 'abc' }));
    expect(await artifacts.list('s3://b/1', 'm')).toHaveLength(1);
    expect(await textOf(artifacts.read('s3://b/1', 'm/a', { start: 1 }))).toBe('bc');
    expect((await failureOf(artifacts.write('s3://b/1', 'x', chunks('x'), 1))).code).toBe('EXTENSION_UNKNOWN');
    expect((await failureOf(artifacts.delete('s3://b/1', 'm'))).code).toBe('EXTENSION_UNKNOWN');
  });

  test('is named where the server cannot read it either; what else is wrong is told as it is', async () => {
    const failing = (code: 'NOT_FOUND' | 'REMOTE_UNAVAILABLE') => {
      const fail = async () => {
        throw new SentopsError(code);
      };
      async function* read() {
        yield await fail();
      }
      return through({ ...memoryArtifacts({}), list: fail, read });
    };
    for (const [code, told] of [
      ['NOT_FOUND', 'EXTENSION_UNKNOWN'],
      ['REMOTE_UNAVAILABLE', 'REMOTE_UNAVAILABLE'],
    ] as const) {
      expect((await failureOf(failing(code).list('s3://b/1'))).code).toBe(told);
      expect((await failureOf(textOf(failing(code).read('s3://b/1', 'a')))).code).toBe(told);
    }
    async function* broken() {
      yield Buffer.from('a');
      throw new SentopsError('NOT_FOUND', 'gone in the middle');
    }
    const work = textOf(through({ ...memoryArtifacts({}), read: broken }).read('s3://b/1', 'a'));
    expect((await failureOf(work)).message).toBe('gone in the middle');
  });
});

describe('the tracker', () => {
  test('is the same otherwise: its own methods see their own this', async () => {
    class Counting {
      #closed = 0;
      readonly uri = 'x:';
      readonly artifacts = memoryArtifacts({});
      get runs() {
        return { count: () => this.#closed };
      }
      async close() {
        this.#closed += 1;
      }
    }
    const own = new Counting() as unknown as Tracker;
    const tracker = routeArtifacts(own, async () => memoryStorage().storage);
    await tracker.close();
    expect((tracker.runs as unknown as { count(): number }).count()).toBe(1);
    expect(tracker.uri).toBe('x:');
  });

  test('still copies files of this machine, and knows where they are', async () => {
    const { files } = routed(memoryStorage().storage, localArtifacts());
    const local = asLocal(files);
    await local?.copyIn(scene.uri('r'), 'a', scene.put('source', 'body'));
    expect(scene.read('r/a')).toBe('body');
    expect(local?.locate(scene.uri('r'), 'a')).toBe(scene.at('r/a'));
    expect(local?.locate('gs://b/r', 'a')).toBeNull();
    expect(asLocal(routed(memoryStorage().storage).files)).toBeNull();
  });
});
