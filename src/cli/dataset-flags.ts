import { fieldFlag, fieldFlags } from './field-flags.ts';

/** Which dataset is meant, and where it lies. */
export function datasetFlags() {
  return fieldFlags(['dataset.ref', 'dataset.source', 'dataset.version', 'dataset.outputDir']);
}

/** Where a dataset is uploaded to. */
export function datasetUploadFlags() {
  const paths = ['dataset.gcsBucket', 'dataset.gcsPrefix', 'storage.parallelThreshold', 'storage.concurrency'];
  return fieldFlags([...paths, 'storage.userProject']);
}

export function datasetFileFlag(summary: string) {
  return fieldFlag('dataset.file', { summary });
}
