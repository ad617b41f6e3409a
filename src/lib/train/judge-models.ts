import { SentopsError } from '../core/errors.ts';
import type { Evaluation } from '../learn/evaluation.ts';
import { evaluate } from '../learn/metrics.ts';
import type { PartScores } from './batch.ts';
import type { ReadInput } from './describe.ts';
import { checkGate, type GateVerdict, type Metric } from './gate.ts';
import type { FittedText } from './learner.ts';
import type { BestModel, ModelMetrics } from './result.ts';
import type { TrainSpec } from './spec.ts';

/** A fitted model with what it makes of rows that it has not seen. */
export interface Judged {
  readonly fitted: FittedText;
  readonly test: PartScores;
  readonly validation: PartScores | null;
  readonly testEvaluation: Evaluation;
  readonly validationEvaluation: Evaluation | null;
}

/** All that a run has found out before anything is written. */
export interface Learned {
  readonly main: ReadInput;
  /** Null where the test rows are a share of the input. */
  readonly test: ReadInput | null;
  readonly judged: readonly Judged[];
}

/** `testClasses` numbers the labels of a test file; null where the test rows are a share of the input. */
export async function judgeModel(fitted: FittedText, testClasses: Int32Array | null): Promise<Judged> {
  const test = await (testClasses ? fitted.scores('test', testClasses) : fitted.scores('test'));
  const validation = await fitted.scores('validation');
  const hasValidation = validation.rows > 0;
  return {
    fitted,
    test,
    validation: hasValidation ? validation : null,
    testEvaluation: measure(fitted.name, test),
    validationEvaluation: hasValidation ? measure(fitted.name, validation) : null,
  };
}

/** Scores that are no numbers come of parameters that leave a model without an answer, as naive Bayes without smoothing. */
function measure(name: string, scores: PartScores): Evaluation {
  try {
    return evaluate(scores);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new SentopsError('DATA_INVALID', `${name} cannot be judged: ${error.message}`, {
      hint: `change its parameters in train.params.${name} (more smoothing, a larger regParam), or leave it out of --models`,
      cause: error,
    });
  }
}

export function pickMetrics({ accuracy, auc, f1, precision, recall, logLoss }: Evaluation): ModelMetrics {
  return { accuracy, auc, f1, precision, recall, logLoss };
}

/** The first of those that no other beats. */
export function chooseBest(models: readonly Judged[], select: TrainSpec['select']): Judged {
  const sign = select.mode === 'max' ? 1 : -1;
  const worth = (model: Judged) => {
    const value = metricOf(model, select);
    return value === null ? Number.NEGATIVE_INFINITY : sign * value;
  };
  return models.reduce((best, model) => (worth(model) > worth(best) ? model : best));
}

export function describeBest(model: Judged, select: TrainSpec['select'], path: string): BestModel {
  return {
    name: model.fitted.name,
    metric: select.metric,
    on: comparedRows(model, select),
    value: metricOf(model, select),
    accuracy: model.testEvaluation.accuracy,
    path,
    runId: null,
    registered: null,
  };
}

/** The gate looks at the test rows, whatever the models were compared on. */
export function judgeGate(model: Judged, rules: TrainSpec['gate']): GateVerdict {
  return checkGate(model.fitted.name, rules, model.testEvaluation);
}

function metricOf(model: Judged, select: TrainSpec['select']): number | null {
  const evaluation = comparedRows(model, select) === 'validation' ? model.validationEvaluation : model.testEvaluation;
  return evaluation?.[select.metric as Metric] ?? null;
}

/** Without validation rows there is only one set to compare on. */
function comparedRows(model: Judged, { on }: TrainSpec['select']): 'test' | 'validation' {
  return on === 'validation' && model.validationEvaluation ? 'validation' : 'test';
}
