import { SentopsError } from '../../../core/errors.ts';
import { suggest } from '../../../core/suggest.ts';
import type { Factory } from '../../../extend/contract.ts';
import type { DatasetSource, FindOptions, RemoteDataset } from '../../types.ts';
import { createFetcher } from '../fetch/create-fetcher.ts';
import { lastName } from '../fetch/file-name.ts';
import { isPage, isPageName, pageFailure } from '../fetch/page.ts';
import { type Probed, probeFile } from '../fetch/probe-file.ts';
import { readFile } from '../fetch/read-file.ts';
import type { FetchAnswer, Fetcher } from '../fetch/types.ts';
import { createApi, type KaggleApi } from './api.ts';
import { describeDataset, downloadOf, listFiles } from './operations.ts';
import { parseObject } from './parse-object.ts';
import { type KaggleRef, readRef } from './read-ref.ts';
import { HOW_TO_SIGN_IN, nameOf, pageOf } from './refusal.ts';

/** Datasets of Kaggle, by the protocol of its own tool; what that cannot know is said where it is done. */
const create: Factory<'dataset-source'> = (options, context): DatasetSource => {
  const fetcher = createFetcher(context, options);
  const api = createApi(fetcher, options, context);
  /** The name at Kaggle of what is downloaded under another one. */
  const names = new Map<string, string | undefined>();
  const keyOf = ({ ref, version }: RemoteDataset, path: string) => `${ref}\n${version}\n${path}`;
  return {
    async find(ref, asked) {
      const wanted = readRef(ref, asked.version);
      const known = await describeDataset(api, wanted, asked.signal);
      const pinned = { ...wanted, version: wanted.version ?? known.version };
      const { probed, path } = await probeDownload(api, fetcher, pinned, asked);
      const { bytes, tag, crc32c, md5 } = probed;
      const dataset = {
        ref: `${wanted.owner}/${wanted.name}`,
        version: pinned.version === null ? (tag ?? 'unknown') : String(pinned.version),
        files: [{ path, bytes, sha256: null, crc32c, md5, tag }],
        page: pageOf(pinned),
        ...(known.title === null ? {} : { title: known.title }),
        ...(known.license === null ? {} : { license: known.license }),
      };
      names.set(keyOf(dataset, path), asked.file);
      return dataset;
    },
    read(dataset, file, { signal, start }) {
      const version = /^\d+$/.test(dataset.version) ? dataset.version : undefined;
      const ref = readRef(dataset.ref, version);
      const key = keyOf(dataset, file.path);
      const name = names.has(key) ? names.get(key) : file.path === archiveName(ref) ? undefined : file.path;
      const place = {
        what: `${dataset.ref}: ${file.path}`,
        ...file,
        tag: file.tag ?? null,
        request: async () => await api.requestOf(downloadOf(ref, name)),
        refusal: async (answer: Probed['answer']) => await api.explain(answer, ref, signal),
      };
      return readFile(fetcher, place, { start, signal, env: context.env });
    },
  };
};

export default create;

function archiveName({ name }: KaggleRef): string {
  return `${name}.zip`;
}

interface Download {
  readonly probed: Probed;
  readonly path: string;
}

async function probeDownload(
  api: KaggleApi,
  fetcher: Pick<Fetcher, 'silenceMs'>,
  ref: KaggleRef,
  { file, signal }: FindOptions,
): Promise<Download> {
  const open = async (headers: Readonly<Record<string, string>>) => {
    const { answer, refusal } = await api.open(downloadOf(ref, file), headers, signal);
    if (refusal === null) return answer;
    if (file !== undefined && answer.status === 404) await refuseMissing(api, ref, file, signal);
    throw await api.explain(answer, ref, signal, refusal);
  };
  const probed = await probeFile(open, { ...fetcher, signal });
  if ('status' in probed) throw await api.explain(probed, ref, signal);
  const path = file === undefined ? archiveName(ref) : pathOf(file, probed);
  const said = refusalIn(probed);
  if (said !== null) throw await api.explain(said.answer, ref, signal, said.text);
  if (!isPageName(path) && isPage(probed.answer.headers, probed.start))
    throw pageFailure(
      `Kaggle's ${nameOf(ref)}`,
      probed.answer.url,
      `open ${pageOf(ref)} in a browser; ${HOW_TO_SIGN_IN}`,
    );
  return { probed, path };
}

/** Kaggle may refuse in the words of an answer alone, and its own tool listens to them. */
function refusalIn({ answer, start }: Probed): { readonly answer: FetchAnswer; readonly text: string } | null {
  if (!/^application\/json\b/.test(answer.headers['content-type'] ?? '')) return null;
  const text = start.toString('utf8');
  const { code, message } = parseObject(text) ?? {};
  const isRefusal = typeof code === 'number' && code >= 400 && typeof message === 'string';
  return isRefusal ? { answer: { ...answer, status: code }, text } : null;
}

/** Kaggle packs large files, and shows it in the name of what it leads to, or in nothing but the content. */
function pathOf(file: string, { answer, start }: Probed): string {
  const isZip = start.subarray(0, 4).equals(Buffer.from('PK\u0003\u0004'));
  const renamed = lastName(answer.url)?.endsWith('.zip') === true;
  return !/\.(zip|xlsx|docx|npz|jar|ods|epub|apk|whl|egg)$/i.test(file) && (isZip || renamed) ? `${file}.zip` : file;
}

/** Throws where the dataset can be listed and has no such file. */
async function refuseMissing(api: KaggleApi, ref: KaggleRef, file: string, signal: AbortSignal): Promise<void> {
  const files = await listFiles(api, ref, signal).catch((): string[] => []);
  signal.throwIfAborted();
  if (files.length === 0 || files.includes(file)) return;
  const near = suggest(file, files);
  throw new SentopsError('NOT_FOUND', `${nameOf(ref)} has no file ${file}`, {
    hint: near === undefined ? `its files: ${files.slice(0, 20).join(', ')}` : `did you mean ${near}?`,
    details: { files },
  });
}
