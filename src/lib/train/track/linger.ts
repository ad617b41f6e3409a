/** What ends later than the signal that it follows. */
export interface Linger {
  readonly signal: AbortSignal;
  dispose(): void;
}

/** Aborts some time after another signal: a tracker can still be told how the runs ended. */
export function linger(signal: AbortSignal, ms: number): Linger {
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const follow = () => {
    timer = setTimeout(() => late.abort(signal.reason), ms).unref();
  };
  if (signal.aborted) follow();
  else signal.addEventListener('abort', follow, { once: true });
  return {
    signal: late.signal,
    dispose() {
      signal.removeEventListener('abort', follow);
      clearTimeout(timer);
    },
  };
}
