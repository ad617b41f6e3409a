import { fitNgram, type NgramFit, type NgramFitHooks, type NgramFitOptions } from '../../learn/ngram/fit.ts';
import { openBuckets } from './bucket-store.ts';
import { openRecords, type StoredRecords } from './record-store.ts';

/** Everything that fitting needs, as plain data and shared memory: for this thread or another. */
export interface FitJob {
  readonly training: StoredRecords;
  readonly options: NgramFitOptions;
  /** Used where the rows do not fit into `bucketMemory` bytes. */
  readonly bucketFile: string;
  readonly bucketMemory: number;
}

export async function runFitJob(job: FitJob, hooks: Omit<NgramFitHooks, 'allocate'>): Promise<NgramFit> {
  const source = openRecords(job.training);
  let buckets: { close(): void } | null = null;
  try {
    return await fitNgram(
      source,
      job.options,
      sizes => {
        const opened = openBuckets(job.bucketFile, job.bucketMemory, sizes);
        buckets = opened;
        return opened;
      },
      { ...hooks, allocate: length => new Float32Array(new SharedArrayBuffer(4 * length)) },
    );
  } finally {
    source.close();
    (buckets as { close(): void } | null)?.close();
  }
}
