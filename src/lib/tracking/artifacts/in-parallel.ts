/**
 * Work on every item, at most so many at a time, results in the order of the items. After a failure nothing new is
 * begun; what had begun is waited for, so that nothing goes on behind the back of the caller.
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  let failure: { readonly error: unknown } | undefined;
  const run = async () => {
    for (const [index, item] of queue) {
      if (failure !== undefined) return;
      try {
        results[index] = await work(item);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, atOnce) }, run));
  if (failure !== undefined) throw failure.error;
  return results;
}
