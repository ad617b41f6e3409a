const EVERY_MS = 50;

/**
 * A function to await in long loops: now and then it lets other work of the thread happen, so that a signal can arrive
 * and a progress bar can move. It never changes a result.
 */
export function breathe(signal: AbortSignal): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < EVERY_MS) return;
    await new Promise<void>(resolve => setTimeout(resolve, 0));
    signal.throwIfAborted();
    last = performance.now();
  };
}
