import type { Project } from '../config/types.ts';
import { SentopsError } from '../core/errors.ts';
import type { Report } from '../core/report.ts';
import type { TrainRequest } from './request.ts';
import type { TrainReport } from './result.ts';
import { readTrainSpec, type TrainSpec } from './spec.ts';

/** The training job of a project on this machine. */
export async function runTraining(project: Project, request: TrainRequest): Promise<TrainReport> {
  const { backend } = project.config;
  if (backend !== 'local')
    throw new SentopsError('CONFIG_INVALID', `backend ${backend} cannot train yet in this version`, {
      hint: 'train on this machine: --backend local',
    });
  const spec = readTrainSpec(project, request);
  const warnings: string[] = [];
  const report = keepWarnings(request.report, warnings);
  for (const message of doubtful(spec)) report({ type: 'note', level: 'warn', message });
  const world = { ...request, report };
  const { trainModels } = await import('./train-models.ts');
  const { trainingLog } = await import('./track/start-log.ts');
  return trainModels(spec, world, warnings, trainingLog(project, spec, world));
}

/** What is allowed, and probably not what was meant. */
function doubtful({ numFeatures, models, cvFolds }: TrainSpec): string[] {
  const unsearched = cvFolds !== null && models.includes('ngram');
  return [
    ...doubtSize(numFeatures, models),
    ...(unsearched ? ['cross-validation leaves ngram as it is: it has no grid'] : []),
  ];
}

function doubtSize(numFeatures: number, models: readonly string[]): string[] {
  const isEven = Number.isInteger(Math.log2(numFeatures)) || models.every(model => model === 'ngram');
  if (isEven) return [];
  const near = 2 ** Math.round(Math.log2(numFeatures));
  return [`--num-features ${numFeatures} is no power of two: words spread unevenly over the features; ${near} is near`];
}

/** Passes everything on and remembers what has to stand in the result too. */
function keepWarnings(report: Report, warnings: string[]): Report {
  return event => {
    if (event.type === 'note' && event.level === 'warn') warnings.push(event.message);
    report(event);
  };
}
