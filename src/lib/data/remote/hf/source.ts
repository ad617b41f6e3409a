import { SentopsError } from '../../../core/errors.ts';
import type { ExtensionContext, ExtensionOptions, Factory } from '../../../extend/contract.ts';
import type { DatasetSource, RemoteDataset, RemoteFile } from '../../types.ts';
import { filesAsked } from '../check-asked.ts';
import { createFetcher } from '../fetch/create-fetcher.ts';
import { readStart } from '../fetch/read-chunks.ts';
import { readFile } from '../fetch/read-file.ts';
import type { FetchAnswer } from '../fetch/types.ts';
import { type HubRef, readRef } from './read-ref.ts';
import { refusalOf } from './refusal.ts';
import { findCredential } from './token.ts';

/** Datasets of Hugging Face, as git keeps them there: every version is a commit, and its files never change. */
const create: Factory<'dataset-source'> = (options, context): DatasetSource => {
  const fetcher = createFetcher(context, options);
  const endpoint = endpointOf(options, context.env);
  let found: Promise<string | null> | undefined;
  const credential = async () => {
    found ??= findCredential(context);
    return (await found) ?? undefined;
  };
  const refuse = async (answer: FetchAnswer, ref: HubRef, signal: AbortSignal) =>
    await refusalOf(answer, { ref, endpoint, hasToken: (await credential()) !== undefined, fetcher, signal });
  const ask = async (url: URL, ref: HubRef, signal: AbortSignal): Promise<Listed> => {
    const answer = await fetcher.open({ url, credential: await credential(), signal });
    if (answer.status !== 200) throw await refuse(answer, ref, signal);
    const text = (await readStart(answer.body, LONGEST, fetcher.silenceMs, signal)).toString('utf8');
    return { json: parse(text, url), next: nextPage(answer, url) };
  };
  return {
    async find(asked, find) {
      const ref = readRef(asked, find.version);
      const { signal } = find;
      const info = new URL(`${endpoint}/api/datasets/${ref.id}/revision/${encodeURIComponent(ref.revision)}`);
      const { json } = await ask(info, ref, signal);
      const { id, sha, cardData } = json as Info;
      if (typeof id !== 'string' || typeof sha !== 'string') throw notTheHub(info);
      const files: RemoteFile[] = [];
      let page: URL | null = new URL(`${endpoint}/api/datasets/${id}/tree/${sha}?recursive=true`);
      while (page !== null) {
        const listed = await ask(page, ref, signal);
        if (!Array.isArray(listed.json)) throw notTheHub(page);
        files.push(...listed.json.flatMap(describe));
        page = listed.next;
      }
      return toDataset({ id, sha, cardData }, filesAsked(id, files, find), endpoint);
    },
    read({ ref, version }, file, { start, signal }) {
      const path = file.path.split('/').map(encodeURIComponent).join('/');
      const url = new URL(`${endpoint}/datasets/${ref}/resolve/${encodeURIComponent(version)}/${path}`);
      const place = {
        what: `${ref}: ${file.path}`,
        ...file,
        tag: null,
        // A commit never changes, whichever server of theirs gives it out, and under whichever ETag.
        isPinned: true,
        request: async () => ({ url, credential: await credential() }),
        refusal: async (answer: FetchAnswer) => await refuse(answer, { id: ref, revision: version }, signal),
      };
      return readFile(fetcher, place, { start, signal, env: context.env });
    },
  };
};

export default create;

const LONGEST = 16 * 1024 * 1024;

interface Listed {
  readonly json: unknown;
  readonly next: URL | null;
}

interface Info {
  readonly id?: unknown;
  readonly sha?: unknown;
  readonly cardData?: unknown;
}

interface TreeEntry {
  readonly type?: string;
  readonly path?: string;
  readonly size?: number;
  readonly oid?: string;
  readonly lfs?: { readonly oid?: string };
}

function endpointOf(options: ExtensionOptions, env: ExtensionContext['env']): string {
  const option = options['apiEndpoint'];
  const named = typeof option === 'string' && option !== '' ? option : env['HF_ENDPOINT'];
  if (!named) return 'https://huggingface.co';
  if (!URL.canParse(named) || !/^https?:$/.test(new URL(named).protocol))
    throw new SentopsError('CONFIG_INVALID', `HF_ENDPOINT is ${JSON.stringify(named)}, which is no address`, {
      hint: 'write it as https://host',
    });
  return named.replace(/\/+$/, '');
}

/** Large files are kept elsewhere, under their sha256. */
function describe({ type, path, size, oid, lfs }: TreeEntry): RemoteFile[] {
  if (type !== 'file' || path === undefined || path.split('/').some(part => part.startsWith('.'))) return [];
  return [{ path, bytes: size ?? null, sha256: lfs?.oid ?? null, tag: lfs?.oid ?? oid ?? null }];
}

function toDataset(
  { id, sha, cardData }: { readonly id: string; readonly sha: string; readonly cardData: unknown },
  files: readonly RemoteFile[],
  endpoint: string,
): RemoteDataset {
  const license = (cardData as { readonly license?: unknown } | null | undefined)?.license;
  const names = Array.isArray(license) ? license.join(', ') : license;
  return {
    ref: id,
    version: sha,
    files,
    page: `${endpoint}/datasets/${id}`,
    ...(typeof names === 'string' && names !== '' ? { license: names } : {}),
  };
}

/** RFC 8288, as far as the hub uses it; only to where the question was asked. */
function nextPage({ headers }: FetchAnswer, url: URL): URL | null {
  const link = Array.isArray(headers['link']) ? headers['link'].join(',') : headers['link'];
  const address = /<([^>]+)>\s*;\s*rel="?next"?/.exec(link ?? '')?.[1];
  const next = address !== undefined && URL.canParse(address, url.href) ? new URL(address, url) : null;
  return next?.origin === url.origin ? next : null;
}

function parse(text: string, url: URL): unknown {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null) return json;
  } catch {
    // What is no JSON is said below.
  }
  throw notTheHub(url);
}

function notTheHub(url: URL): SentopsError {
  return new SentopsError('REMOTE_UNAVAILABLE', `${url.origin} does not answer as Hugging Face does`, {
    hint: 'check HF_ENDPOINT; behind a proxy, whether it wants a login',
    details: { url: `${url.origin}${url.pathname}` },
  });
}
