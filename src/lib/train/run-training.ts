import type { Project } from '../config/types.ts';
import { SentopsError } from '../core/errors.ts';
import type { Report } from '../core/report.ts';
import type { TrainRequest } from './request.ts';
import type { TrainReport } from './result.ts';
import { readTrainSpec } from './spec.ts';

/** The training job of a project on this machine. */
export async function runTraining(project: Project, request: TrainRequest): Promise<TrainReport> {
  const { backend, mlflow } = project.config;
  if (backend !== 'local')
    throw new SentopsError('CONFIG_INVALID', `backend ${backend} cannot train yet in this version`, {
      hint: 'train on this machine: --backend local',
    });
  const spec = readTrainSpec(project, request);
  const warnings: string[] = [];
  const report = keepWarnings(request.report, warnings);
  if (mlflow.trackingUri)
    report({
      type: 'note',
      level: 'warn',
      message: `the run is not recorded in ${mlflow.trackingUri}: tracking is not part of this version`,
    });
  const { trainModels } = await import('./train-models.ts');
  return trainModels(spec, { ...request, report }, warnings);
}

/** Passes everything on and remembers what has to stand in the result too. */
function keepWarnings(report: Report, warnings: string[]): Report {
  return event => {
    if (event.type === 'note' && event.level === 'warn') warnings.push(event.message);
    report(event);
  };
}
