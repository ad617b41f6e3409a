import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { silent } from '../../../../../src/lib/core/report.ts';
import { followRedirects } from '../../../../../src/lib/data/remote/fetch/follow-redirects.ts';
import type { Hop, Send } from '../../../../../src/lib/data/remote/fetch/transport.ts';
import type { FetchAnswer, FetchRequest } from '../../../../../src/lib/data/remote/fetch/types.ts';
import { failureOf, neverAborted } from '../web.ts';

/** Sends nothing: each address leads where the map says, the others answer 200. */
function web(redirects: Readonly<Record<string, [number, string]>>): { readonly send: Send; readonly hops: Hop[] } {
  const hops: Hop[] = [];
  const send: Send = hop => {
    hops.push(hop);
    const [status = 200, location] = redirects[hop.url.href] ?? [];
    const headers = location === undefined ? {} : { location };
    return Promise.resolve({ status, headers, url: hop.url, body: Readable.from([]) } as unknown as FetchAnswer);
  };
  return { send, hops };
}

function ask(url: string, more: Partial<FetchRequest> = {}): FetchRequest {
  return { url: new URL(url), credential: 'Bearer secret', signal: neverAborted(), ...more };
}

describe('where a redirect leads', () => {
  test('to the file, with relative addresses resolved against the last one', async () => {
    const { send, hops } = web({
      'https://a.test/one?x=1': [302, '/two/three'],
      'https://a.test/two/three': [301, 'four'],
    });
    const answer = await followRedirects(ask('https://a.test/one?x=1'), send, silent);
    expect(answer.url.href).toBe('https://a.test/two/four');
    expect(hops.map(({ headers }) => headers['authorization'])).toEqual(Array(3).fill('Bearer secret'));
  });

  test('an answer that redirects without saying where is the answer', async () => {
    const send: Send = hop =>
      Promise.resolve({ status: 304, headers: {}, url: hop.url, body: Readable.from([]) } as unknown as FetchAnswer);
    expect((await followRedirects(ask('https://a.test/'), send, silent)).status).toBe(304);
  });

  test.each(['https://b.test/x', 'http://a.test/x', 'https://a.test:8443/x', 'https://sub.a.test/x', '//b.test/x'])(
    '%s does not see the credential, but the range',
    async elsewhere => {
      const { send, hops } = web({ 'https://a.test/': [302, elsewhere] });
      await followRedirects(ask('https://a.test/', { headers: { range: 'bytes=5-' } }), send, silent);
      expect(hops).toHaveLength(2);
      expect(hops[1]?.headers).toEqual({ range: 'bytes=5-' });
    },
  );

  test('the way back to the first server does not bring the credential back', async () => {
    const { send, hops } = web({
      'https://a.test/': [302, 'https://b.test/'],
      'https://b.test/': [302, 'https://a.test/back'],
    });
    await followRedirects(ask('https://a.test/'), send, silent);
    expect(hops.map(({ headers }) => headers['authorization'])).toEqual(['Bearer secret', undefined, undefined]);
  });

  test('user and password in the address that it leads to are not used', async () => {
    const { send, hops } = web({ 'https://a.test/': [302, 'https://user:pass@b.test/'] });
    await followRedirects(ask('https://a.test/'), send, silent);
    expect(hops[1]?.url.href).toBe('https://b.test/');
  });

  test.each([301, 302, 303])('%i makes a GET of a POST', async status => {
    const { send, hops } = web({ 'https://a.test/': [status, 'https://b.test/file'] });
    await followRedirects(ask('https://a.test/', { method: 'POST', body: '{"a":1}' }), send, silent);
    expect(hops[0]).toMatchObject({ method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } });
    expect(hops[1]?.method).toBe('GET');
    expect(hops[1]?.body).toBeUndefined();
    expect(hops[1]?.headers['content-type']).toBeUndefined();
  });

  test.each([307, 308])('%i repeats a POST at the same origin, and at no other one', async status => {
    const same = web({ 'https://a.test/': [status, '/again'] });
    await followRedirects(ask('https://a.test/', { method: 'POST', body: '{}' }), same.send, silent);
    expect(same.hops[1]).toMatchObject({ method: 'POST', body: '{}' });
    const other = web({ 'https://a.test/': [status, 'https://b.test/'] });
    const error = await failureOf(
      followRedirects(ask('https://a.test/', { method: 'POST', body: '{"refreshToken":"r"}' }), other.send, silent),
    );
    expect(error.message).toContain('wants the request repeated at https://b.test');
    expect(other.hops).toHaveLength(1);
  });

  test('ten times and no further', async () => {
    const chain = (length: number) =>
      web(
        Object.fromEntries(
          Array.from({ length }, (_, at) => [`https://a.test/${at}`, [302, `/${at + 1}`] as [number, string]]),
        ),
      );
    expect((await followRedirects(ask('https://a.test/0'), chain(10).send, silent)).url.pathname).toBe('/10');
    const endless = chain(11);
    const error = await failureOf(followRedirects(ask('https://a.test/0'), endless.send, silent));
    expect(error).toMatchObject({ code: 'REMOTE_UNAVAILABLE', details: { url: 'https://a.test/0' } });
    expect(endless.hops).toHaveLength(11);
  });

  test.each(['ftp://a.test/x', 'file:///etc/passwd', 'javascript:1', 'http://'])('%s is nowhere', async location => {
    const { send, hops } = web({ 'https://a.test/?key=hidden': [302, location] });
    const error = await failureOf(followRedirects(ask('https://a.test/?key=hidden'), send, silent));
    expect(error.message).toBe('https://a.test/ leads to something that is no http address');
    expect(hops).toHaveLength(1);
  });

  test('the way out of TLS is told', async () => {
    const told: unknown[] = [];
    const { send } = web({ 'https://a.test/': [302, 'http://b.test/x?signature=s'] });
    await followRedirects(ask('https://a.test/'), send, event => told.push(event));
    expect(told).toEqual([
      { type: 'note', level: 'warn', message: 'https://a.test/ leads to an address without TLS: http://b.test/x' },
    ]);
  });
});
