import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, type Exchange, Gone } from './exchange.ts';
import { keepFields } from './partial.ts';

/** Sends the answer, with whatever trouble the request runs into. */
export async function send(exchange: Exchange, response: ServerResponse, answer: Answer): Promise<void> {
  const { troubles, record, asked } = exchange;
  const { status, headers = {}, json, text = '', content } = answer;
  record.status = status;
  const slow = troubles.of('slow');
  if (slow?.delayMs) await sleep(slow.delayMs);
  if (content) return await sendContent(exchange, response, answer);
  const body = Buffer.from(json === undefined ? text : JSON.stringify(keepFields(json, fieldsOf(status, asked.query))));
  const type = json === undefined ? 'text/html; charset=UTF-8' : 'application/json; charset=UTF-8';
  record.sent += body.length;
  const head = status === 204 || status === 304 ? headers : { 'content-type': type, ...headers };
  response.writeHead(status, status === 204 || status === 304 ? head : { ...head, 'content-length': body.length });
  response.end(body);
}

function fieldsOf(status: number, query: URLSearchParams): string | null {
  return status < 300 ? query.get('fields') : null;
}

async function sendContent(exchange: Exchange, response: ServerResponse, answer: Answer): Promise<void> {
  const { troubles, record, request } = exchange;
  const { status, headers, content } = answer;
  if (!content) return;
  const lie = troubles.of('lie')?.by ?? 0;
  const cut = troubles.of('cutResponse')?.afterBytes ?? Number.POSITIVE_INFINITY;
  const flipped = troubles.of('corrupt')?.at;
  const rate = troubles.of('slow')?.bytesPerSecond;
  // Less than there is: the sizes fit each other, and the object is not whole.
  const limit = Math.min(cut, lie < 0 ? (content.bytes ?? 0) + lie : Number.POSITIVE_INFINITY);
  const length = content.bytes === null ? {} : { 'content-length': content.bytes + lie };
  response.writeHead(status, { ...headers, ...length });
  response.flushHeaders();
  let at = content.start;
  for (const whole of content.chunks) {
    const part = whole.subarray(0, Math.max(0, limit - (at - content.start)));
    const chunk = flipped === undefined ? part : flipBit(part, flipped - at);
    await write(response, chunk);
    record.sent += chunk.length;
    at += chunk.length;
    if (at - content.start >= limit) break;
    if (rate) await sleep((1000 * chunk.length) / rate);
  }
  if (at - content.start >= cut || lie > 0) return hangUp(response, request.socket);
  response.end();
}

function flipBit(bytes: Buffer, place: number): Buffer {
  const copy = Buffer.from(bytes);
  if (place >= 0 && place < copy.length) copy.writeUInt8(copy.readUInt8(place) ^ 1, place);
  return copy;
}

/** What was written goes out first. */
async function hangUp(response: ServerResponse, socket: { destroySoon(): void }): Promise<void> {
  if (response.writableLength > 0) await new Promise(resolve => setImmediate(resolve));
  socket.destroySoon();
}

function write(response: ServerResponse, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    if (response.destroyed || response.socket?.destroyed) return reject(new Gone('the client is gone'));
    if (response.write(chunk)) return resolve();
    const done = () => {
      response.off('close', gone);
      resolve();
    };
    const gone = () => {
      response.off('drain', done);
      reject(new Gone('the client is gone'));
    };
    response.once('drain', done);
    response.once('close', gone);
  });
}
