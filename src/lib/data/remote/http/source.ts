import { SentopsError } from '../../../core/errors.ts';
import { redactor } from '../../../core/redact.ts';
import type { Factory } from '../../../extend/contract.ts';
import { withoutCredentials } from '../../fetch/dataset-key.ts';
import type { DatasetSource, RemoteDataset } from '../../types.ts';
import { checkVersion, filesAsked } from '../check-asked.ts';
import { createFetcher } from '../fetch/create-fetcher.ts';
import { shown } from '../fetch/failures.ts';
import { lastName } from '../fetch/file-name.ts';
import { isPage, isPageName, pageFailure, SIGN_IN_HINT } from '../fetch/page.ts';
import { type Probed, probeFile } from '../fetch/probe-file.ts';
import { readFile } from '../fetch/read-file.ts';
import { refusalOf } from '../fetch/refusal.ts';

/** One file at an http or https address. */
const create: Factory<'dataset-source'> = (options, context): DatasetSource => {
  const fetcher = createFetcher(context, options);
  // What an address holds of a secret stays here and goes into no lock file.
  const addresses = new Map<string, Address>();
  const addressOf = (ref: string): Address => {
    const address = addresses.get(ref) ?? readAddress(ref);
    addresses.set(ref, address).set(address.ref, address);
    return address;
  };
  return {
    async find(ref, asked) {
      const { signal } = asked;
      const address = addressOf(ref);
      const { url, credential } = address;
      const open = (headers: Readonly<Record<string, string>>) => fetcher.open({ url, credential, headers, signal });
      const probed = await probeFile(open, { ...fetcher, signal });
      if ('status' in probed) throw await refusalOf(probed, { what: shown(url), credential, fetcher, signal });
      const dataset = describe(address, probed);
      filesAsked(dataset.ref, dataset.files, asked);
      checkVersion(dataset.ref, dataset.version, asked);
      return dataset;
    },
    read(dataset, file, { signal, start }) {
      const { url, credential } = addressOf(dataset.ref);
      const what = shown(url);
      const place = {
        what,
        ...file,
        tag: file.tag ?? null,
        request: async () => ({ url, credential }),
        refusal: async (answer: Probed['answer']) => await refusalOf(answer, { what, credential, fetcher, signal }),
      };
      return readFile(fetcher, place, { start, signal, env: context.env });
    },
  };
};

export default create;

interface Address {
  /** Without user and password. */
  readonly ref: string;
  readonly url: URL;
  readonly credential: string | undefined;
}

function readAddress(ref: string): Address {
  const url = URL.canParse(ref) ? new URL(ref) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new SentopsError('FLAG_INVALID', 'the dataset is no http or https address', {
      hint: 'write it as https://host/path/file.csv',
    });
  const { username, password } = url;
  url.username = '';
  url.password = '';
  url.hash = '';
  return {
    ref: withoutSecrets(url),
    url,
    credential: basicOf(decode(username), decode(password)),
  };
}

const SECRET = /sig|token|secret|passw|key|credential/i;

/** Signed links and the like: what lets anybody in goes into no file that is shared, nor into one of this machine. */
function withoutSecrets({ href, searchParams }: URL): string {
  const clean = withoutCredentials(href);
  const { searchParams: shown } = new URL(clean);
  for (const [name, value] of searchParams) if (SECRET.test(name) && !shown.has(name)) redactor.add(value);
  return clean;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function basicOf(username: string, password: string): string | undefined {
  if (username === '' && password === '') return undefined;
  const encoded = Buffer.from(`${username}:${password}`).toString('base64');
  redactor.add(password);
  redactor.add(encoded);
  return `Basic ${encoded}`;
}

function describe({ ref, url }: Address, { answer, name, bytes, tag, crc32c, md5, start }: Probed): RemoteDataset {
  const plain = name ?? nameIn(url) ?? nameIn(answer.url) ?? lastName(url) ?? 'download';
  const path = plain + packingOf(answer.headers['content-encoding'], plain);
  if (!isPageName(path) && isPage(answer.headers, start)) throw pageFailure(shown(url), answer.url, SIGN_IN_HINT);
  return {
    ref,
    version: tag?.replace(/^W\//, '').replace(/^"(.*)"$/, '$1') ?? (bytes === null ? 'unknown' : `${bytes} bytes`),
    files: [{ path, bytes, sha256: null, crc32c, md5, tag }],
  };
}

const PACKINGS: Readonly<Record<string, string>> = { gzip: '.gz', 'x-gzip': '.gz', zstd: '.zst', br: '.br' };

/** Some servers send packed what was asked for plain. It stays as it came, since ranges count in it, and its name says so. */
function packingOf(encoding: string | undefined, name: string): string {
  const ending = PACKINGS[encoding?.trim().toLowerCase() ?? ''] ?? '';
  return name.toLowerCase().endsWith(ending) ? '' : ending;
}

/** The last part of the path, where it looks like the name of a file. */
function nameIn(url: URL): string | null {
  const name = lastName(url);
  return name !== null && /.\.[a-z0-9]{1,8}$/i.test(name) ? name : null;
}
