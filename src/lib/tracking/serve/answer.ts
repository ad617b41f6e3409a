import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorToWire } from '../wire/error.ts';
import type { Refusal } from './refusal.ts';

/** What goes for every answer: nothing of it may run in a browser, or be kept by one. */
const ALWAYS = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

export function sendJson(response: ServerResponse, json: object, status = 200, headers: object = {}): void {
  sendBody(response, 'application/json', JSON.stringify(json), status, headers);
}

export function sendText(response: ServerResponse, text: string, type = 'text/plain; charset=utf-8'): void {
  sendBody(response, type, text, 200, {});
}

function sendBody(response: ServerResponse, type: string, text: string, status: number, headers: object): void {
  const body = Buffer.from(text);
  response.writeHead(status, { ...ALWAYS, 'content-type': type, 'content-length': body.length, ...headers });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

/** How long the rest of an unwanted body is taken, and thrown away, so that its sender gets to read why. */
const LINGER_MS = 5_000;

export function sendRefusal(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  sendJson(response, errorToWire(refusal.code, refusal.message), refusal.status, refusal.headers);
  if (request.complete) return;
  const timer = setTimeout(() => request.socket.destroy(), LINGER_MS);
  request.once('close', () => clearTimeout(timer));
  request.resume();
}

export function headersOfFile(): Readonly<Record<string, string>> {
  return { ...ALWAYS, 'content-type': 'application/octet-stream', 'content-disposition': 'attachment' };
}
