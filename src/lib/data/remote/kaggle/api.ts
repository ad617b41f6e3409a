import type { SentopsError } from '../../../core/errors.ts';
import type { ExtensionContext, ExtensionOptions } from '../../../extend/contract.ts';
import { readStart } from '../fetch/read-chunks.ts';
import type { FetchAnswer, Fetcher, FetchRequest } from '../fetch/types.ts';
import { bearer, findCredentials, type KaggleCredential } from './credentials.ts';
import { type Endpoints, endpointsOf } from './endpoints.ts';
import { parseObject } from './parse-object.ts';
import type { KaggleRef } from './read-ref.ts';
import { readSaid, refusalOf } from './refusal.ts';

/** One question to Kaggle: by its name in the present protocol, and by the path of the one before. */
export interface Operation {
  readonly call: string;
  readonly path: string;
  readonly values: Readonly<Record<string, string | number>>;
}

export interface KaggleApi {
  /** The JSON of an answer. */
  ask(operation: Operation, ref: KaggleRef, signal: AbortSignal): Promise<Readonly<Record<string, unknown>>>;
  /** An answer that is a file, or the last refusal. */
  open(operation: Operation, headers: FetchRequest['headers'], signal: AbortSignal): Promise<Opened>;
  /** The request as it succeeded before. */
  requestOf(operation: Operation): Promise<Omit<FetchRequest, 'signal' | 'headers'>>;
  /** What a refusal means; its body is read unless that has been done. */
  explain(answer: FetchAnswer, ref: KaggleRef, signal: AbortSignal, said?: string): Promise<SentopsError>;
}

/** The body of a refusal has been read: it had to be, to tell what it means. */
interface Opened {
  readonly answer: FetchAnswer;
  readonly refusal: string | null;
}

const SERVICE = 'datasets.DatasetApiService';
const LONGEST_JSON = 4 * 1024 * 1024;

type World = Pick<ExtensionContext, 'env' | 'cwd' | 'report'>;

export function createApi(fetcher: Fetcher, options: ExtensionOptions, world: World): KaggleApi {
  const endpoints = endpointsOf(options, world.env);
  const session = new Session(fetcher, endpoints, world);
  const explain = (answer: FetchAnswer, said: string, ref: KaggleRef) =>
    refusalOf(answer, { said, ref, credential: session.shownCredential, refused: session.refused });
  return {
    requestOf: operation => session.requestOf(operation),
    open: (operation, headers, signal) => session.open(operation, headers, signal),
    async explain(answer, ref, signal, said) {
      return explain(answer, said ?? (await readSaid(answer, fetcher, signal)), ref);
    },
    async ask(operation, ref, signal) {
      const { answer, refusal } = await session.open(operation, {}, signal);
      if (refusal !== null) throw explain(answer, refusal, ref);
      const text = await readStart(answer.body, LONGEST_JSON, fetcher.silenceMs, signal);
      const json = parseObject(text.toString('utf8'));
      if (json === null) throw explain(answer, text.toString('utf8', 0, 2000), ref);
      const { code } = json;
      if (typeof code === 'number' && code >= 400)
        throw explain({ ...answer, status: code }, text.toString('utf8'), ref);
      return json;
    },
  };
}

/** Remembers which protocol and which credential the server takes. */
class Session {
  readonly refused: string[] = [];
  private readonly fetcher: Fetcher;
  private readonly endpoints: Endpoints;
  private readonly world: World;
  private credentials: KaggleCredential[] | null = null;
  private isOld = false;

  constructor(fetcher: Fetcher, endpoints: Endpoints, world: World) {
    this.fetcher = fetcher;
    this.endpoints = endpoints;
    this.world = world;
  }

  /** The one that is sent; null for none. */
  get shownCredential(): string | null {
    const first = this.credentials?.[0];
    return first === undefined || first.kind === 'none' ? null : first.from;
  }

  async requestOf({ call, path, values }: Operation): Promise<Omit<FetchRequest, 'signal' | 'headers'>> {
    const [credential] = await this.load();
    const header = credential !== undefined && 'header' in credential ? credential.header : undefined;
    if (!this.isOld) {
      const url = new URL(`${this.endpoints.calls}/${SERVICE}/${call}`);
      return { url, method: 'POST', body: JSON.stringify(values), credential: header };
    }
    const url = new URL(`${this.endpoints.paths}${path}`);
    for (const [name, value] of Object.entries(values))
      if (!IN_PATH.includes(name)) url.searchParams.set(name, String(value));
    return { url, credential: header };
  }

  async open(operation: Operation, headers: FetchRequest['headers'], signal: AbortSignal): Promise<Opened> {
    for (;;) {
      await this.renew(signal);
      const request = await this.requestOf(operation);
      const answer = await this.fetcher.open({ ...request, signal, ...(headers === undefined ? {} : { headers }) });
      if (answer.status < 400) return { answer, refusal: null };
      // An empty file has no first byte.
      if (answer.status === 416) return { answer, refusal: null };
      const said = await readSaid(answer, this.fetcher, signal);
      // What the store says, to which Kaggle leads, is neither about the credential nor about the protocol.
      if (answer.url.origin !== request.url.origin) return { answer, refusal: said };
      if (answer.status === 401 && this.dropCredential()) continue;
      if (!this.isOld && isUnknownCall(answer.status, said)) {
        this.isOld = true;
        continue;
      }
      return { answer, refusal: said };
    }
  }

  private async load(): Promise<readonly KaggleCredential[]> {
    this.credentials ??= [...(await findCredentials(this.world))];
    return this.credentials;
  }

  /** False where there is nothing left to try. */
  private dropCredential(): boolean {
    const first = this.credentials?.[0];
    if (first === undefined || first.kind === 'none') return false;
    this.credentials?.shift();
    this.refused.push(first.from);
    const next = this.shownCredential;
    this.world.report({
      type: 'note',
      level: 'warn',
      message: `Kaggle refuses what ${first.from} holds, it may have expired; asking with ${next ?? 'no credentials'}`,
    });
    return true;
  }

  /** A login whose token has run out is good for another token. */
  private async renew(signal: AbortSignal): Promise<void> {
    const [first] = await this.load();
    if (first?.kind !== 'login') return;
    const body = JSON.stringify({
      refreshToken: first.refreshToken,
      apiVersion: 'API_VERSION_V1',
      expirationDuration: '43200s',
    });
    const url = new URL(`${this.endpoints.calls}/users.AccountService/GenerateAccessToken`);
    const answer = await this.fetcher.open({ url, method: 'POST', body, signal });
    const text = await readStart(answer.body, 65_536, this.fetcher.silenceMs, signal);
    const token = parseObject(text.toString('utf8'))?.['token'];
    if (answer.status === 200 && typeof token === 'string' && token !== '')
      this.credentials?.splice(0, 1, bearer(token, first.from));
    else this.dropCredential();
  }
}

const IN_PATH = ['ownerSlug', 'datasetSlug', 'fileName'];

/** Kaggle answers in JSON when it knows the call and not the dataset; a server without the call does not. */
function isUnknownCall(status: number, said: string): boolean {
  return [404, 405, 501].includes(status) && parseObject(said)?.['code'] === undefined;
}
