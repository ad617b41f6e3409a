import { SentopsError } from '../../core/errors.ts';
import { compareNames } from '../compare-names.ts';
import type { ListOptions, StoredObject } from '../types.ts';
import type { GsClient } from './client.ts';
import { bucketPath, parseGs, toGs } from './parse-uri.ts';
import { OBJECT_FIELDS, storedObject } from './stored-object.ts';

interface Page {
  readonly items?: readonly unknown[];
  readonly prefixes?: readonly string[];
  readonly nextPageToken?: string;
}

export async function* listObjects(
  client: GsClient,
  prefix: string,
  { recursive, signal }: ListOptions,
): AsyncGenerator<StoredObject> {
  const { bucket, name } = parseGs(prefix);
  let pageToken: string | undefined;
  do {
    const answer = await client.request({
      method: 'GET',
      path: `${bucketPath(bucket)}/o`,
      query: {
        prefix: name === '' ? undefined : name,
        delimiter: recursive ? undefined : '/',
        pageToken,
        maxResults: 1000,
        fields: `items(${OBJECT_FIELDS}),prefixes,nextPageToken`,
      },
      again: 'always',
      expect: [404],
      about: prefix,
      signal,
    });
    if (answer.status === 404) throw noBucket(bucket);
    const page = answer.json() as Page;
    yield* inOrder(page, bucket);
    pageToken = nextToken(page, pageToken, prefix);
  } while (pageToken !== undefined);
}

function noBucket(bucket: string): SentopsError {
  return new SentopsError('NOT_FOUND', `there is no bucket gs://${bucket}`, {
    hint: 'make the buckets of the project with: sentops bucket ensure',
    details: { uri: `gs://${bucket}` },
  });
}

/** Each of the two lists of a page is in order. */
function inOrder({ items = [], prefixes = [] }: Page, bucket: string): readonly StoredObject[] {
  const objects = items.map(item => storedObject(item, bucket));
  if (prefixes.length === 0) return objects;
  const folders = prefixes.map(name => ({
    uri: toGs({ bucket, name }),
    bytes: 0,
    updated: '',
    generation: '',
    isFolder: true,
  }));
  return [...objects, ...folders].sort((a, b) => compareNames(a.uri, b.uri));
}

function nextToken({ nextPageToken }: Page, before: string | undefined, prefix: string): string | undefined {
  if (!nextPageToken) return undefined;
  if (nextPageToken === before)
    throw new SentopsError('DATA_INVALID', `the list of ${prefix} does not end: the server names one page twice`);
  return nextPageToken;
}
