import type { IncomingMessage } from 'node:http';
import type { RequestRecord } from './counts.ts';
import type { Troubles } from './faults.ts';
import type { Asked } from './operation.ts';
import type { Preconditions } from './store.ts';

/** The connection was ended on purpose, or by the client: there is nobody to answer. */
export class Gone extends Error {}

/** One request on its way through the server. */
export interface Exchange {
  readonly asked: Asked;
  readonly request: IncomingMessage;
  readonly record: RequestRecord;
  readonly troubles: Troubles;
  /** The address under which the client reached the server. */
  readonly base: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
  readonly content?: {
    /** Null where it is not told. */
    readonly bytes: number | null;
    /** The place of the first byte in the object. */
    readonly start: number;
    readonly chunks: Iterable<Buffer>;
  };
}

/** The body of the request, counted, and cut where a fault says so. */
export async function* bodyOf({ request, record, troubles }: Exchange): AsyncGenerator<Buffer> {
  const cut = troubles.of('cutRequest')?.afterBytes ?? Number.POSITIVE_INFINITY;
  if (cut === 0) throw hangUp(request);
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      const rest = cut - record.received;
      record.received += Math.min(chunk.length, rest);
      yield chunk.length > rest ? chunk.subarray(0, rest) : chunk;
      if (chunk.length >= rest) throw hangUp(request);
    }
  } catch (error) {
    if (error instanceof Gone) throw error;
    throw new Gone('the client is gone', { cause: error });
  }
  if (!request.complete) throw new Gone('the client is gone');
}

function hangUp(request: IncomingMessage): Gone {
  request.socket.destroy();
  return new Gone('cut on purpose');
}

export async function jsonOf(exchange: Exchange): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of bodyOf(exchange)) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  return text.trim() === '' ? {} : JSON.parse(text);
}

export function preconditionsOf({ asked: { query } }: Exchange): Preconditions {
  const of = (name: string) => query.get(name) ?? undefined;
  return {
    ifGenerationMatch: of('ifGenerationMatch'),
    ifGenerationNotMatch: of('ifGenerationNotMatch'),
    ifMetagenerationMatch: of('ifMetagenerationMatch'),
    ifMetagenerationNotMatch: of('ifMetagenerationNotMatch'),
  };
}
