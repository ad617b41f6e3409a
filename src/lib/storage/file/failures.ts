import { SentopsError } from '../../core/errors.ts';

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** Nothing is there, whatever a part of the path is; links in a circle lead to nothing. */
export function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP'].includes(codeOf(error));
}

export function explainReadFailure(error: unknown, shown: string): unknown {
  if (isAbsent(error)) return noFile(shown, error);
  const code = codeOf(error);
  // What opening a socket or a pipe without a reader says.
  if (code === 'ENXIO') return specialFile(shown);
  if (code !== 'EACCES' && code !== 'EPERM') return error;
  return new SentopsError('PERMISSION_DENIED', `cannot read ${shown}: permission denied`, {
    hint: 'change its permissions, or run the command as its owner',
    place: { file: shown },
    cause: error,
  });
}

export function noFile(shown: string, cause?: unknown): SentopsError {
  return new SentopsError('NOT_FOUND', `there is no file ${shown}`, {
    place: { file: shown },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** A pipe would be waited for without end, and a device has no size. */
export function specialFile(shown: string): SentopsError {
  return new SentopsError('DATA_INVALID', `${shown} is no regular file but a pipe, a socket or a device`, {
    hint: 'send what it gives through standard input, as -',
    place: { file: shown },
  });
}

/** The precondition of a write or a deletion does not hold. */
export function notAsExpected(shown: string, expected: string | null, found: string | null): SentopsError {
  const why =
    expected === null
      ? 'it is there already'
      : found === null
        ? 'it is gone'
        : 'it was replaced by somebody else meanwhile';
  return new SentopsError('CONFLICT', `${shown} stays as it is: ${why}`, {
    hint: 'look at what is there, then run the command again',
    details: { uri: shown, expected, found },
  });
}

export function changedMeanwhile(shown: string): SentopsError {
  return new SentopsError('CONFLICT', `${shown} changed while it was read`, {
    hint: 'run the command again once nothing writes to it',
    place: { file: shown },
  });
}
