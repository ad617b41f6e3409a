import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { SentopsError } from '../core/errors.ts';

export type Env = Readonly<Record<string, string | undefined>>;

export interface Question {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly env: Env;
  readonly signal: AbortSignal;
  /** For the whole of one attempt. */
  readonly timeLimitMs?: number;
  readonly attempts?: number;
}

export interface Answer {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
}

const TIME_LIMIT_MS = 20_000;
const ATTEMPTS = 4;
const DELAY_MS = 400;
const LONGEST_ANSWER = 1024 * 1024;

/** A small question in JSON to one of Google's services; asked again where that may help. */
export async function ask(question: Question): Promise<Answer> {
  const { url, signal, attempts = ATTEMPTS } = question;
  for (let attempt = 1; ; attempt++) {
    const last = attempt >= attempts;
    try {
      const answer = await askOnce(question);
      if (last || !(answer.status === 429 || answer.status >= 500)) return answer;
    } catch (error) {
      signal.throwIfAborted();
      if (last)
        throw new SentopsError('REMOTE_UNAVAILABLE', `${url.origin} cannot be asked: ${reasonOf(error)}`, {
          hint: 'check the network and HTTPS_PROXY, then run the command again',
          cause: error,
        });
    }
    await sleep(DELAY_MS * 2 ** attempt * (0.75 + Math.random() / 2), undefined, { signal }).catch(() =>
      signal.throwIfAborted(),
    );
  }
}

async function askOnce({ url, method, headers, body, env, signal, timeLimitMs }: Question): Promise<Answer> {
  const transport: Pick<typeof http, 'request' | 'Agent'> =
    url.protocol === 'https:' ? process.getBuiltinModule('node:https') : http;
  const agent = new transport.Agent({ proxyEnv: { ...env } } as http.AgentOptions);
  const limited = AbortSignal.any([signal, AbortSignal.timeout(timeLimitMs ?? TIME_LIMIT_MS)]);
  return await new Promise((resolve, reject) => {
    const request = transport.request(url, { method, headers: { ...headers }, agent, signal: limited }, response => {
      readText(response).then(text => resolve({ status: response.statusCode ?? 0, json: parse(text) }), reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function readText(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > LONGEST_ANSWER) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What is no JSON object says nothing. */
function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === 'AbortError' || error.name === 'TimeoutError' ? 'no answer in time' : error.message;
}
