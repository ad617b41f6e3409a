import { createHash, randomBytes } from 'node:crypto';
import type http from 'node:http';
import { crc32c, encodeCrc32c } from './gcs-stand-in/crc32c.ts';
import { type Exchange, listen, refuse, sendJson, sendText } from './kaggle/listen.ts';
import { type Link, serveFile, UPDATED } from './kaggle/serve-file.ts';
import type { Faults, KaggleStandIn, Seen, StandInDataset, StandInUsers } from './kaggle/types.ts';
import { zipBytes } from './zip-bytes.ts';

/*
 * As much of Kaggle as downloads take, after the tool's own protocol (kaggle 2.2.4, kagglesdk 0.1.37) and the paths that
 * its requests still name: descriptions, lists, and downloads that lead to signed links of a store at another origin.
 * The real tool is run against it, so that whatever our client does here it may do there.
 */

const DEFAULTS: Faults = {
  cutAfter: [],
  tooMany: 0,
  retryAfter: undefined,
  unavailable: 0,
  expiredLinks: 0,
  lie: 0,
  loginPage: false,
  ranges: true,
  etag: true,
  lastModified: true,
  protocol: 'both',
  shyDescriptions: false,
  direct: false,
  packed: false,
  bytesPerSecond: 0,
};

type Files = Readonly<Record<string, Uint8Array>>;

interface Served extends Omit<StandInDataset, 'versions' | 'archives'> {
  readonly versions: { readonly files: Files; archive: Buffer | null }[];
}

export async function startKaggleStandIn(
  datasets: Readonly<Record<string, StandInDataset>>,
  users: StandInUsers = {},
  faults: Partial<Faults> = {},
): Promise<KaggleStandIn> {
  const standIn = new StandIn(datasets, users, { ...DEFAULTS, ...faults });
  const api = await listen(exchange => standIn.answer(exchange));
  const store = await listen(exchange => standIn.answer(exchange));
  standIn.store = store.url;
  const { seen } = standIn;
  return {
    url: api.url,
    store: store.url,
    cliEnv: {
      HTTP_PROXY: api.url,
      http_proxy: api.url,
      NO_PROXY: '',
      no_proxy: '',
      KAGGLE_API_ENVIRONMENT: 'LOCALHOST',
    },
    faults: standIn.faults,
    seen,
    get downloads() {
      return seen.filter(({ sent, path }) => sent > 0 || path.startsWith('/signed/'));
    },
    archive: (ref, version) => standIn.archive(ref, version),
    publish: (ref, files) => {
      standIn.datasets.get(ref)?.versions.push({ files, archive: null });
    },
    expire: token => {
      standIn.expired.add(token);
    },
    async close() {
      await Promise.all([api.close(), store.close()]);
    },
  };
}

const CALLS: Readonly<Record<string, string>> = {
  view: 'GetDataset',
  metadata: 'GetDatasetMetadata',
  list: 'ListDatasetFiles',
  download: 'DownloadDataset',
};

class StandIn {
  readonly datasets: Map<string, Served>;
  readonly seen: Seen[] = [];
  readonly expired = new Set<string>();
  readonly faults: Faults;
  store = '';
  private readonly users: StandInUsers;
  private readonly links = new Map<string, Link>();

  constructor(datasets: Readonly<Record<string, StandInDataset>>, users: StandInUsers, faults: Faults) {
    this.users = users;
    this.faults = faults;
    this.datasets = new Map(
      Object.entries(datasets).map(([ref, { versions, archives, ...rest }]) => {
        const served = versions.map((files, at) => ({
          files,
          archive: archives?.[at] ? Buffer.from(archives[at]) : null,
        }));
        return [ref, { ...rest, versions: served }];
      }),
    );
  }

  archive(ref: string, version?: number): Buffer {
    const versions = this.datasets.get(ref)?.versions ?? [];
    const one = versions[(version ?? versions.length) - 1];
    if (one === undefined) throw new Error(`no such dataset: ${ref} ${version ?? ''}`);
    one.archive ??= zipBytes(Object.entries(one.files).map(([name, data]) => ({ name, data })));
    return one.archive;
  }

