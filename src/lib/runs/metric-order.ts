export type Better = 'more' | 'less';

const LESS = words(
  'loss error err mse rmse mae mape perplexity brier ece psi drift latency seconds time ms duration bytes',
);
const LESS_PHRASES = /log_?loss|hamming|false_(positive|negative)|fpr|fnr/;
const MORE = words(
  'accuracy acc auc auroc auprc f1 f2 precision recall sensitivity specificity kappa mcc r2 score bleu rouge throughput',
);
/** What a person looks for first, in this order. */
const FIRST = ['accuracy', 'acc', 'auc', 'f1', 'precision', 'recall', 'logloss', 'loss', 'error', 'r2', 'rmse', 'mae'];
/** On which data, in this order; a metric that does not say comes before them. */
const DATA = ['test', 'eval', 'validation', 'valid', 'val', 'cv', 'training', 'train'];
const SYSTEM = /^system[/.]/;

/** Which way a metric gets better, by its name; null where the name says nothing: a number of rows, an epoch. */
export function betterWay(metric: string): Better | null {
  if (SYSTEM.test(metric)) return null;
  const parts = partsOf(metric);
  // The last word that says something is what is measured: `loss_reduction_score` is a score.
  for (const part of parts.toReversed()) {
    if (MORE.has(part)) return 'more';
    if (LESS.has(part)) return 'less';
  }
  return LESS_PHRASES.test(parts.join('_')) ? 'less' : null;
}

/** Metrics with the ones that matter most before the others. */
export function compareMetrics(a: string, b: string): number {
  const [left, right] = [rank(a), rank(b)];
  const different = left.findIndex((value, index) => value !== right[index]);
  if (different !== -1) return (left[different] ?? 0) - (right[different] ?? 0);
  return a < b ? -1 : Number(a > b);
}

function rank(metric: string): number[] {
  const parts = partsOf(metric);
  const joined = parts.join('');
  const kind = FIRST.findIndex(name => parts.includes(name) || (name === 'logloss' && joined.includes(name)));
  const data = DATA.findIndex(name => parts.includes(name));
  const known = betterWay(metric) === null ? 1 : 0;
  return [SYSTEM.test(metric) ? 1 : 0, kind === -1 ? FIRST.length + known : kind, data, parts.length];
}

/** `valLogLoss`, `val_log_loss` and `val/log-loss` have the same parts. */
function partsOf(metric: string): string[] {
  const spaced = metric.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return spaced.split(/[^a-z0-9]+/).filter(part => part !== '');
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}
