import { formatPath, type Path } from './path.ts';
import type { Problem } from './types.ts';

export type FindingCode =
  | 'KEY_UNKNOWN'
  | 'KEY_SPELLING'
  | 'KEY_REPEATED'
  | 'KEY_INVALID'
  | 'KEY_MISSING'
  | 'TYPE_MISMATCH'
  | 'OUT_OF_RANGE'
  | 'VALUE_UNKNOWN'
  | 'NAME_MISTYPED'
  | 'FORMAT_INVALID'
  | 'ITEMS_REPEATED'
  | 'INCONSISTENT'
  | 'CREDENTIAL_LITERAL'
  | 'SECRET_MISPLACED'
  | 'TOO_DEEP';

/** A problem that the loader has not located yet. */
export interface Finding extends Problem {
  readonly code: FindingCode;
  readonly path: string;
  /** The path as keys: the dotted text is for reading. */
  readonly segments: Path;
  /** What to point at: the key itself (a misspelt one) or its value. */
  readonly at: 'key' | 'value';
  readonly place: null;
}

interface FindingOptions {
  readonly hint?: string | undefined;
  readonly at?: 'key' | 'value';
  readonly severity?: 'error' | 'warning';
}

export function makeFinding(code: FindingCode, segments: Path, message: string, options: FindingOptions = {}): Finding {
  const { severity = 'error', at = 'value', hint = null } = options;
  return { severity, code, path: formatPath(segments), segments, at, message, hint, place: null };
}
