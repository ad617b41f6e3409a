import type { ValueRule } from '../column-stats.ts';

/** A threshold and who set it. */
export interface Rule<T> {
  readonly value: T;
  /** `--min-rows`, `dataset.checks.minRows in sentops.yaml`. */
  readonly origin: string;
}

/** What the data has to fulfil; what is absent is not demanded. */
export interface Rules {
  readonly minRows?: Rule<number>;
  readonly maxRows?: Rule<number>;
  readonly maxNullFraction?: Rule<number>;
  readonly minLabelFraction?: Rule<number>;
  readonly labels?: Rule<readonly string[]>;
  readonly maxBadFraction?: Rule<number>;
  readonly maxDuplicateFraction?: Rule<number>;
  readonly maxContradictionFraction?: Rule<number>;
  readonly maxLeakFraction?: Rule<number>;
  readonly maxPersonalFraction?: Rule<number>;
  readonly maxAnomalyFraction?: Rule<Readonly<Record<string, number>>>;
  readonly encoding?: Rule<'latin1' | 'utf8' | 'utf16le'>;
  readonly columns: readonly ColumnRule[];
}

export interface ColumnRule extends ValueRule {
  readonly name: string;
  readonly origin: string;
  readonly required: boolean;
  readonly maxNullFraction?: number;
  readonly min?: number;
  readonly max?: number;
}
