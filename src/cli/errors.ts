/** Commands may throw and judge, so the shell hands them the error class. */
export { SentopsError } from '../lib/core/errors.ts';
