import { countNoun } from '../../../core/count-noun.ts';
import { percent } from '../../../core/percent.ts';
import type { Check } from '../types.ts';
import type { Rule } from './rules.ts';

/** The origin of what nobody demanded. */
export const BUILT_IN = 'built in';

export function check(
  id: string,
  status: Check['status'],
  { hint = null, ...facts }: Omit<Check, 'id' | 'status' | 'hint'> & { readonly hint?: string | null },
): Check {
  return { id, status, ...facts, hint };
}

/** A share of the rows that must not be exceeded; without a rule it may be a warning above `notable`. */
export function atMost(
  id: string,
  what: string,
  found: number,
  rows: number,
  rule: Rule<number> | undefined,
  notable: number,
  hint: string | null = null,
): Check {
  const share = rows === 0 ? 0 : found / rows;
  const shown = `${countNoun(found, 'row')} (${percent(share)})`;
  if (rule === undefined) {
    const isNotable = share > notable;
    const expected = notable === 0 ? `no ${what}` : `${what}: at most ${percent(notable)}`;
    return check(id, isNotable ? 'warn' : 'pass', {
      expected,
      found: shown,
      origin: BUILT_IN,
      hint: isNotable ? hint : null,
    });
  }
  const isMet = share <= rule.value;
  const expected = rule.value === 0 ? `no ${what}` : `${what}: at most ${percent(rule.value)}`;
  return check(id, isMet ? 'pass' : 'fail', { expected, found: shown, origin: rule.origin, hint: isMet ? null : hint });
}
