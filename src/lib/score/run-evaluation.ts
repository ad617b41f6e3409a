import type { Project } from '../config/types.ts';
import { SentopsError } from '../core/errors.ts';
import type { GateRule } from '../train/gate.ts';
import { type EvaluateRequest, evaluateModel } from './evaluate-model.ts';
import type { EvaluationReport } from './evaluation-result.ts';
import { chooseModel, findNamed } from './find-model.ts';

/** As the command line gives it. */
export interface EvaluationCall extends Omit<EvaluateRequest, 'model' | 'rival' | 'gate'> {
  /** The best model of the project where absent. */
  readonly modelPath: string | undefined;
  readonly compare: string | undefined;
  readonly minimum: Readonly<Record<'accuracy' | 'f1', string | undefined>>;
  loadProject(): Promise<Project>;
}

export async function runEvaluation(call: EvaluationCall): Promise<EvaluationReport> {
  const { compare, minimum, cwd } = call;
  const gate = [...readMinimum('accuracy', minimum.accuracy), ...readMinimum('f1', minimum.f1)];
  const model = await chooseModel(call);
  const rival = compare === undefined ? undefined : findNamed(compare, cwd);
  return evaluateModel({ ...call, model, rival, gate });
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
