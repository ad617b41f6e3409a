import { ERRORS, type ErrorCode, SentopsError, type SourcePlace } from '../lib/core/errors.ts';
import type { Command } from './framework.ts';

/** An error as it is shown: to a person as text, to a script as JSON, to CI as an annotation. */
export interface Failure {
  readonly exit: number;
  readonly place: SourcePlace | undefined;
  readonly stack: string | undefined;
  readonly json: {
    readonly code: ErrorCode;
    readonly exit: number;
    readonly message: string;
    readonly hint: string;
    readonly retryable: boolean;
    readonly details: Readonly<Record<string, unknown>>;
  };
}

/** Maps whatever was thrown onto the error table. */
export function describeError(error: unknown, command?: typeof Command): Failure {
  const known = error instanceof SentopsError ? error : (fromParser(error, command) ?? fromSystem(error) ?? unforeseen(error));
  const { exit, retryable } = ERRORS[known.code];
  return {
    exit,
    place: known.place,
    stack: known.code === 'UNEXPECTED' && error instanceof Error ? error.stack : undefined,
    json: { code: known.code, exit, message: known.message, hint: known.hint, retryable, details: known.details },
  };
}

interface ParseErrorShape extends Error {
  parse?: unknown;
  flags?: string[];
  args?: unknown[];
}

function fromParser(error: unknown, _command?: typeof Command): SentopsError | undefined {
  if (!(error instanceof Error) || !('parse' in error)) return undefined;
  const { message, flags } = error as ParseErrorShape;
  const clean = message.replace(/\n?See more help with --help$/, '');
  if (Array.isArray(flags)) return new SentopsError('FLAG_UNKNOWN', clean);
  return new SentopsError('USAGE', clean);
}

function fromSystem(error: unknown): SentopsError | undefined {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC') return new SentopsError('DISK_FULL', message, { cause: error });
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') return new SentopsError('NOT_WRITABLE', message, { cause: error });
  return undefined;
}

function unforeseen(error: unknown): SentopsError {
  return new SentopsError('UNEXPECTED', error instanceof Error ? error.message : String(error), { cause: error });
}
