import { SentopsError } from '../../core/errors.ts';

/** MLflow's page tokens: the number of items to skip, as JSON in base64. They do not hold on to a state of the data. */
export function writePageToken(offset: number): string {
  return Buffer.from(JSON.stringify({ offset })).toString('base64');
}

/** The number of items to skip; none where there is no token. */
export function readPageToken(token: string | undefined): number {
  if (token === undefined || token === '') return 0;
  const offset = offsetIn(Buffer.from(token, 'base64').toString('utf8'));
  if (Number.isSafeInteger(offset) && offset > 0) return offset;
  throw new SentopsError('FLAG_INVALID', `${JSON.stringify(token.slice(0, 100))} is no page token`, {
    hint: 'pass on nextPageToken of the page before as it is, or leave it out for the first page',
    details: { pageToken: token.slice(0, 1000) },
  });
}

function offsetIn(json: string): number {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value !== 'object' || value === null || !('offset' in value)) return Number.NaN;
    return typeof value.offset === 'number' || typeof value.offset === 'string' ? Number(value.offset) : Number.NaN;
  } catch {
    return Number.NaN;
  }
}
