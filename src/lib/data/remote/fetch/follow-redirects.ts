import { SentopsError } from '../../../core/errors.ts';
import type { Report } from '../../../core/report.ts';
import { shown } from './failures.ts';
import type { Send } from './transport.ts';
import type { FetchAnswer, FetchRequest } from './types.ts';

const MOST_REDIRECTS = 10;
const REDIRECTS = [301, 302, 303, 307, 308];

/**
 * Sends a request and goes where it is sent on to. The credential stays with the origin that it was made for: another
 * one does not see it, nor does the first one once the way has led elsewhere.
 */
export async function followRedirects(request: FetchRequest, send: Send, report: Report): Promise<FetchAnswer> {
  const { headers = {}, credential, signal } = request;
  let { url, method = 'GET', body } = request;
  let trusted = true;
  for (let redirects = 0; ; redirects++) {
    const answer = await send({
      url,
      method,
      signal,
      ...(body === undefined ? {} : { body }),
      headers: {
        ...headers,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(trusted && credential !== undefined ? { authorization: credential } : {}),
      },
    });
    const { location } = answer.headers;
    if (!REDIRECTS.includes(answer.status) || location === undefined) return answer;
    answer.body.destroy();
    if (redirects >= MOST_REDIRECTS) throw wrongWay(request.url, `leads on and on, ${MOST_REDIRECTS} times by now`);
    const next = target(location, url, request.url);
    if (url.protocol === 'https:' && next.protocol === 'http:')
      report({ type: 'note', level: 'warn', message: `${shown(url)} leads to an address without TLS: ${shown(next)}` });
    trusted &&= next.origin === url.origin;
    const keepsMethod = answer.status === 307 || answer.status === 308;
    if (!keepsMethod && method !== 'GET') {
      method = 'GET';
      body = undefined;
    }
    // What was asked for in a body is for whoever was trusted with it.
    if (!trusted && body !== undefined) throw wrongWay(request.url, `wants the request repeated at ${next.origin}`);
    url = next;
  }
}

function target(location: string, from: URL, asked: URL): URL {
  const next = URL.canParse(location, from.href) ? new URL(location, from) : null;
  if (next === null || !/^https?:$/.test(next.protocol))
    throw wrongWay(asked, 'leads to something that is no http address');
  next.username = '';
  next.password = '';
  return next;
}

function wrongWay(url: URL, why: string): SentopsError {
  return new SentopsError('REMOTE_UNAVAILABLE', `${shown(url)} ${why}`, {
    hint: 'open the address in a browser and use the address of the file itself',
    details: { url: shown(url) },
  });
}
