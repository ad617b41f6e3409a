import type { Texts } from '../entities.ts';
import { fieldsOf } from './fields.ts';
import type { WirePair } from './shapes.ts';

/** Tags and parameters: a list of keys and values. */
export function textsToWire(texts: Texts): WirePair[] {
  return Object.entries(texts).map(([key, value]) => ({ key, value }));
}

/** A list under a name, or nothing where it is empty. */
export function pairsUnder<Name extends string>(name: Name, texts: Texts): { readonly [N in Name]?: WirePair[] } {
  return listUnder(name, textsToWire(texts));
}

export function listUnder<Name extends string, Item>(
  name: Name,
  items: readonly Item[],
): { readonly [N in Name]?: Item[] };
export function listUnder(name: string, items: readonly unknown[]): object {
  return items.length === 0 ? {} : { [name]: items };
}

/** The pair of a list of tags or parameters. An empty value may be absent. */
export function pairFromWire(json: unknown, what = 'tag'): [key: string, value: string] {
  const pair = fieldsOf(json, what);
  return [pair.text('key'), pair.textOrNull('value') ?? ''];
}

export function textsOf(pairs: readonly (readonly [string, string])[]): Texts {
  return Object.fromEntries(pairs);
}
