import { countNoun } from '../core/count-noun.ts';
import type { ErrorCode, SentopsError } from '../core/errors.ts';
import { runAll } from '../storage/operate/run-all.ts';
import type { FoundPredictions } from './find-predictions.ts';
import type { PredictionFile, PredictionsCall } from './types.ts';

export interface ReadFile<Result> {
  readonly file: PredictionFile;
  /** Null where it could not be read. */
  readonly result: Result | null;
}

/** A stream goes on while we look: files are half-written, replaced and cleaned up. They do not hide the others. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['DATA_INVALID', 'NOT_FOUND', 'CONFLICT']);
const MOST_TOLD = 3;

/** Work on every file, several at a time and not more than `most`; what cannot be read is told and left out. */
export async function readAll<Result>(
  { files }: FoundPredictions,
  call: PredictionsCall,
  work: (file: PredictionFile) => Promise<Result>,
  most = Number.POSITIVE_INFINITY,
): Promise<ReadFile<Result>[]> {
  const { signal, report, project } = call;
  let done = 0;
  const progress = { type: 'progress', id: 'predictions', label: 'Reading predictions', unit: 'items' } as const;
  const count = async (file: PredictionFile) => {
    try {
      return await work(file);
    } finally {
      report({ ...progress, done: ++done, total: files.length });
    }
  };
  const atOnce = Math.min(most, project.config.storage.concurrency);
  const outcomes = await runAll(files, { atOnce, signal }, count);
  const failures: SentopsError[] = [];
  for (const outcome of outcomes) if (outcome.state === 'failed') failures.push(outcome.error);
  const first = failures.find(({ code }) => !PASSING.has(code));
  if (first) throw first;
  if (files.length === 1 && failures[0]) throw failures[0];
  for (const { message } of failures.slice(0, MOST_TOLD)) warn(`left out: ${message}`);
  if (failures.length > MOST_TOLD) warn(`left out: ${countNoun(failures.length - MOST_TOLD, 'more file')}`);
  return outcomes.flatMap((outcome, index) => {
    const file = files[index];
    return file === undefined ? [] : [{ file, result: outcome.state === 'done' ? outcome.result : null }];
  });

  function warn(message: string): void {
    report({ type: 'note', level: 'warn', message });
  }
}
