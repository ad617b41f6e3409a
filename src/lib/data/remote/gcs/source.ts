import { createHash } from 'node:crypto';
import { SentopsError } from '../../../core/errors.ts';
import type { Factory } from '../../../extend/contract.ts';
import createStorage from '../../../storage/gs/storage.ts';
import type { Storage, StoredObject } from '../../../storage/types.ts';
import type { DatasetSource, FindOptions, RemoteFile } from '../../types.ts';
import { checkVersion, filesAsked } from '../check-asked.ts';

/** An object, or everything below a prefix, of Cloud Storage. Takes the options of the adapter for gs. */
const create: Factory<'dataset-source'> = async (options, context): Promise<DatasetSource> =>
  fromStorage(await createStorage(options, context));

export default create;

function fromStorage(storage: Storage): DatasetSource {
  return {
    async find(ref, options) {
      checkRef(ref);
      const object = ref.endsWith('/') ? null : await storage.stat(ref, options);
      const prefix = ref.endsWith('/') ? ref : `${ref}/`;
      const root = object === null ? prefix : ref.slice(0, ref.lastIndexOf('/') + 1);
      const objects = object === null ? await listBelow(storage, prefix, options) : [object];
      if (objects.length === 0)
        throw new SentopsError('NOT_FOUND', `there is nothing at ${ref}`, { hint: 'look with: sentops storage ls' });
      const files = filesAsked(
        ref,
        objects.map(each => describe(each, root)),
        options,
      );
      const version = versionOf(files);
      checkVersion(ref, version, options);
      return { ref: object === null ? prefix : ref, version, files };
    },
    read({ ref }, { path, tag }, { start, signal }) {
      // A prefix ends with a slash, an object does not.
      const uri = ref.endsWith('/') ? `${ref}${path}` : ref;
      return storage.read(uri, { start, signal, ...(tag ? { generation: tag } : {}) });
    },
  };
}

function checkRef(ref: string): void {
  if (/^gs:\/\/[^/]+\/.+/.test(ref)) return;
  throw new SentopsError('FLAG_INVALID', `${JSON.stringify(ref)} names no object and no folder of a bucket`, {
    hint: 'write it as gs://bucket/folder/ or gs://bucket/folder/file.csv',
  });
}

/** What browsers of buckets make for empty folders is no file. */
async function listBelow(storage: Storage, prefix: string, { signal, file }: FindOptions): Promise<StoredObject[]> {
  if (file !== undefined) {
    const object = await storage.stat(`${prefix}${file}`, { signal });
    if (object !== null) return [object];
  }
  const objects: StoredObject[] = [];
  for await (const object of storage.list(prefix, { signal, recursive: true }))
    if (object.isFolder !== true && !object.uri.endsWith('/')) objects.push(object);
  return objects;
}

function describe({ uri, bytes, generation, crc32c }: StoredObject, root: string): RemoteFile {
  return { path: uri.slice(root.length), bytes, sha256: null, crc32c: crc32c ?? null, tag: generation };
}

/** Of one object its generation; of several what all of theirs come to. */
function versionOf(files: readonly RemoteFile[]): string {
  if (files.length === 1) return files[0]?.tag ?? '';
  const hash = createHash('sha256');
  for (const { path, tag } of files) hash.update(`${path}\n${tag}\n`);
  return hash.digest('hex').slice(0, 16);
}
