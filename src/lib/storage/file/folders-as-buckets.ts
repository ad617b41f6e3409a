import { mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { explainWriteFailure } from '../../core/atomic.ts';
import { SentopsError } from '../../core/errors.ts';
import { compareNames } from '../compare-names.ts';
import type { Bucket, Buckets } from '../types.ts';
import { explainReadFailure, isAbsent } from './failures.ts';
import { pathOf } from './place.ts';

/** Where the buckets of a project without a cloud are. */
const HOME = path.join('.sentops', 'buckets');

/** A folder is a bucket that keeps no rules: nothing would delete files while no command runs. */
export function foldersAsBuckets(cwd: string): Buckets {
  const describe = async (uri: string): Promise<Bucket | null> => {
    const found = await stat(pathOf(uri, cwd)).catch(error => {
      if (isAbsent(error)) return null;
      throw explainReadFailure(error, uri);
    });
    if (found === null) return null;
    if (!found.isDirectory()) throw taken(uri);
    const created = found.birthtimeMs > 0 ? found.birthtime.toISOString() : null;
    return { uri, location: null, storageClass: null, created, lifecycle: [] };
  };
  const demand = async (uri: string) => {
    const found = await describe(uri);
    if (found === null) throw new SentopsError('NOT_FOUND', `there is no folder ${uri}`);
    return found;
  };
  return {
    describe,
    async create(uri, { signal }) {
      signal.throwIfAborted();
      if ((await describe(uri)) !== null)
        throw new SentopsError('CONFLICT', `the folder ${uri} is there already`, { details: { uri } });
      await mkdir(pathOf(uri, cwd), { recursive: true }).catch(error => {
        throw explainWriteFailure(error, uri);
      });
      return await demand(uri);
    },
    setLifecycle: uri => demand(uri),
    async *list() {
      const home = path.join(cwd, HOME);
      const entries = await readdir(home, { withFileTypes: true }).catch(() => []);
      const names = entries.filter(entry => entry.isDirectory()).map(({ name }) => name);
      for (const name of names.sort(compareNames)) yield await demand(path.join(home, name));
    },
  };
}

function taken(uri: string): SentopsError {
  return new SentopsError('CONFLICT', `${uri} is a file, not a folder`, { details: { uri } });
}
