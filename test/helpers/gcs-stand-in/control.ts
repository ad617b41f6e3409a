import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Service } from './serve.ts';

/** What a test in another process may ask for: counts, faults, objects. No part of Cloud Storage's API. */
export async function control(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const what = (request.url ?? '').slice('/_stand-in/'.length);
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString('utf8');
  const result = act(service, `${request.method} ${what}`, body);
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(result ?? null));
}

function act({ counts, faults, uploads }: Service, what: string, body: string): unknown {
  switch (what) {
    case 'GET counts':
      return counts.records;
    case 'DELETE counts':
      return counts.reset();
    case 'POST faults':
      return faults.add(...JSON.parse(body));
    case 'DELETE faults':
      return faults.clear();
    case 'GET unfinished':
      return uploads.unfinished;
    default:
      throw new Error(`no such control: ${what}`);
  }
}
