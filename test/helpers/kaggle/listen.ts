import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Seen } from './types.ts';

export interface Exchange extends Seen {
  readonly url: URL;
  readonly response: http.ServerResponse;
}

export interface Listening {
  readonly url: string;
  close(): Promise<void>;
}

export async function listen(answer: (exchange: Exchange) => Promise<void>): Promise<Listening> {
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { headers, method = '' } = request;
    // Through a proxy the whole address comes.
    const url = new URL(request.url ?? '/', `http://${headers.host}`);
    const text = Buffer.concat(chunks).toString('utf8');
    const exchange: Exchange = {
      method,
      path: url.pathname,
      host: headers.host,
      authorization: headers.authorization,
      cookie: headers.cookie,
      range: headers.range,
      ifRange: headers['if-range'] as string | undefined,
      body: text === '' ? {} : (JSON.parse(text) as Seen['body']),
      sent: 0,
      url,
      response,
    };
    await answer(exchange);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export function refuse(response: http.ServerResponse, code: number, message: string): void {
  sendJson(response, code, { code, message });
}

export function sendJson(response: http.ServerResponse, status: number, value: unknown): void {
  sendText(response, status, 'application/json', JSON.stringify(value));
}

export function sendText(response: http.ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': type }).end(text);
}
