import { testMcNemar } from '../learn/mcnemar.ts';
import { evaluate } from '../learn/metrics.ts';
import type { EvaluatedModel, ModelComparison } from './evaluation-result.ts';
import type { Candidate, Trial } from './trial.ts';

/** What passes for more than chance. */
const ALPHA = 0.05;

/** Whether one of two models is better on rows that both judged, by McNemar's test. */
export function compareModels(
  { rows }: Trial,
  rival: Candidate,
  describe: (one: Candidate) => EvaluatedModel,
): ModelComparison {
  const rivals = rows.rivals ?? rows.predictions;
  const { onlyFirst, onlySecond, method, statistic, pValue } = testMcNemar(rows.labels, rows.predictions, rivals);
  const isSure = pValue < ALPHA;
  const { accuracy, f1 } = evaluate({ ...rows, predictions: rivals, probabilities: null });
  return {
    model: describe(rival),
    metrics: { accuracy, f1 },
    onlyFirst,
    onlySecond,
    disagree: rows.predictions.reduce((sum, prediction, row) => sum + (prediction === rivals[row] ? 0 : 1), 0),
    test: method,
    statistic,
    pValue,
    better: !isSure ? null : onlyFirst > onlySecond ? 'first' : 'second',
  };
}