  async answer(exchange: Exchange): Promise<void> {
    this.seen.push(exchange);
    const { url, method, body, response } = exchange;
    const [, token] = /^\/signed\/([^/]+)/.exec(url.pathname) ?? [];
    if (token !== undefined) return await this.serveLink(exchange, token);
    if (this.faults.tooMany > 0) {
      this.faults.tooMany--;
      if (this.faults.retryAfter !== undefined) response.setHeader('retry-after', this.faults.retryAfter);
      return refuse(response, 429, 'Too many requests');
    }
    if (this.faults.unavailable > 0) {
      this.faults.unavailable--;
      return sendText(response, 503, 'text/plain', 'upstream connect error');
    }
    const [, call] = /^\/api\/v1\/[a-z]+\.\w+\/(\w+)$/.exec(url.pathname) ?? [];
    if (call !== undefined && method === 'POST' && this.faults.protocol !== 'paths')
      return await this.call(call, body, exchange);
    const old = /^\/api\/v1\/datasets\/(view|metadata|list|download)\/([^/]+)\/([^/]+)(?:\/([^/]+))?$/.exec(
      url.pathname,
    );
    if (old === null || method !== 'GET' || this.faults.protocol === 'calls')
      return sendText(response, 404, 'text/html', '<!doctype html><title>404</title>');
    const [, verb = '', ownerSlug, datasetSlug, file] = old;
    const values = Object.fromEntries(url.searchParams);
    const fileName = file === undefined ? {} : { fileName: decodeURIComponent(file) };
    await this.call(CALLS[verb] ?? '', { ...values, ownerSlug, datasetSlug, ...fileName }, exchange);
  }

  private async call(call: string, body: Seen['body'], exchange: Exchange): Promise<void> {
    const { response } = exchange;
    if (call === 'IntrospectToken') return this.introspect(String(body['token']), response);
    if (call === 'GenerateAccessToken') return this.renew(String(body['refreshToken']), response);
    const user = this.userOf(exchange.authorization);
    if (user === undefined) return refuse(response, 401, 'Unauthenticated');
    const ref = `${body['ownerSlug']}/${body['datasetSlug']}`;
    const dataset = this.datasets.get(ref);
    if (dataset === undefined) return refuse(response, 404, 'Dataset not found');
    const { access = 'public', reader } = dataset;
    if ((access === 'private' && user !== reader) || (access === 'consent' && call === 'DownloadDataset'))
      return refuse(response, 403, "Permission 'datasets.get' was denied");
    const isDescription = call === 'GetDataset' || call === 'GetDatasetMetadata';
    if (isDescription && this.faults.shyDescriptions && user === null) return refuse(response, 401, 'Unauthenticated');
    const number = Number(body['datasetVersionNumber'] ?? dataset.versions.length);
    const version = dataset.versions[number - 1];
    if (version === undefined) return refuse(response, 404, 'Version not found');
    if (call === 'DownloadDataset') return await this.download(ref, number, version.files, body['fileName'], exchange);
    const answer = describe(call, ref, dataset, version.files, body);
    return answer === undefined ? refuse(response, 501, 'Not implemented') : sendJson(response, 200, answer);
  }

  /** Null for nobody, undefined for a credential that is refused. */
  private userOf(authorization: string | undefined): string | null | undefined {
    if (authorization === undefined) return null;
    const [kind, value = ''] = authorization.split(' ');
    if (kind === 'Bearer') return this.expired.has(value) ? undefined : this.users.tokens?.[value];
    const [name = '', key] = Buffer.from(value, 'base64').toString().split(':');
    return this.users.keys?.[name] === key ? name : undefined;
  }

  private introspect(token: string, response: http.ServerResponse): void {
    const username = this.expired.has(token) ? undefined : this.users.tokens?.[token];
    sendJson(response, 200, username === undefined ? { active: false } : { active: true, username, scope: '' });
  }

