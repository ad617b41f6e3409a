/** What is known of files, by their paths. Names come from elsewhere: one like `constructor` must not be found by chance. */
export function byPath<Value>(entries: Iterable<readonly [string, Value]>): Record<string, Value> {
  const values: Record<string, Value> = Object.create(null);
  for (const [path, value] of entries) values[path] = value;
  return values;
}
