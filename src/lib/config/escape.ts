import { isMap } from './tree.ts';
import type { Json } from './types.ts';

/** What comes from the environment is data: a `${` in a password is no reference. */
export function escapeReferences(value: Json): Json {
  if (typeof value === 'string') return value.replaceAll('${', () => '$${');
  if (Array.isArray(value)) return value.map(escapeReferences);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]): [string, Json] => [key, escapeReferences(child)]),
  );
}
