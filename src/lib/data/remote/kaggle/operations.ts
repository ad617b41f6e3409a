import { SentopsError } from '../../../core/errors.ts';
import type { KaggleApi, Operation } from './api.ts';
import type { KaggleRef } from './read-ref.ts';

/** The archive of a dataset, or one of its files. */
export function downloadOf(ref: KaggleRef, file: string | undefined): Operation {
  const path = file === undefined ? '' : `/${encodeURIComponent(file)}`;
  return operation(ref, 'DownloadDataset', '/datasets/download', {
    path,
    values: file === undefined ? {} : { fileName: file },
  });
}

interface Described {
  readonly version: number | null;
  readonly title: string | null;
  readonly license: string | null;
}

/** What Kaggle tells of a dataset; nothing where it tells strangers less than it gives them. */
export async function describeDataset(api: KaggleApi, ref: KaggleRef, signal: AbortSignal): Promise<Described> {
  const newest = { ...ref, version: null };
  try {
    const answer = await api.ask(operation(newest, 'GetDataset', '/datasets/view'), newest, signal);
    const version = answer['currentVersionNumber'];
    return {
      version: typeof version === 'number' && version > 0 ? version : null,
      title: textOf(answer['title']),
      license: textOf(answer['licenseName']),
    };
  } catch (error) {
    signal.throwIfAborted();
    // Whether the files themselves may be had shows when they are asked for.
    const isRefusal = error instanceof SentopsError && ['AUTH_FAILED', 'PERMISSION_DENIED'].includes(error.code);
    if (!isRefusal) throw error;
    return { version: null, title: null, license: null };
  }
}

const MOST_PAGES = 50;

/** The names of the files of a dataset. */
export async function listFiles(api: KaggleApi, ref: KaggleRef, signal: AbortSignal): Promise<string[]> {
  const names: string[] = [];
  let token = '';
  for (let page = 0; page < MOST_PAGES; page++) {
    const values = { pageSize: 200, ...(token === '' ? {} : { pageToken: token }) };
    const answer = await api.ask(operation(ref, 'ListDatasetFiles', '/datasets/list', { values }), ref, signal);
    const files: unknown = answer['datasetFiles'];
    for (const file of Array.isArray(files) ? files : []) {
      const name = textOf((file as Readonly<Record<string, unknown>> | null)?.['name']);
      if (name !== null) names.push(name);
    }
    token = textOf(answer['nextPageToken']) ?? '';
    if (token === '') break;
  }
  return names;
}

function operation(
  { owner, name, version }: KaggleRef,
  call: string,
  folder: string,
  { path = '', values = {} }: { readonly path?: string; readonly values?: Operation['values'] } = {},
): Operation {
  return {
    call,
    path: `${folder}/${owner}/${name}${path}`,
    values: {
      ownerSlug: owner,
      datasetSlug: name,
      ...(version === null ? {} : { datasetVersionNumber: version }),
      ...values,
    },
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
