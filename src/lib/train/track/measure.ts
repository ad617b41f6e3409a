import type { DatasetInput, Metric } from '../../tracking/entities.ts';
import type { Judged } from '../judge-models.ts';
import { pickMetrics } from '../judge-models.ts';
import type { DatasetInputs } from './dataset-inputs.ts';

interface MeasureRequest {
  readonly datasets: DatasetInputs;
  readonly modelId: string | null;
  readonly timestamp: number;
}

/** What a model reached, by the names of the reference job: plain on the test rows, `val_…` on the validation rows. */
export function measureModel(judged: Judged, { datasets, modelId, timestamp }: MeasureRequest): Metric[] {
  const { fitted, testEvaluation, validationEvaluation } = judged;
  const of = (evaluation: Judged['testEvaluation'], prefix: string, dataset: DatasetInput | undefined) =>
    listMetrics(pickMetrics(evaluation), prefix).map(([key, value]) => ({
      ...{ key, value, timestamp, step: 0 },
      ...(modelId === null ? {} : { modelId }),
      ...(dataset ? { datasetName: dataset.name, datasetDigest: dataset.digest } : {}),
    }));
  return [
    ...of(testEvaluation, '', datasets.test),
    ...(validationEvaluation ? of(validationEvaluation, 'val_', datasets.validation) : []),
    { key: 'trainSeconds', value: fitted.seconds, timestamp, step: 0 },
  ];
}

/** The best model's, for the parent run: under other names, or the parent would be its own best run. */
export function measureBest({ testEvaluation }: Judged, timestamp: number): Metric[] {
  return listMetrics(pickMetrics(testEvaluation), 'best_').map(([key, value]) => ({ key, value, timestamp, step: 0 }));
}

/** A metric that there is not, such as the AUC of one class, has no value in the run either. */
function listMetrics(metrics: object, prefix: string): [key: string, value: number][] {
  return Object.entries(metrics).flatMap(([key, value]): [string, number][] =>
    typeof value === 'number' ? [[`${prefix}${key}`, value]] : [],
  );
}
