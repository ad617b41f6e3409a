import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Service } from './service.ts';

/** A request that is answered with something else than JSON, or asks with it. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  /** What stands in the path where the route has a gap, decoded. */
  readonly gaps: readonly string[];
}

export type Conversation = (service: Service, exchange: Exchange) => Promise<void>;
