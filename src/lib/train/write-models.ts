import path from 'node:path';
import { writeFileAtomic, writeFilesAtomic } from '../core/atomic.ts';
import { replaceFolder } from '../core/replace-folder.ts';
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

interface WriteRequest {
  readonly spec: TrainSpec;
  readonly request: TrainRequest;
  readonly facts: Pick<
    TrainReport,
    'dryRun' | 'layout' | 'seed' | 'gitCommit' | 'environment' | 'output' | 'labels' | 'data' | 'warnings'
  >;
  readonly learned: Learned;
  readonly started: number;
}

/**
 * Writes each model with its report into a folder of its own, the best one once more by itself, and training.json at
 * the end: while that file is the old one, the run has not ended.
 */
export async function writeModels(write: WriteRequest): Promise<TrainReport> {
  const { spec, request, facts, learned, started } = write;
  const finishedAt = new Date().toISOString();
  const best = chooseBest(learned.judged, spec.select);
  const gate = judgeGate(best, spec.gate);
  const run = describeRun({ spec, main: learned.main, test: learned.test, gitCommit: facts.gitCommit, finishedAt });
  const compared = compareModels(learned.judged, best);
  request.report({ type: 'step', id: 'write', label: 'write models', state: 'start' });
  const models: TrainedModel[] = [];
  for (const judged of learned.judged) {
    const { name } = judged.fitted;
    const folder = path.join(spec.output, name);
    const model = assemble(judged, write, finishedAt);
    const files = await buildReportFiles(reportModel(judged, run, compared, judged === best ? gate : null));
    await replaceFolder(folder, async staged => {
      await saveModel(model, path.join(staged, 'model'), { signal: request.signal });
      await writeFilesAtomic(staged, files, { signal: request.signal });
    });
    models.push(describeModel(judged, folder));
  }
  const bestFolder = path.join(spec.output, `best-model-${best.fitted.name}`);
  await replaceFolder(bestFolder, staged => copyFolder(path.join(spec.output, best.fitted.name, 'model'), staged));
  const comparison = await buildComparisonFiles(reportComparison(run, compared, spec.select.metric, gate));
  await writeFilesAtomic(spec.output, comparison, { signal: request.signal });
  const report: TrainReport = {
    ...facts,
    models,
    best: describeBest(best, spec.select, bestFolder),
    gate,
    report: path.join(spec.output, 'report.html'),
    seconds: (performance.now() - started) / 1000,
  };
  writeFileAtomic(
    path.join(spec.output, 'training.json'),
    `${JSON.stringify({ schemaVersion: 1, ...report }, null, 2)}\n`,
  );
  request.report({ type: 'step', id: 'write', label: 'write models', state: 'done' });
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

function describeModel({ fitted, testEvaluation, validationEvaluation }: Judged, folder: string): TrainedModel {
  return {
    name: fitted.name,
    metrics: pickMetrics(testEvaluation),
    validation: validationEvaluation && pickMetrics(validationEvaluation),
    params: { ...fitted.params },
    path: folder,
    seconds: fitted.seconds,
  };
}

async function copyFolder(from: string, to: string): Promise<void> {
  const { cp } = await import('node:fs/promises');
  await cp(from, to, { recursive: true });
}
