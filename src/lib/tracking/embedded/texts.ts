import type { Texts } from '../entities.ts';

export interface TextRow {
  readonly owner: string;
  readonly key: string;
  readonly value: string | null;
}

const NONE: Texts = {};

/** What each owner has, of rows of many. A key may be `__proto__`: it is one like any other. */
export function groupTexts(rows: readonly TextRow[]): (owner: string) => Texts {
  const byOwner = new Map<string, [string, string][]>();
  for (const { owner, key, value } of rows) {
    const known = byOwner.get(owner);
    const pair: [string, string] = [key, value ?? ''];
    if (known === undefined) byOwner.set(owner, [pair]);
    else known.push(pair);
  }
  const texts = new Map([...byOwner].map(([owner, pairs]) => [owner, Object.fromEntries(pairs)]));
  return owner => texts.get(owner) ?? NONE;
}
