import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { SentopsError } from '../../../core/errors.ts';
import type { ExtensionContext } from '../../../extend/contract.ts';

/** One question to a server, redirects included. */
export interface FetchRequest {
  readonly url: URL;
  readonly method?: 'GET' | 'POST';
  /** JSON of a POST. */
  readonly body?: string;
  /** Go along to wherever a redirect leads. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The Authorization header: for the origin of `url` alone. */
  readonly credential?: string | undefined;
  readonly signal: AbortSignal;
}

/** What came back in the end, its body not yet read. */
export interface FetchAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Where it came from, redirects followed. */
  readonly url: URL;
  readonly body: IncomingMessage;
}

export interface Patience {
  /** Further attempts after a failure; those that got ahead do not count. */
  readonly retries: number;
  /** Before the first further attempt; twice as long before each one after it. */
  readonly delayMs: number;
  /** A server that sends nothing for so long is given up. */
  readonly silenceMs: number;
}

export interface Fetcher extends Patience {
  /** Throws where there is no answer; refusals that a later attempt may not meet have been tried again. */
  open(request: FetchRequest): Promise<FetchAnswer>;
  /** Waits before attempt number `failures + 1`, and tells why. */
  pause(failure: Interruption, failures: number, signal: AbortSignal): Promise<void>;
}

/** Something that another attempt may not meet. */
export interface Interruption {
  readonly error: SentopsError;
  /** What the server asked for; null where it said nothing. */
  readonly waitMs: number | null;
}

export type FetchContext = Pick<ExtensionContext, 'env' | 'report'>;
