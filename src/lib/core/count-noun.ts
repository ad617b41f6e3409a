import { groupDigits } from './group-digits.ts';

/** An amount with its noun, in the singular where it is one: `1 row`, `1,200 rows`. */
export function countNoun(amount: number, noun: string): string {
  return `${groupDigits(amount)} ${noun}${amount === 1 ? '' : 's'}`;
}
