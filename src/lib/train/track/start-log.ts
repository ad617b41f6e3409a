import type { Project } from '../../config/types.ts';
import { SentopsError } from '../../core/errors.ts';
import { ensureExperiment } from '../../tracking/find-experiment.ts';
import { openTracker } from '../../tracking/open-tracker.ts';
import type { TrainRequest } from '../request.ts';
import type { TrainSpec } from '../spec.ts';
import { linger } from './linger.ts';
import { openTrainingRuns } from './training-runs.ts';
import type { OpenTrainingLog } from './types.ts';

/** How long a tracker may still be spoken to after Ctrl-C; less than the command line waits for its work. */
const GOODBYE_MS = 5000;

/** Where a project records its trainings; null where nothing is to be recorded. */
export function trainingLog(project: Project, spec: TrainSpec, request: TrainRequest): OpenTrainingLog | null {
  const { tracking } = spec;
  if (tracking === null || request.dryRun) return null;
  return async gitCommit => {
    request.signal.throwIfAborted();
    const late = linger(request.signal, GOODBYE_MS);
    try {
      const tracker = await openTracker(project, { ...request, signal: late.signal }, 'write');
      const close = async () => {
        late.dispose();
        await tracker.close();
      };
      try {
        const { experimentId, name } = await ensureExperiment(tracker, tracking.experiment);
        return await openTrainingRuns({ tracker, close, spec, request, gitCommit, experiment: { experimentId, name } });
      } catch (error) {
        await close().catch(() => {});
        throw error;
      }
    } catch (error) {
      late.dispose();
      throw sayHowToGoWithout(error);
    }
  };
}

/** Nothing is trained yet, so whoever needs the model more than the record can have it. */
function sayHowToGoWithout(error: unknown): unknown {
  if (!(error instanceof SentopsError) || error.exit >= 128) return error;
  const { code, message, hint, details, place } = error;
  return new SentopsError(code, message, {
    hint: `${hint}; or train without a record: --no-track`,
    ...(details ? { details } : {}),
    ...(place ? { place } : {}),
    cause: error,
  });
}
