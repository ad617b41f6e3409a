import { stat } from 'node:fs/promises';
import { SentopsError } from '../../core/errors.ts';
import type { Factory } from '../../extend/contract.ts';
import type { ResumableBody, Storage, UploadOptions } from '../types.ts';
import { watchByListing } from '../watch-by-listing.ts';
import { copyFile } from './copy-file.ts';
import { deleteFile } from './delete-file.ts';
import { describeFile } from './describe.ts';
import { explainReadFailure, isAbsent } from './failures.ts';
import { foldersAsBuckets } from './folders-as-buckets.ts';
import { listFiles } from './list-files.ts';
import { pathOf } from './place.ts';
import { fillDraft, putFile, type Tidied } from './put-file.ts';
import { readFile } from './read-file.ts';

/** What the system tells of changes by itself differs between systems, and is lost on shares. */
const WATCH_MS = 1000;

/** Files of this machine as objects: `file://` URLs and paths, relative ones below the folder of the command. */
const create: Factory<'storage-scheme'> = (_options, { cwd }) => {
  const tidied: Tidied = new Set();
  const at = (uri: string) => ({ file: pathOf(uri, cwd), shown: uri });
  const storage = {
    async stat(uri, { signal }) {
      signal.throwIfAborted();
      if (uri.endsWith('/')) return null;
      const found = await stat(pathOf(uri, cwd), { bigint: true }).catch(error => {
        if (isAbsent(error)) return null;
        throw explainReadFailure(error, uri);
      });
      return found?.isFile() ? describeFile(uri, found) : null;
    },
    list: (prefix, options) => listFiles(prefix, cwd, options),
    read: (uri, options) => readFile(pathOf(uri, cwd), uri, options),
    write: (uri, body, options) => putFile(at(uri), options, tidied, draft => fillDraft(draft, body, options.signal)),
    delete: (uri, options) => deleteFile(at(uri), options),
    compose: (parts, uri, options) =>
      putFile(at(uri), options, tidied, draft => fillDraft(draft, joined(parts, cwd, options.signal), options.signal)),
    copy: (from, to, options) =>
      putFile(at(to), options, tidied, draft => copyFile(pathOf(from, cwd), from, draft, options)),
    async upload(uri, body, options) {
      const chunks = counted(uri, body, options);
      const stored = await putFile(at(uri), options, tidied, draft => fillDraft(draft, chunks, options.signal));
      return { ...stored, resumedFrom: 0 };
    },
    watch: (prefix, options) =>
      watchByListing(() => listFiles(prefix, cwd, { recursive: true, signal: options.signal }), {
        intervalMs: WATCH_MS,
        ...options,
      }),
    buckets: foldersAsBuckets(cwd),
  } satisfies Storage;
  return storage;
};

async function* joined(parts: readonly string[], cwd: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield* readFile(pathOf(part, cwd), part, { signal });
}

/** The body, as long as it said it would be. */
async function* counted(uri: string, body: ResumableBody, options: UploadOptions): AsyncGenerator<Uint8Array> {
  let stored = 0;
  for await (const chunk of body.open(0)) {
    yield chunk;
    stored += chunk.length;
    options.onProgress?.(stored);
  }
  if (body.bytes !== null && stored !== body.bytes)
    throw new SentopsError('DATA_INVALID', `${uri} was to get ${body.bytes} bytes, but ${stored} came`, {
      details: { uri, expected: body.bytes, found: stored },
    });
}

export default create;
