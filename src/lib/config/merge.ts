import { isMap, type JsonMap, putKey } from './tree.ts';
import type { Json } from './types.ts';

/**
 * Lays a stronger tree over a weaker one: maps merge key by key, lists and scalars replace. A null of the stronger
 * tree deletes; it stays in the result as a mark until `dropNulls`, so that it also hides what is merged below later.
 */
export function mergeValues(weak: Json | undefined, strong: Json | undefined): Json | undefined {
  if (strong === undefined) return weak;
  if (!isMap(strong) || !isMap(weak)) return strong;
  const merged: JsonMap = { ...weak };
  for (const [key, value] of Object.entries(strong)) {
    const below = Object.hasOwn(weak, key) ? weak[key] : undefined;
    putKey(merged, key, mergeValues(below, value) ?? null);
  }
  return merged;
}

/** Strongest first, as the layers of a project stand. */
export function mergeLayers(values: readonly Json[]): JsonMap {
  const merged = values.reduceRight<Json | undefined>((weak, strong) => mergeValues(weak, strong), {});
  return isMap(merged) ? merged : {};
}

/** Removes the marks of deletion from maps; a null inside a list is a value and stays. */
export function dropNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(item => (item === null ? null : dropNulls(item)));
  if (!isMap(value)) return value;
  const kept = Object.entries(value).filter(([, child]) => child !== null);
  return Object.fromEntries(kept.map(([key, child]) => [key, dropNulls(child)]));
}
