import { section, string } from './build.ts';

/**
 * The built-in places are folders of the project, so that everything runs without a cloud; the templates write
 * `gs://${var.bucket}-<role>` for the cloud targets.
 */
export const buckets = section('Places by role; every path below is built on them.', {
  code: bucket('code', 'Job scripts and packages.'),
  raw: bucket('raw', 'Datasets as downloaded.'),
  artifacts: bucket('artifacts', 'Artifacts of runs.'),
  models: bucket('models', 'Trained models.'),
  predictions: bucket('predictions', 'Predictions of the streaming scorer.'),
  checkpoint: bucket('checkpoint', 'Progress of the streaming scorer.'),
  'streaming-input': bucket('streaming-input', 'Folder that the streaming scorer watches.'),
});

function bucket<const R extends string>(role: R, doc: string) {
  return string({ doc, format: 'uri', default: `.sentops/buckets/${role}` });
}
