import { once } from 'node:events';
import type { Exchange } from './listen.ts';
import type { Faults } from './types.ts';

export const UPDATED = new Date('2024-05-06T07:08:09Z');

export interface Link {
  readonly name: string;
  readonly content: Uint8Array;
  readonly etag: string;
  readonly hashes: string;
}

/** The bytes that were asked for, and what is to go wrong with them. */
export async function serveFile({ content, etag, hashes }: Link, exchange: Exchange, faults: Faults): Promise<void> {
  const { response, range, ifRange } = exchange;
  const tag = faults.etag ? etag : faults.lastModified ? UPDATED.toUTCString() : undefined;
  const from = /^bytes=(\d+)-(\d*)$/.exec(range ?? '');
  const isPart = from !== null && faults.ranges && (ifRange === undefined || ifRange === tag);
  const start = isPart ? Number(from[1]) : 0;
  const end = isPart && from[2] !== '' ? Math.min(Number(from[2]) + 1, content.length) : content.length;
  if (faults.etag) response.setHeader('etag', etag).setHeader('x-goog-hash', hashes);
  if (faults.lastModified) response.setHeader('last-modified', UPDATED.toUTCString());
  if (faults.ranges) response.setHeader('accept-ranges', 'bytes');
  if (isPart && start >= content.length) {
    response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
    return;
  }
  const total = content.length + faults.lie;
  const part = isPart ? { 'content-range': `bytes ${start}-${end - 1}/${total}` } : {};
  const isProbe = isPart && end < content.length;
  response.writeHead(isPart ? 206 : 200, {
    'content-type': 'application/zip',
    'content-length': end - start + (isProbe ? 0 : faults.lie),
    ...part,
  });
  const cut = isProbe ? undefined : faults.cutAfter.shift();
  await stream(content.subarray(start, end), cut, exchange, faults);
}

async function stream(
  content: Uint8Array,
  cut: number | undefined,
  exchange: Exchange,
  { bytesPerSecond, lie }: Faults,
): Promise<void> {
  const { response } = exchange;
  const most = Math.min(cut ?? content.length, content.length);
  const step = bytesPerSecond > 0 ? Math.max(1024, bytesPerSecond >> 5) : 256 * 1024;
  const closed = once(response, 'close');
  for (let at = 0; at < most && !response.destroyed; at += step) {
    const chunk = content.subarray(at, Math.min(at + step, most));
    exchange.sent += chunk.length;
    // Until it is on its way, or nobody is there to read it.
    await Promise.race([new Promise(resolve => response.write(chunk, resolve)), closed]);
    if (bytesPerSecond > 0) await new Promise(resolve => setTimeout(resolve, (chunk.length * 1000) / bytesPerSecond));
  }
  if (cut === undefined && lie === 0) response.end();
  else setImmediate(() => response.destroy());
}
