import { setTimeout as sleep } from 'node:timers/promises';
import { SentopsError } from '../../../core/errors.ts';
import { readRetryAfter } from '../../../core/retry-after.ts';
import type { ExtensionOptions } from '../../../extend/contract.ts';
import { explainConnection, isConnectionFailure, shown } from './failures.ts';
import { followRedirects } from './follow-redirects.ts';
import { readStart } from './read-chunks.ts';
import { createTransport } from './transport.ts';
import type { FetchAnswer, FetchContext, Fetcher, FetchRequest, Interruption, Patience } from './types.ts';

/** Longer than this nobody waits for a server that asks for patience. */
const MOST_WAIT_MS = 120_000;
const LONGEST_DELAY_MS = 30_000;
const BUSY = [408, 425, 429, 500, 502, 503, 504];

export function createFetcher(context: FetchContext, options: ExtensionOptions): Fetcher {
  const patience = readPatience(options);
  const send = createTransport(context, patience.silenceMs);
  const { report, env } = context;
  refuseForeignProxies(env);
  let met = false;
  const pause: Fetcher['pause'] = async ({ error, waitMs }, failures, signal) => {
    // Several clients that failed together must not come back together.
    const delay = Math.min(LONGEST_DELAY_MS, patience.delayMs * 2 ** failures) * (1 + Math.random() / 4);
    const wait = (waitMs ?? 0) + delay;
    const when = wait < 1000 ? '' : ` in ${Math.round(wait / 1000)} s`;
    report({ type: 'note', level: 'info', message: `${error.message}; trying again${when}` });
    await sleep(wait, undefined, { signal }).catch(() => {
      throw signal.reason;
    });
  };
  const attempt = async (request: FetchRequest): Promise<FetchAnswer | Interruption> => {
    try {
      const answer = await followRedirects(request, send, report);
      met = true;
      return BUSY.includes(answer.status) ? await explainBusy(answer, patience, request.signal) : answer;
    } catch (error) {
      request.signal.throwIfAborted();
      if (error instanceof SentopsError || !isConnectionFailure(error)) throw error;
      const failure = explainConnection(error, request.url, env);
      // Whoever had an answer before waits for a server that is started again; who had none has the wrong address.
      if (!failure.passing || (!met && failure.error.details['cause'] === 'ECONNREFUSED')) throw failure.error;
      return failure;
    }
  };
  return {
    ...patience,
    pause,
    async open(request) {
      for (let failures = 0; ; failures++) {
        request.signal.throwIfAborted();
        const got = await attempt(request);
        if ('status' in got) return got;
        if (failures >= patience.retries || (got.waitMs ?? 0) > MOST_WAIT_MS) throw got.error;
        await pause(got, failures, request.signal);
      }
    },
  };
}

async function explainBusy(
  { status, headers, url, body }: FetchAnswer,
  { silenceMs }: Patience,
  signal: AbortSignal,
): Promise<Interruption> {
  // The connection can be used again once its answer has been read.
  await readStart(body, 16_384, silenceMs, signal).catch(() => {});
  const waitMs = readRetryAfter(headers['retry-after']);
  const wait = waitMs === null ? '' : `; it asks to wait ${Math.ceil(waitMs / 1000)} s`;
  const message =
    status === 429
      ? `${url.host} limits how often it may be asked (HTTP 429)${wait}`
      : `${shown(url)} answered HTTP ${status}${wait}`;
  const hint =
    status === 429
      ? 'wait a while and run the command again: it goes on where it stopped'
      : 'run the command again in a moment: it goes on where it stopped';
  const error = new SentopsError('REMOTE_UNAVAILABLE', message, {
    hint,
    details: { url: shown(url), status, ...(waitMs === null ? {} : { retryAfterSeconds: Math.ceil(waitMs / 1000) }) },
  });
  return { error, waitMs };
}

/** Numbers that tests and slow networks set: how often, how long before the next time, how long to listen. */
function readPatience(options: ExtensionOptions): Patience {
  const number = (name: string, fallback: number) => {
    const value = options[name];
    return typeof value === 'number' && value >= 0 ? value : fallback;
  };
  return {
    retries: number('retries', 5),
    delayMs: number('delayMs', 500),
    silenceMs: number('silenceMs', 60_000),
  };
}

function refuseForeignProxies(env: FetchContext['env']): void {
  for (const name of ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY']) {
    const value = env[name];
    if (value !== undefined && /^(?!https?:)[a-z0-9]+:\/\//i.test(value))
      throw new SentopsError(
        'CONFIG_INVALID',
        `${name}: proxies of the kind ${value.split(':')[0]}:// are not supported`,
        {
          hint: 'name an http:// or https:// proxy, or unset the variable',
        },
      );
  }
}
