import { SentopsError } from '../../core/errors.ts';
import { formatPath, type Path } from '../path.ts';
import type { Problem } from '../types.ts';

type ReferenceFault =
  | 'missing-variable'
  | 'missing-value'
  | 'unknown'
  | 'cycle'
  | 'type'
  | 'syntax'
  | 'size'
  | 'secret';

/** A reference that cannot be resolved; `path` is the value in whose text it is written. */
export class UnresolvedReference extends Error {
  readonly fault: ReferenceFault;
  readonly path: Path;
  readonly hint: string;

  constructor(fault: ReferenceFault, path: Path, message: string, hint: string) {
    super(message);
    this.name = 'UnresolvedReference';
    this.fault = fault;
    this.path = path;
    this.hint = hint;
  }

  /** Not located yet. */
  toProblem(): Problem {
    const path = formatPath(this.path);
    return {
      severity: 'error',
      code: 'CONFIG_REFERENCE',
      path,
      message: `${path}: ${this.message}`,
      hint: this.hint,
      place: null,
    };
  }

  /** For a reference that is resolved only when it is used. */
  toSentopsError(placeName: string | undefined): SentopsError {
    const where = placeName === undefined ? '' : ` (${placeName})`;
    return new SentopsError('CONFIG_REFERENCE', `${formatPath(this.path)}: ${this.message}${where}`, {
      hint: this.hint,
      cause: this,
    });
  }
}
