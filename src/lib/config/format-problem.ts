import type { SourcePlace } from '../core/errors.ts';
import type { Finding } from './findings.ts';
import type { Problem } from './types.ts';

/** `file:line:column: message (hint)` */
export function formatProblem({ place, message, hint }: Problem): string {
  const where = place === null ? [] : [place.file, place.line, place.column].filter(part => part !== undefined);
  return `${where.length === 0 ? '' : `${where.join(':')}: `}${message}${hint ? ` (${hint})` : ''}`;
}

/** A finding with its place, without what only locating it needed. */
export function toProblem({ severity, code, path, message, hint }: Finding, place: SourcePlace | null): Problem {
  return { severity, code, path, message, hint, place };
}
