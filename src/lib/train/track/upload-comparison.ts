import fs from 'node:fs';
import path from 'node:path';
import type { Run } from '../../tracking/entities.ts';
import type { Tracker } from '../../tracking/types.ts';
import type { Learned } from '../judge-models.ts';
import type { TrainRequest } from '../request.ts';
import type { TrainReport } from '../result.ts';
import { writeFeaturePipeline } from './feature-pipeline.ts';
import { uploadBytes } from './log-model.ts';

interface Comparison {
  readonly parent: Run;
  readonly learned: Learned;
  readonly report: TrainReport;
  readonly request: TrainRequest;
}

/** What the comparison of the models is made of; the pictures are there for two classes only. */
const FILES = ['report.md', 'report.html', 'roc.png', 'pr.png', 'training.json'];

/** What belongs to no single model: the reports that compare them, what the labels mean, the stages that they share. */
export async function uploadComparison(tracker: Tracker, comparison: Comparison): Promise<void> {
  const { parent, learned, report, request } = comparison;
  const put = async (name: string, bytes: Uint8Array) => {
    request.signal.throwIfAborted();
    await uploadBytes(tracker.artifacts, parent.artifactUri, name, bytes);
  };
  for (const name of FILES) {
    const file = path.join(report.output, name);
    if (fs.existsSync(file)) await put(name, fs.readFileSync(file));
  }
  await put('labels.json', Buffer.from(`${JSON.stringify(report.labels, null, 2)}\n`));
  const searched = report.models.filter(({ search }) => search !== null).map(({ name, search }) => ({ name, search }));
  if (searched.length > 0) await put('search.json', Buffer.from(`${JSON.stringify(searched, null, 2)}\n`));
  const { judged, main } = learned;
  const features = await writeFeaturePipeline(judged, main.mapping.classes, new Date().toISOString());
  for (const [name, bytes] of features ?? []) await put(`feature_pipeline/${name}`, bytes);
}
