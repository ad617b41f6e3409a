import type { IncomingMessage } from 'node:http';
import { SentopsError } from '../../core/errors.ts';
import type { Endpoint } from './endpoint.ts';

export function readAll(answer: IncomingMessage, most: number, method: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    answer.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > most) answer.destroy(new SentopsError('DATA_INVALID', 'an answer of the server does not end'));
    });
    answer.on('error', reject);
    answer.on('end', () => {
      const [first] = chunks;
      resolve(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, bytes));
    });
    // Without a body there may be no end.
    answer.on('close', () => {
      if (answer.complete || method === 'HEAD') resolve(Buffer.concat(chunks, bytes));
      else reject(new Error('aborted: the answer ended before its end'));
    });
  });
}

export function parseJson(body: Buffer, about: string, endpoint: Endpoint): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new SentopsError('REMOTE_UNAVAILABLE', `${endpoint.origin} answered for ${about} with what is no JSON`, {
      hint: endpoint.foreign
        ? 'check storage.endpoint and STORAGE_EMULATOR_HOST: does a server for Cloud Storage listen there?'
        : 'is there a proxy that answers with a page of its own?',
      cause,
    });
  }
}
