import { countNoun } from '../../core/count-noun.ts';
import { type ErrorCode, SentopsError } from '../../core/errors.ts';
import { groupDigits } from '../../core/group-digits.ts';

/** Why one object of several was not done. */
export interface ItemError {
  code: ErrorCode;
  message: string;
  hint: string;
}

export function itemError({ code, message, hint }: SentopsError): ItemError {
  return { code, message, hint };
}

interface Item {
  readonly state: string;
  readonly error: ItemError | null;
}

/** The error with which a command ends that could not do all; undefined where it could. */
export function verdictOf(items: readonly Item[], done: string): SentopsError | undefined {
  const errors = items.flatMap(({ error }) => error ?? []);
  const left = items.filter(({ state }) => state === 'left').length;
  const [first] = errors;
  if (first === undefined) return undefined;
  const { code, message, hint } = first;
  if (items.length === 1) return new SentopsError(code, message, { hint });
  const others = left === 0 ? '' : `, ${groupDigits(left)} more not begun`;
  return new SentopsError(
    code,
    `${errors.length} of ${countNoun(items.length, 'object')} ${errors.length === 1 ? 'was' : 'were'} not ${done}${others}; the first: ${message}`,
    { hint, details: { failed: errors.length, left, objects: items.length } },
  );
}