  private renew(login: string, response: http.ServerResponse): void {
    const token = this.users.logins?.[login];
    if (token === undefined) refuse(response, 401, 'Unauthenticated');
    else sendJson(response, 200, { token, expiresIn: 43_200, userName: this.users.tokens?.[token] ?? '' });
  }

  private async download(
    ref: string,
    version: number,
    files: Files,
    fileName: unknown,
    exchange: Exchange,
  ): Promise<void> {
    const { response } = exchange;
    if (this.faults.loginPage) return sendText(response, 200, 'text/html; charset=utf-8', LOGIN_PAGE);
    const link = this.linkTo(ref, version, files, fileName);
    if (link === undefined) return refuse(response, 404, 'File not found');
    if (this.faults.direct) return await serveFile(link, exchange, this.faults);
    const token = randomBytes(9).toString('base64url');
    this.links.set(token, link);
    const name = encodeURIComponent(link.name);
    response.writeHead(302, { location: `${this.store}/signed/${token}/${name}?X-Goog-Signature=${token}` }).end();
  }

  private linkTo(ref: string, version: number, files: Files, fileName: unknown): Link | undefined {
    const name = typeof fileName === 'string' && fileName !== '' ? fileName : undefined;
    const plain = name === undefined ? this.archive(ref, version) : files[name];
    if (plain === undefined) return undefined;
    const isPacked = name !== undefined && this.faults.packed;
    const content = isPacked ? zipBytes([{ name: name.split('/').at(-1) ?? '', data: plain }]) : plain;
    const md5 = createHash('md5').update(content);
    const hashes = `crc32c=${encodeCrc32c(crc32c(content))},md5=${md5.copy().digest('base64')}`;
    const last = name === undefined ? 'archive.zip' : `${name.split('/').at(-1)}${isPacked ? '.zip' : ''}`;
    return { name: last, content, etag: `"${md5.digest('hex')}"`, hashes };
  }

  private async serveLink(exchange: Exchange, token: string): Promise<void> {
    const { response, authorization, url } = exchange;
    // A signed link and a credential together are one too many: the store refuses.
    if (authorization !== undefined) return sendText(response, 400, 'application/xml', xml('InvalidArgument'));
    const link = this.links.get(token);
    const isExpired = this.faults.expiredLinks > 0;
    if (isExpired) this.faults.expiredLinks--;
    if (link === undefined || isExpired || url.searchParams.get('X-Goog-Signature') !== token)
      return sendText(response, 400, 'application/xml', xml('ExpiredToken'));
    await serveFile(link, exchange, this.faults);
  }
}

const LOGIN_PAGE = '<!DOCTYPE html>\n<html><head><title>Login | Kaggle</title></head><body>Sign in</body></html>';

function describe(call: string, ref: string, dataset: Served, files: Files, body: Seen['body']): unknown {
  const { title = ref, license = 'CC0-1.0', versions } = dataset;
  switch (call) {
    case 'GetDataset':
      return { ref, title, licenseName: license, currentVersionNumber: versions.length, lastUpdated: UPDATED };
    case 'GetDatasetMetadata':
      return { info: { datasetSlug: ref.split('/')[1], title, licenses: [{ name: license }] } };
    case 'ListDatasetFiles': {
      const names = Object.keys(files);
      const first = Number(body['pageToken'] || 0);
      const next = first + Number(body['pageSize'] || 20);
      const page = names.slice(first, next);
      return {
        datasetFiles: page.map(name => ({ ref: name, name, totalBytes: files[name]?.length, creationDate: UPDATED })),
        ...(next < names.length ? { nextPageToken: String(next) } : {}),
      };
    }
    default:
      return undefined;
  }
}

function xml(code: string): string {
  return `<?xml version='1.0' encoding='UTF-8'?><Error><Code>${code}</Code><Message>${code}.</Message></Error>`;
}
