import { parseDuration } from '../lib/core/duration.ts';
import { SentopsError } from '../lib/core/errors.ts';
import { isClosedPipe, watchOutput } from './output/write.ts';

export interface Abort {
  readonly signal: AbortSignal;
  /** Nobody reads standard output any more: not an error, but no reason to go on. */
  readonly pipeClosed: boolean;
  /**
   * Waits for work. Once the command is told to stop, work gets this long to clean up and is then left behind. An
   * error that nobody caught, and work that waits for nothing, end it too.
   */
  guard<T>(work: Promise<T>, graceMs?: number): Promise<T>;
  dispose(): void;
}

/** How long work may take to clean up after it was told to stop, before the process ends anyway. */
const GRACE_MS = 10_000;
/** After this time a person wants to know that Ctrl-C was heard. */
const PATIENCE_MS = 1_000;
/** One Ctrl-C may arrive twice: from the terminal, and from npx or another parent that passes it on. */
const ECHO_MS = 250;
/** Timers hold 31 bits of milliseconds; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * One signal for every way a command is told to stop: Ctrl-C, SIGTERM, --timeout, a reader that went away.
 * A second Ctrl-C ends the process at once.
 */
export function listenForAbort(proc: NodeJS.Process, timeout?: string, onPatienceLost: () => void = () => {}): Abort {
  return new AbortListener(proc, timeout, onPatienceLost);
}

class AbortListener implements Abort {
  readonly #proc: NodeJS.Process;
  readonly #onPatienceLost: () => void;
  readonly #controller = new AbortController();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** How to end the guards that wait. */
  readonly #waiting = new Set<(error: unknown) => void>();
  /** What went wrong between two guards; the next one tells it. */
  #stray: { readonly error: unknown } | undefined;
  #stoppedAt = 0;
  #pipeClosed = false;
  readonly #listeners = {
    SIGINT: () => this.#hear('INTERRUPTED'),
    SIGTERM: () => this.#hear('TERMINATED'),
    uncaughtException: (error: unknown) => (this.#isOutputEnd(error) ? this.#endOutput() : this.#fail(error)),
    beforeExit: () => this.#runDry(),
  };
  readonly #unwatch: () => void;

  constructor(proc: NodeJS.Process, timeout: string | undefined, onPatienceLost: () => void) {
    const limit = timeout === undefined ? undefined : readLimit(timeout);
    this.#proc = proc;
    this.#onPatienceLost = onPatienceLost;
    for (const [name, listener] of Object.entries(this.#listeners)) proc.on(name, listener);
    this.#unwatch = watchOutput(() => this.#endOutput());
    if (limit === undefined) return;
    const hint = 'give it more time with --timeout';
    const giveUp = () => this.#stop(new SentopsError('TIMEOUT', `not done within ${timeout}`, { hint }));
    this.#after(Math.min(limit, LONGEST_TIMER_MS), giveUp).unref();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get pipeClosed(): boolean {
    return this.#pipeClosed;
  }

  guard<T>(work: Promise<T>, graceMs: number = GRACE_MS): Promise<T> {
    let giveUp: (error: unknown) => void = () => {};
    const given = new Promise<never>((_, reject) => {
      giveUp = reject;
    });
    const onAbort = () => this.#after(graceMs, () => giveUp(this.signal.reason));
    this.#waiting.add(giveUp);
    if (this.#stray) giveUp(this.#stray.error);
    if (this.signal.aborted) onAbort();
    this.signal.addEventListener('abort', onAbort);
    return Promise.race([work, given]).finally(() => {
      this.#waiting.delete(giveUp);
      this.signal.removeEventListener('abort', onAbort);
    });
  }

  dispose(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const [name, listener] of Object.entries(this.#listeners)) this.#proc.off(name, listener);
    this.#unwatch();
    if (this.#stray) this.#proc.exitCode ||= 1;
  }

  #hear(code: 'INTERRUPTED' | 'TERMINATED'): void {
    const error = new SentopsError(code);
    if (!this.signal.aborted) this.#stop(error);
    else if (performance.now() - this.#stoppedAt > ECHO_MS) this.#proc.exit(error.exit);
  }

  /** Somebody wrote to standard output without watching it; the end of any other pipe is an error like others. */
  #isOutputEnd(error: unknown): boolean {
    return isClosedPipe(error) && this.#proc.stdout.errored === error;
  }

  #endOutput(): void {
    this.#pipeClosed = true;
    this.#stop(new SentopsError('INTERRUPTED', 'nobody reads the output any more'));
  }

  #stop(error: SentopsError): void {
    if (this.signal.aborted) return;
    this.#stoppedAt = performance.now();
    this.#controller.abort(error);
    this.#after(PATIENCE_MS, this.#onPatienceLost).unref();
  }

  #fail(error: unknown): void {
    if (this.#waiting.size === 0) this.#stray ??= { error };
    for (const reject of this.#waiting) reject(error);
  }

  /** The event loop is empty while work has not ended: without this, a command would end with success and no result. */
  #runDry(): void {
    if (this.#waiting.size === 0) return;
    const message = 'the command stopped half-way: it waits for something that can never happen';
    this.#fail(new SentopsError('UNEXPECTED', message));
  }

  #after(ms: number, run: () => void): NodeJS.Timeout {
    const timer = setTimeout(run, ms);
    this.#timers.add(timer);
    return timer;
  }
}

function readLimit(timeout: string): number {
  const limit = parseDuration(timeout, '--timeout');
  if (limit > 0) return limit;
  throw new SentopsError('FLAG_INVALID', `--timeout: ${timeout} leaves no time for anything`, {
    hint: 'leave --timeout out for no limit',
  });
}
