import type { TrainReport } from '../result.ts';
import type { TrainingLog } from './types.ts';

/** The report with what is known of its runs and versions; as it is where nothing is recorded. */
export function withRuns(report: TrainReport, log: TrainingLog | null): TrainReport {
  if (log === null) return report;
  const { models, best } = report;
  const runOf = (name: string, as: 'itself' | 'best') => ({
    runId: log.runIdOf(name),
    registered: log.registered(name, as),
  });
  return {
    ...report,
    models: models.map(model => ({ ...model, ...runOf(model.name, 'itself') })),
    best: best && { ...best, ...runOf(best.name, 'best') },
    tracking: log.tracking,
  };
}
