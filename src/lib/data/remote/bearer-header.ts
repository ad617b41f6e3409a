import { SentopsError } from '../../core/errors.ts';
import { redactor } from '../../core/redact.ts';

/** The header for a token; from now on the token is printed nowhere. `from` says in messages where it was found. */
export function bearerHeader(token: string, from: string): string {
  redactor.add(token);
  if (/[^\x21-\x7e]/.test(token))
    throw new SentopsError('AUTH_FAILED', `${from} holds a character that no HTTP header can carry`, {
      hint: 'look for a space, a quotation mark or a line break in the token',
    });
  return `Bearer ${token}`;
}
