import { SentopsError } from '../core/errors.ts';

/** The error for Parquet bytes that make no sense; whoever knows the file's name puts it in front. */
export function damaged(
  what: string,
  hint = 'write the file again, or copy it again from where it came',
): SentopsError {
  return new SentopsError('DATA_INVALID', `Parquet: ${what}`, { hint });
}
