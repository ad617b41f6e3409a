import { type ErrorCode, SentopsError } from '../../core/errors.ts';

/** What became of one piece of work; `left` where it was not begun, as others had shown that it would fail too. */
export type Outcome<Result> =
  | { readonly state: 'done'; readonly result: Result }
  | { readonly state: 'failed'; readonly error: SentopsError }
  | { readonly state: 'left' };

/** Failures that the next object would meet as well. */
const HOPELESS: ReadonlySet<ErrorCode> = new Set(['AUTH_FAILED', 'DISK_FULL']);
/** So many objects in a row that a store did not answer for: it does not answer. */
const PATIENCE = 5;

/**
 * Work on every item, so many at a time, outcomes in the order of the items. One that fails does not keep the others
 * from their turn; what was begun is always waited for, so that nothing goes on behind the back of the caller.
 */
export async function runAll<Item, Result>(
  items: readonly Item[],
  { atOnce, signal }: { readonly atOnce: number; readonly signal: AbortSignal },
  work: (item: Item) => Promise<Result>,
): Promise<Outcome<Result>[]> {
  const outcomes: Outcome<Result>[] = Array.from({ length: items.length }, () => ({ state: 'left' }));
  const queue = items.entries();
  let silent = 0;
  let isOver = false;
  let unforeseen: { readonly error: unknown } | undefined;
  const take = (error: unknown): Outcome<Result> => {
    if (!(error instanceof SentopsError)) {
      unforeseen ??= { error };
      isOver = true;
      return { state: 'left' };
    }
    silent = error.code === 'REMOTE_UNAVAILABLE' ? silent + 1 : 0;
    isOver ||= HOPELESS.has(error.code) || silent >= PATIENCE;
    return { state: 'failed', error };
  };
  const run = async () => {
    for (const [index, item] of queue) {
      if (isOver || signal.aborted) return;
      outcomes[index] = await work(item).then(result => {
        silent = 0;
        return { state: 'done', result } as const;
      }, take);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(atOnce, items.length)) }, run));
  signal.throwIfAborted();
  if (unforeseen !== undefined) throw unforeseen.error;
  return outcomes;
}
