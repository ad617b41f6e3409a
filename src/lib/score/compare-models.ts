import { testMcNemar } from '../learn/mcnemar.ts';
import { evaluate } from '../learn/metrics.ts';
import { pickMetrics } from '../train/judge-models.ts';
import type { EvaluatedModel, ModelComparison } from './evaluation-result.ts';
import type { Candidate, Trial } from './trial.ts';

/** What passes for more than chance. */
const ALPHA = 0.05;

/** Whether one of two models is better on rows that both judged, by McNemar's test. */
export function compareModels(
  { rows, rivalRows }: Trial,
  rival: Candidate,
  describe: (one: Candidate) => EvaluatedModel,
): ModelComparison {
  const judged = rivalRows ?? rows;
  const rivals = judged.predictions;
  const { onlyFirst, onlySecond, method, statistic, pValue } = testMcNemar(rows.labels, rows.predictions, rivals);
  const isSure = pValue < ALPHA;
  return {
    model: describe(rival),
    metrics: pickMetrics(evaluate(judged)),
    onlyFirst,
    onlySecond,
    disagree: rows.predictions.reduce((sum, prediction, row) => sum + (prediction === rivals[row] ? 0 : 1), 0),
    test: method,
    statistic,
    pValue,
    better: !isSure ? null : onlyFirst > onlySecond ? 'first' : 'second',
  };
}
