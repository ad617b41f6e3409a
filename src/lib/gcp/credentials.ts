import { redactor } from '../core/redact.ts';

/** Who asks Google, with a bearer token that is fetched when it is needed and kept until shortly before its end. */
export interface Credentials {
  /** `the service account x@y`, for messages. */
  readonly who: string;
  /** Project that is billed for API calls. */
  readonly quotaProject?: string;
  /** Project that the identity is of, where that is known. */
  readonly project?: string;
  /** The token, where one is at hand and good for a while. */
  ready(): string | null;
  token(signal: AbortSignal): Promise<string>;
  /** Forgets a token that was refused; false where no other one can be had. */
  renew(refused: string): boolean;
}

/** Where tokens come from. */
export interface TokenSource {
  readonly who: string;
  readonly quotaProject?: string;
  readonly project?: string;
  /** What is given once and cannot be asked for again. */
  readonly fixed?: boolean;
  fetch(signal: AbortSignal): Promise<Token>;
}

export interface Token {
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly endsAt: number;
}

/** The metadata server gives out the same token until it is this near to its end (as Google's Python library has it). */
const RENEW_BEFORE_MS = 225_000;
/** Also a token of a short life is not asked for with every request. */
const SHORTEST_USE_MS = 10_000;

export function keepToken(source: TokenSource): Credentials {
  const { who, quotaProject, project, fixed = false } = source;
  let kept: { readonly text: string; readonly until: number } | null = null;
  let fetching: { readonly work: Promise<string>; readonly signal: AbortSignal } | null = null;
  const ready = () => (kept !== null && Date.now() < kept.until ? kept.text : null);
  const fetch = async (signal: AbortSignal) => {
    const { text, endsAt } = await source.fetch(signal);
    redactor.add(text);
    kept = { text, until: Math.max(endsAt - RENEW_BEFORE_MS, Math.min(endsAt, Date.now() + SHORTEST_USE_MS)) };
    return text;
  };
  const begin = (signal: AbortSignal) => {
    const work = fetch(signal).finally(() => {
      fetching = null;
    });
    fetching = { work, signal };
    return fetching;
  };
  return {
    who,
    ...(quotaProject === undefined ? {} : { quotaProject }),
    ...(project === undefined ? {} : { project }),
    ready,
    async token(signal) {
      for (;;) {
        signal.throwIfAborted();
        const atHand = ready();
        if (atHand !== null) return atHand;
        // Requests side by side wait for one token.
        const asked = fetching ?? begin(signal);
        try {
          return await asked.work;
        } catch (error) {
          // Another request asked, and was given up; this one was not.
          if (asked.signal === signal || !asked.signal.aborted) throw error;
        }
      }
    },
    renew(refused) {
      if (fixed) return false;
      if (kept?.text === refused) kept = null;
      return true;
    },
  };
}
