import type { Parameters } from './types.ts';

/** What a value of a parameter may be, beyond being of the type of its default. */
export interface ParamRule {
  readonly min?: number;
  /** The value must be larger than this. */
  readonly above?: number;
  readonly max?: number;
  readonly integer?: boolean;
  readonly oneOf?: readonly string[];
}

/** Given values over defaults, each checked. Throws RangeError with a sentence that names parameter and value. */
export function readParams<P extends Parameters>(
  trainer: string,
  defaults: P,
  rules: { readonly [K in keyof P]?: ParamRule },
  given: Parameters,
): P {
  for (const [name, value] of Object.entries(given)) {
    const standard = Object.hasOwn(defaults, name) ? defaults[name] : undefined;
    if (standard === undefined) {
      throw new RangeError(`${trainer} has no parameter ${name}; it takes ${Object.keys(defaults).join(', ')}`);
    }
    const problem = findProblem(value, standard, rules[name] ?? {});
    if (problem) throw new RangeError(`${trainer}: ${name} ${problem}, not ${JSON.stringify(show(value))}`);
  }
  return { ...defaults, ...given };
}

function findProblem(value: unknown, standard: unknown, rule: ParamRule): string | undefined {
  if (typeof value !== typeof standard) return `must be a ${typeof standard}`;
  if (rule.oneOf && !rule.oneOf.includes(String(value))) return `must be one of ${rule.oneOf.join(', ')}`;
  if (typeof value !== 'number') return undefined;
  if (!Number.isFinite(value)) return 'must be a finite number';
  if (rule.integer && !Number.isInteger(value)) return 'must be a whole number';
  if (rule.min !== undefined && value < rule.min) return `must be at least ${rule.min}`;
  if (rule.above !== undefined && value <= rule.above) return `must be larger than ${rule.above}`;
  if (rule.max !== undefined && value > rule.max) return `must be at most ${rule.max}`;
  return undefined;
}

/** JSON has no words for NaN and infinity. */
function show(value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
