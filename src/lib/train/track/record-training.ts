import { SentopsError } from '../../core/errors.ts';
import { quoteWord } from '../../core/shell-word.ts';
import { chooseBest, type Learned } from '../judge-models.ts';
import type { TrainRequest } from '../request.ts';
import type { TrackingReport, TrainReport } from '../result.ts';
import type { TrainSpec } from '../spec.ts';
import type { TrainingLog } from './types.ts';
import { withRuns } from './with-runs.ts';

interface Training {
  readonly spec: TrainSpec;
  readonly request: TrainRequest;
  readonly learned: Learned;
  /** What was written. */
  readonly report: TrainReport;
}

const STEP = { type: 'step', id: 'record', label: 'record the runs' } as const;

/**
 * Records a training whose models are on the disk. They are the dear part: when they cannot be recorded, the report says
 * so instead of nothing being told of them at all.
 */
export async function recordTraining(log: TrainingLog, training: Training): Promise<TrainReport> {
  const { spec, request, learned, report } = training;
  request.report({ ...STEP, state: 'start' });
  try {
    await log.record({ learned, best: chooseBest(learned.judged, spec.select), report });
  } catch (error) {
    request.signal.throwIfAborted();
    request.report({ ...STEP, state: 'fail' });
    return withFailure(withRuns(report, log), describeFailure(error, spec, report));
  }
  request.report({ ...STEP, state: 'done' });
  return withRuns(report, log);
}

function withFailure(report: TrainReport, failure: TrackingReport['failure']): TrainReport {
  return { ...report, tracking: report.tracking && { ...report.tracking, failure } };
}

function describeFailure(error: unknown, spec: TrainSpec, { best, tracking }: TrainReport): TrackingReport['failure'] {
  const name = spec.tracking?.best ?? spec.tracking?.prefix ?? null;
  // A server may have been named on the command line, where the next command does not find it.
  const server = /^https?:/.test(tracking?.uri ?? '') ? ['--mlflow-uri', quoteWord(tracking?.uri ?? '')] : [];
  const command = [
    'sentops model register',
    quoteWord(name ?? ''),
    '--model-path',
    quoteWord(best?.path ?? ''),
    ...server,
  ];
  const later = name === null || best === null ? [] : [`register the best one later with: ${command.join(' ')}`];
  const known = error instanceof SentopsError ? error : null;
  return {
    code: known?.code ?? 'UNEXPECTED',
    message: `the models are written, but not all of the run is recorded: ${error instanceof Error ? error.message : String(error)}`,
    hint: [...(known?.hint ? [known.hint] : []), ...later].join('; '),
  };
}
