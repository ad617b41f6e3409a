import { setTimeout as sleep } from 'node:timers/promises';
import { SentopsError } from '../../core/errors.ts';
import type { ExtensionContext } from '../../extend/contract.ts';
import { Transient } from './failures.ts';

export interface RetrySettings {
  readonly retries: number;
  /** Seconds before the first retry; twice as many before each further one. */
  readonly factor: number;
  readonly context: Pick<ExtensionContext, 'signal' | 'report'>;
}

/** A server that asks for more patience than this gets none. */
const MOST_WAIT_MS = 120_000;

/**
 * How a call may be repeated: `always` where twice is as good as once; `undone` only where it surely was not carried
 * out; `never` where what is to be sent can be read once only; otherwise what finds out whether it was carried out after
 * all, and gives its answer then.
 */
export type Again<Answer> = 'always' | 'undone' | 'never' | (() => Promise<Answer | undefined>);

export async function withRetries<Answer>(
  attempt: () => Promise<Answer>,
  again: Again<Answer>,
  settings: RetrySettings,
): Promise<Answer> {
  for (let tries = 0; ; tries++) {
    try {
      const done = tries > 0 && typeof again === 'function' ? await again() : undefined;
      return done === undefined ? await attempt() : done;
    } catch (error) {
      const wait = waitAfter(error, again, tries, settings);
      if (wait === null) throw error;
      if (error instanceof Error)
        settings.context.report({
          type: 'note',
          level: tries === 0 ? 'info' : 'warn',
          message: `${error.message}; trying again${wait < 1000 ? '' : ` in ${Math.round(wait / 1000)} s`}`,
        });
      await sleep(wait, undefined, { signal: settings.context.signal }).catch(() => {
        throw settings.context.signal.reason;
      });
    }
  }
}

/** Milliseconds, or null where the call has failed for good. */
function waitAfter(
  error: unknown,
  again: Again<unknown>,
  tries: number,
  { retries, factor }: RetrySettings,
): number | null {
  if (!(error instanceof Transient) || tries >= Math.min(retries, error.most)) return null;
  if (again === 'never' || (again === 'undone' && !error.undone)) return null;
  if (error.waitMs !== null) return error.waitMs > MOST_WAIT_MS ? null : error.waitMs;
  // Several clients that failed together must not come back together.
  return factor * 1000 * 2 ** tries * (1 + Math.random() / 4);
}

/** The variables of MLflow's own client. Seconds and counts; a wrong one is an error, not a default. */
export function readNumber(env: ExtensionContext['env'], name: string, fallback: number): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  if (!/^\d+(\.\d+)?$/.test(text))
    throw new SentopsError('CONFIG_INVALID', `${name} is ${JSON.stringify(text)}, which is no number`, {
      hint: 'write a number that is not negative, or unset it',
    });
  return Number(text);
}
