import { isSparkModel, writeSpark } from '../../model/formats/spark/write.ts';
import type { FittedModel, ModelFiles } from '../../model/types.ts';
import type { Judged } from '../judge-models.ts';

/**
 * The stages before the classifier, as the PipelineModel that the reference job stores beside its models; null where the
 * models do not share any.
 */
export async function writeFeaturePipeline(
  judged: readonly Judged[],
  labels: readonly string[],
  createdAt: string,
): Promise<ModelFiles | null> {
  const fitted = judged.map(model => model.fitted).find(({ name }) => name !== 'ngram');
  if (!fitted) return null;
  const features: FittedModel = { stages: fitted.stages.slice(0, -1), labels, about: { createdAt } };
  return isSparkModel(features) ? await writeSpark(features) : null;
}
