import path from 'node:path';
import { measureReliability } from '../learn/reliability.ts';
import type { EvaluatedModel, EvaluationReport } from './evaluation-result.ts';
import type { Candidate, Trial } from './trial.ts';

type Found = Pick<EvaluationReport, 'metrics' | 'slices' | 'comparison' | 'gate' | 'seconds'>;

/** The trial as plain data. */
export function describeEvaluation(trial: Trial, found: Found): EvaluationReport {
  const { candidate, input, match, evaluation, rows, blank } = trial;
  const statistics = input.table.statistics();
  return {
    model: describeCandidate(candidate),
    data: {
      input: input.location,
      layout: input.describe(),
      sha256: statistics.sha256,
      bytes: statistics.bytes,
      rows: rows.rows,
      withoutText: blank,
      badRows: statistics.badRows,
    },
    labels: {
      scheme: match.scheme,
      mapping: { ...match.mapping },
      dropped: match.dropped.map(entry => ({ ...entry })),
    },
    perClass: evaluation.perClass.map((one, index) => ({ label: labelOf(candidate, index), ...one })),
    confusion: matrixOf(evaluation),
    calibration: calibrationOf(trial),
    ...found,
    out: null,
    files: [],
  };
}

export function describeCandidate({ model, folder, scorer }: Candidate): EvaluatedModel {
  return {
    name: model.about.name ?? nameOfFolder(folder),
    path: folder,
    version: model.about.version ?? null,
    labels: [...scorer.labels],
  };
}

/** A folder inside a model's own folder is called like all others of its kind. */
function nameOfFolder(folder: string): string {
  const name = path.basename(folder);
  return ['model', 'sparkml', 'bestModel'].includes(name) ? path.basename(path.dirname(folder)) : name;
}

function labelOf({ scorer }: Candidate, index: number): string {
  return scorer.labels[index] ?? String(index);
}

function matrixOf({ confusion, classes }: Trial['evaluation']): number[][] {
  return Array.from({ length: classes }, (_, row) =>
    Array.from(confusion.subarray(row * classes, (row + 1) * classes)),
  );
}

function calibrationOf({ rows }: Trial): EvaluationReport['calibration'] {
  if (rows.classes !== 2 || rows.probabilities === null) return null;
  const { expectedCalibrationError, brier } = measureReliability(rows.labels, rows.probabilities);
  return { expectedCalibrationError, brier };
}
