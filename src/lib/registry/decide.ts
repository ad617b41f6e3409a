export const PROMOTION_METRICS = ['accuracy', 'f1', 'auc', 'precision', 'recall'] as const;
export type PromotionMetric = (typeof PROMOTION_METRICS)[number];

/** Null for a metric that was not measured. */
export type Measures = Record<PromotionMetric, number | null>;

/** What is demanded of a version before it serves. */
export interface PromotionRules {
  readonly metric: PromotionMetric;
  readonly minDelta: number;
  readonly minAccuracy: number | null;
  readonly minF1: number | null;
  readonly test: 'mcnemar' | 'none';
  readonly alpha: number;
  readonly minSamples: number;
}

/** What two versions made of the same rows. */
export interface Evidence {
  /** Scored now on the data given, or what their runs recorded. */
  kind: 'evaluated' | 'recorded';
  /** The data: its name, and its digest; null where a single version was measured nobody knows on what. */
  data: { name: string; digest: string | null };
  rows: number | null;
  candidate: Measures;
  /** Null where nobody serves yet. */
  champion: Measures | null;
  /** McNemar's test on the rows that only one of them got right; null where single rows are not known. */
  significance: { onlyCandidate: number; onlyChampion: number; method: 'exact' | 'chi-squared'; pValue: number } | null;
}

export interface PromotionCheck {
  name: 'samples' | 'min-accuracy' | 'min-f1' | 'min-delta' | 'significance';
  value: number | null;
  bound: number;
  /** Null where it could not be checked. */
  met: boolean | null;
  /** In a sentence. */
  detail: string;
}

export interface Judgement {
  readonly decision: 'promote' | 'reject' | 'inconclusive';
  readonly checks: PromotionCheck[];
  /** Why not; null where it is promoted. */
  readonly reason: string | null;
}

/** What has to be known; of recorded metrics the rest is known now and then. */
const NEEDED: readonly PromotionCheck['name'][] = ['min-accuracy', 'min-f1', 'min-delta'];

/** Whether a candidate may take over. `missing` says what evidence there is not. */
export function decide(
  evidence: Evidence | null,
  rules: PromotionRules,
  { hasChampion, missing }: { readonly hasChampion: boolean; readonly missing: string | null },
): Judgement {
  const isFree = !hasChampion && rules.minAccuracy === null && rules.minF1 === null;
  if (isFree) return { decision: 'promote', checks: [], reason: null };
  if (evidence === null) return { decision: 'inconclusive', checks: [], reason: missing ?? 'there is no evidence' };
  const checks = [...checkSamples(evidence, rules), ...checkFloors(evidence, rules), ...checkGain(evidence, rules)];
  const missed = checks.filter(check => check.met === false);
  const tooFew = missed.find(check => check.name === 'samples');
  if (tooFew) return { decision: 'inconclusive', checks, reason: tooFew.detail };
  if (missed.length > 0) return { decision: 'reject', checks, reason: missed.map(({ detail }) => detail).join('; ') };
  const unknown = checks.find(({ met, name }) => met === null && NEEDED.includes(name));
  if (unknown) return { decision: 'inconclusive', checks, reason: unknown.detail };
  return { decision: 'promote', checks, reason: null };
}

/** By how much the candidate is better; null where one of the two numbers is not known. */
export function deltaOf({ candidate, champion }: Evidence, metric: PromotionMetric): number | null {
  const [ours, theirs] = [candidate[metric], champion?.[metric] ?? null];
  return ours === null || theirs === null ? null : roundOff(ours - theirs);
}

function checkSamples({ rows }: Evidence, { minSamples }: PromotionRules): PromotionCheck[] {
  const check = { name: 'samples', value: rows, bound: minSamples } as const;
  if (rows === null) return [{ ...check, met: null, detail: 'nobody recorded how many rows there were' }];
  const met = rows >= minSamples;
  const detail = met ? `${rows} rows` : `${rows} rows are too few for a verdict, at least ${minSamples} are needed`;
  return [{ ...check, met, detail }];
}

function checkFloors({ candidate }: Evidence, { minAccuracy, minF1 }: PromotionRules): PromotionCheck[] {
  const floors = [
    ['min-accuracy', 'accuracy', minAccuracy],
    ['min-f1', 'f1', minF1],
  ] as const;
  return floors.flatMap(([name, metric, bound]): PromotionCheck[] => {
    if (bound === null) return [];
    const value = candidate[metric];
    if (value === null) return [{ name, value, bound, met: null, detail: `${metric} was not measured` }];
    const met = value >= bound;
    return [{ name, value, bound, met, detail: `${metric} is ${show(value)}, ${met ? 'at least' : 'below'} ${bound}` }];
  });
}

function checkGain(evidence: Evidence, rules: PromotionRules): PromotionCheck[] {
  if (evidence.champion === null) return [];
  return [checkDelta(evidence, rules), ...checkSignificance(evidence, rules)];
}

function checkDelta(evidence: Evidence, { metric, minDelta }: PromotionRules): PromotionCheck {
  const value = deltaOf(evidence, metric);
  const check = { name: 'min-delta', value, bound: minDelta } as const;
  if (value === null) return { ...check, met: null, detail: `${metric} is not known of both versions` };
  const met = value >= minDelta;
  const change = `${metric} changes by ${value >= 0 ? '+' : ''}${show(value)}`;
  return { ...check, met, detail: `${change}, ${met ? 'at least' : 'less than'} ${minDelta}` };
}

/** Who allows a loss by a negative `minDelta` does not ask for a proven gain; anybody else asks for some gain. */
function checkSignificance(evidence: Evidence, { metric, test, alpha, minDelta }: PromotionRules): PromotionCheck[] {
  const { significance } = evidence;
  if (test === 'none' || minDelta < 0) return [];
  const check = { name: 'significance', bound: alpha } as const;
  if (significance === null) {
    const isEqual = deltaOf(evidence, metric) === 0;
    const detail = isEqual ? 'no gain at all' : 'not tested: recorded metrics say nothing of single rows';
    return [{ ...check, value: null, met: isEqual ? false : null, detail }];
  }
  const { onlyCandidate, onlyChampion, pValue } = significance;
  const met = onlyCandidate > onlyChampion && pValue < alpha;
  const rows = `alone right on ${onlyCandidate} rows, the champion on ${onlyChampion} (McNemar p = ${pValue.toPrecision(2)})`;
  const chance = onlyCandidate > onlyChampion ? `: may well be chance, p is not below ${alpha}` : '';
  return [{ ...check, value: pValue, met, detail: met ? rows : `${rows}${chance}` }];
}

/** 0.9 - 0.85 is a gain of 0.05 for everybody but the processor. */
function roundOff(value: number): number {
  return Number(value.toFixed(12));
}

function show(value: number | null): string {
  return value === null ? 'unknown' : String(Number(value.toFixed(6)));
}
