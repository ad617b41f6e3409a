import type { Evaluation } from '../learn/evaluation.ts';

export const METRICS = ['accuracy', 'auc', 'f1', 'precision', 'recall'] as const;
export type Metric = (typeof METRICS)[number];

export interface GateRule {
  readonly metric: Metric;
  readonly comparison: '>' | '>=' | '<' | '<=';
  readonly bound: number;
}

interface GateCheck extends GateRule {
  readonly value: number | null;
  readonly met: boolean;
}

export interface GateVerdict {
  readonly model: string;
  readonly met: boolean;
  readonly checks: readonly GateCheck[];
  /** What was missed, in a sentence; null where nothing was. */
  readonly missed: string | null;
}

const RULE = /^\s*(>=|<=|>|<)\s*(-?\d+(?:\.\d+)?)\s*$/;

/** What `train.gate` demands: `">0.75"`, or a bare number as the least value. */
export function readGate(gate: { readonly [M in Metric]?: string | number | undefined }): GateRule[] {
  return METRICS.flatMap(metric => {
    const rule = gate[metric];
    if (rule === undefined) return [];
    if (typeof rule === 'number') return [{ metric, comparison: '>=' as const, bound: rule }];
    const [, comparison, bound] = RULE.exec(rule) ?? [];
    // A number in quotes, as flags and the environment give it.
    if (comparison === undefined) return [{ metric, comparison: '>=' as const, bound: Number(rule) }];
    return [{ metric, comparison: comparison as GateRule['comparison'], bound: Number(bound) }];
  });
}

/** A metric that the model does not have (an AUC of one class) meets nothing. */
export function checkGate(model: string, rules: readonly GateRule[], metrics: Pick<Evaluation, Metric>): GateVerdict {
  const checks = rules.map(rule => {
    const value = metrics[rule.metric];
    return { ...rule, value, met: value !== null && compare(value, rule) };
  });
  const missed = checks.filter(check => !check.met).map(describeMiss);
  return { model, met: missed.length === 0, checks, missed: missed.length === 0 ? null : missed.join('; ') };
}

function describeMiss({ metric, value, comparison, bound }: GateCheck): string {
  return `${metric} is ${value === null ? 'unknown' : Number(value.toFixed(6))}, not ${comparison} ${bound}`;
}

function compare(value: number, { comparison, bound }: GateRule): boolean {
  switch (comparison) {
    case '>':
      return value > bound;
    case '>=':
      return value >= bound;
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
  }
}
