import fs from 'node:fs';
import path from 'node:path';
import { writeFileAtomic, writeFilesAtomic } from '../core/atomic.ts';
import { replaceFolders } from '../core/replace-folder.ts';
import { VERSION } from '../core/version.ts';
import { shortName } from '../data/open-input.ts';
import { saveModel } from '../model/save.ts';
import type { FittedModel } from '../model/types.ts';
import { buildComparisonFiles, buildReportFiles } from '../report/build-report-files.ts';
import { chooseBest, describeBest, type Judged, judgeGate, type Learned, pickMetrics } from './judge-models.ts';
import { compareModels, describeRun, reportComparison, reportModel } from './report-data.ts';
import type { TrainRequest } from './request.ts';
import type { TrainedModel, TrainReport } from './result.ts';
import type { TrainSpec } from './spec.ts';
import type { TrainingLog } from './track/types.ts';
import { withRuns } from './track/with-runs.ts';

interface WriteRequest {
  readonly spec: TrainSpec;
  readonly request: TrainRequest;
  readonly facts: Pick<
    TrainReport,
    'dryRun' | 'layout' | 'seed' | 'gitCommit' | 'environment' | 'output' | 'labels' | 'data' | 'warnings'
  >;
  readonly learned: Learned;
  readonly started: number;
  /** Null where the run is not recorded. */
  readonly log: TrainingLog | null;
}

/**
 * Writes each model with its report into a folder of its own and the best one once more by itself, all of them or none,
 * and training.json at the end: while that file is the old one, the run has not ended.
 */
export async function writeModels(write: WriteRequest): Promise<TrainReport> {
  const { spec, request, facts, learned, started } = write;
  const finishedAt = new Date().toISOString();
  const best = chooseBest(learned.judged, spec.select);
  const gate = judgeGate(best, spec.gate);
  const run = describeRun({ spec, main: learned.main, test: learned.test, gitCommit: facts.gitCommit, finishedAt });
  const compared = compareModels(learned.judged, best);
  request.report({ type: 'step', id: 'write', label: 'write models', state: 'start' });
  const bestName = `best-model-${best.fitted.name}`;
  await replaceFolders(spec.output, async staged => {
    for (const judged of learned.judged) {
      request.signal.throwIfAborted();
      const folder = path.join(staged, judged.fitted.name);
      const files = await buildReportFiles(reportModel(judged, run, compared, judged === best ? gate : null));
      await saveModel(assemble(judged, write, finishedAt), path.join(folder, 'model'), { signal: request.signal });
      await writeFilesAtomic(folder, files, { signal: request.signal });
    }
    await copyFolder(path.join(staged, best.fitted.name, 'model'), path.join(staged, bestName));
    request.signal.throwIfAborted();
    return [...learned.judged.map(({ fitted }) => fitted.name), bestName];
  });
  removeFormerBest(spec.output, bestName);
  const models = learned.judged.map(judged =>
    describeModel(judged, path.join(spec.output, judged.fitted.name), spec.cvFolds),
  );
  const bestFolder = path.join(spec.output, bestName);
  const comparison = await buildComparisonFiles(reportComparison(run, compared, spec.select.metric, gate));
  await writeFilesAtomic(spec.output, comparison, { signal: request.signal });
  const report: TrainReport = {
    ...facts,
    tracking: null,
    models,
    best: describeBest(best, spec.select, bestFolder),
    gate,
    report: path.join(spec.output, 'report.html'),
    seconds: (performance.now() - started) / 1000,
  };
  const told = writeTrainingJson(withRuns(report, write.log));
  request.report({ type: 'step', id: 'write', label: 'write models', state: 'done' });
  return told;
}

/** The record of a run, as the command prints it. */
export function writeTrainingJson(report: TrainReport): TrainReport {
  writeFileAtomic(
    path.join(report.output, 'training.json'),
    `${JSON.stringify({ schemaVersion: 1, ...report }, null, 2)}\n`,
  );
  return report;
}

function assemble({ fitted }: Judged, { spec, facts, learned }: WriteRequest, createdAt: string): FittedModel {
  const { main } = learned;
  const { sha256, rows } = main.input.table.statistics();
  return {
    stages: fitted.stages,
    labels: main.mapping.classes,
    about: {
      name: fitted.name,
      createdAt,
      writtenBy: `sentops ${VERSION}`,
      ...(facts.labels ? { labelMapping: facts.labels.mapping } : {}),
      data: { sha256, rows, file: shortName(main.input.location) },
      seed: spec.seed,
      ...(facts.gitCommit === null ? {} : { gitCommit: facts.gitCommit }),
    },
    ...(fitted.calibration ? { calibration: fitted.calibration } : {}),
  };
}

function describeSearch({ search }: Judged['fitted'], folds: number | null): TrainedModel['search'] {
  if (!search || folds === null) return null;
  return { folds, points: search.map(({ params, metric }) => ({ params: { ...params }, accuracy: metric })) };
}

function describeModel(
  { fitted, testEvaluation, validationEvaluation }: Judged,
  folder: string,
  folds: number | null,
): TrainedModel {
  return {
    name: fitted.name,
    runId: null,
    registered: null,
    metrics: pickMetrics(testEvaluation),
    validation: validationEvaluation && pickMetrics(validationEvaluation),
    params: { ...fitted.params },
    search: describeSearch(fitted, folds),
    path: folder,
    seconds: fitted.seconds,
  };
}

/** The file system shares the bytes where it can. */
async function copyFolder(from: string, to: string): Promise<void> {
  await fs.promises.cp(from, to, { recursive: true, mode: fs.constants.COPYFILE_FICLONE });
}

/** The best model of the run before, where it was another kind: there is one best model. */
function removeFormerBest(output: string, bestName: string): void {
  try {
    const former = JSON.parse(fs.readFileSync(path.join(output, 'training.json'), 'utf8')) as TrainReport;
    const name = path.basename(former.best?.path ?? '');
    if (name.startsWith('best-model-') && name !== bestName)
      fs.rmSync(path.join(output, name), { recursive: true, force: true });
  } catch {
    // There was no run before, or its record cannot be read: what is there stays.
  }
}
