import { ERRORS, type ErrorCode, SentopsError, type SourcePlace } from '../lib/core/errors.ts';
import type { Command } from './framework.ts';
import { explainParseError } from './parse-failure.ts';
import { explainSystemError } from './system-failure.ts';

/** An error as it is shown: to a person as text, to a script as JSON, to CI as an annotation. */
export interface Failure {
  readonly exit: number;
  readonly place: SourcePlace | undefined;
  /** Of an unforeseen error, with the errors that caused it. */
  readonly stack: string | undefined;
  readonly json: {
    readonly code: ErrorCode;
    readonly exit: number;
    readonly message: string;
    readonly hint: string;
    readonly retryable: boolean;
    readonly details: Readonly<Record<string, unknown>>;
    readonly place?: SourcePlace;
  };
}

/** Maps whatever was thrown onto the error table. */
export function describeError(error: unknown, command?: typeof Command, argv?: readonly string[]): Failure {
  const known =
    asKnown(error) ?? explainParseError(error, command, argv) ?? explainSystemError(error) ?? unforeseen(error);
  const { exit, retryable } = ERRORS[known.code];
  const { code, message, hint, details, place } = known;
  return {
    exit,
    place,
    stack: code === 'UNEXPECTED' ? stackOf(error) : undefined,
    json: { code, exit, message, hint, retryable, details, ...(place ? { place } : {}) },
  };
}

/** Also one of another copy of this package: a plugin brings its own, so the class is not the same. */
function asKnown(error: unknown): SentopsError | undefined {
  if (!(error instanceof Error) || error.name !== 'SentopsError' || !('code' in error)) return undefined;
  if (!Object.hasOwn(ERRORS, String(error.code))) return undefined;
  const { code, hint, details, place, cause } = error as SentopsError;
  // The framework puts its own words around the message of an error thrown while it parses a flag.
  const wrapped = /^Parsing (--[\w-]+) \n\t(.*)\nSee more help with --help$/s.exec(error.message);
  const message = wrapped ? prefixFlag(wrapped[1] ?? '', wrapped[2] ?? '') : error.message;
  return new SentopsError(code, message, { hint, ...(details ? { details } : {}), ...(place ? { place } : {}), cause });
}

function prefixFlag(flag: string, message: string): string {
  return message.includes(flag) ? message : `${flag}: ${message}`;
}

function unforeseen(error: unknown): SentopsError {
  const message = error instanceof Error ? error.message || error.name : String(error);
  return new SentopsError('UNEXPECTED', message || 'an unforeseen failure without a message', { cause: error });
}

const DEEPEST_CAUSE = 5;

function stackOf(error: unknown, depth = 0): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const own = error.stack ?? `${error.name}: ${error.message}`;
  const cause = depth < DEEPEST_CAUSE ? stackOf(error.cause, depth + 1) : undefined;
  return cause === undefined ? own : `${own}\ncaused by ${cause}`;
}
