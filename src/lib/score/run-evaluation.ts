import { SentopsError } from '../core/errors.ts';
import type { GateRule } from '../train/gate.ts';
import { type EvaluateRequest, evaluateModel } from './evaluate-model.ts';
import type { EvaluationReport } from './evaluation-result.ts';
import { chooseModel, fetchNamed } from './find-model.ts';
import type { ModelChoice } from './model-choice.ts';

/** As the command line gives it. */
export interface EvaluationCall extends Omit<EvaluateRequest, 'model' | 'rival' | 'versions' | 'gate'>, ModelChoice {
  readonly compare: string | undefined;
  readonly minimum: Readonly<Record<'accuracy' | 'f1', string | undefined>>;
}

export async function runEvaluation(call: EvaluationCall): Promise<EvaluationReport> {
  const { compare, minimum } = call;
  const gate = [...readMinimum('accuracy', minimum.accuracy), ...readMinimum('f1', minimum.f1)];
  const model = await chooseModel(call);
  const rival = compare === undefined ? undefined : await fetchNamed(compare, call);
  return evaluateModel({
    ...call,
    model: model.place,
    rival: rival?.place,
    versions: { model: model.version, rival: rival?.version ?? null },
    gate,
  });
}

function readMinimum(metric: 'accuracy' | 'f1', text: string | undefined): GateRule[] {
  if (text === undefined) return [];
  const bound = Number(text);
  if (text.trim() !== '' && bound >= 0 && bound <= 1) return [{ metric, comparison: '>=', bound }];
  throw new SentopsError('FLAG_INVALID', `--min-${metric}: ${JSON.stringify(text)} is no share between 0 and 1`, {
    hint: `write it as --min-${metric} 0.9`,
    details: { flag: `--min-${metric}`, value: text },
  });
}
