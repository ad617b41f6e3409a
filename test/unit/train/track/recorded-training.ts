import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TrainRequest } from '../../../../src/lib/train/request.ts';
import type { TrainReport } from '../../../../src/lib/train/result.ts';
import type { TrainSpec } from '../../../../src/lib/train/spec.ts';
import { openTrainingRuns } from '../../../../src/lib/train/track/training-runs.ts';
import { trainModels } from '../../../../src/lib/train/train-models.ts';
import { writeReviews } from '../../../helpers/reviews.ts';
import { trainSpec, trainWorld } from '../train-world.ts';
import type { MemoryTracker } from './memory-tracker.ts';

export const TRACKING = { experiment: 'reviews', prefix: 'mood', best: 'mood-best' };
/** The name of the reference job's parent run. */
export const PARENT = 'sentiment_multi_model_experiment';

/** A folder with rows.csv of 240 reviews. */
export function reviewsFolder(): string {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-recorded-'));
  writeReviews(path.join(dir, 'rows.csv'), { rows: 240 });
  return dir;
}

/** A small training of the folder that is recorded by the tracker. */
export async function trainInto(
  dir: string,
  tracker: MemoryTracker,
  spec: Partial<TrainSpec> = {},
  request: Partial<TrainRequest> = {},
): Promise<TrainReport> {
  const world = trainWorld(dir, { env: { HOME: dir, USER: 'ada' }, ...request });
  const wanted = trainSpec(dir, { tracking: TRACKING, ...spec });
  return trainModels(wanted, world.request, [], async gitCommit => {
    const experimentId = await tracker.experiments.create({ name: 'reviews' });
    const close = () => tracker.close();
    const experiment = { experimentId, name: 'reviews' };
    return openTrainingRuns({ tracker, close, spec: wanted, request: world.request, gitCommit, experiment });
  });
}

/** training.json as it stands in the output of the folder. */
export function readTraining(dir: string): TrainReport {
  return JSON.parse(fs.readFileSync(path.join(dir, 'models/training.json'), 'utf8')) as TrainReport;
}

/** Latest value of each metric of a run. */
export function valuesOf(run: { metrics: readonly { key: string; value: number }[] } | undefined) {
  return Object.fromEntries((run?.metrics ?? []).map(({ key, value }) => [key, value]));
}
