import { parseDuration } from '../lib/core/duration.ts';
import { SentopsError } from '../lib/core/errors.ts';

export interface Abort {
  readonly signal: AbortSignal;
  dispose(): void;
}

/** How long work may take to clean up after it was told to stop, before the process ends anyway. */
const GRACE_MS = 10_000;

/**
 * One signal for every way a command is told to stop: Ctrl-C, SIGTERM, --timeout, a reader that went away.
 * A second Ctrl-C ends the process at once.
 */
export function listenForAbort(proc: NodeJS.Process, timeout?: string): Abort {
  const controller = new AbortController();
  const timers: NodeJS.Timeout[] = [];
  const stop = (code: 'INTERRUPTED' | 'TERMINATED' | 'TIMEOUT', message?: string) => {
    const error = new SentopsError(code, message);
    if (controller.signal.aborted) proc.exit(error.exit);
    controller.abort(error);
    timers.push(setTimeout(() => proc.exit(error.exit), GRACE_MS).unref());
  };
  const onInterrupt = () => stop('INTERRUPTED');
  const onTerminate = () => stop('TERMINATED');
  const onClosedPipe = (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') proc.exit(0);
  };
  if (timeout !== undefined) {
    const limit = parseDuration(timeout, '--timeout');
    timers.push(setTimeout(() => stop('TIMEOUT', `not done within ${timeout}`), limit).unref());
  }
  proc.on('SIGINT', onInterrupt);
  proc.on('SIGTERM', onTerminate);
  proc.stdout.on('error', onClosedPipe);
  return {
    signal: controller.signal,
    dispose() {
      for (const timer of timers) clearTimeout(timer);
      proc.off('SIGINT', onInterrupt);
      proc.off('SIGTERM', onTerminate);
      proc.stdout.off('error', onClosedPipe);
    },
  };
}
