import type { LifecycleRule } from '../types.ts';

/** A lifecycle rule of the JSON API. */
export interface WireRule {
  readonly action?: { readonly type?: string };
  readonly condition?: Readonly<Record<string, unknown>>;
}

/** Those of the rules that delete by age below prefixes, and by nothing else: all that we know how to write. */
export function lifecycleOf(rules: readonly WireRule[]): readonly LifecycleRule[] {
  return rules.flatMap(({ action, condition = {} }) => {
    const { age, matchesPrefix, ...others } = condition;
    if (action?.type !== 'Delete' || typeof age !== 'number' || Object.keys(others).length > 0) return [];
    const prefixes = Array.isArray(matchesPrefix) && matchesPrefix.length > 0 ? matchesPrefix.map(String) : [''];
    return prefixes.map(prefix => ({ prefix, days: age }));
  });
}

export function rulesFor(rules: readonly LifecycleRule[]): readonly WireRule[] {
  return rules.map(({ prefix, days }) => ({
    action: { type: 'Delete' },
    condition: { age: days, ...(prefix === '' ? {} : { matchesPrefix: [prefix] }) },
  }));
}
