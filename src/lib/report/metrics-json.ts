import type { Evaluation } from '../learn/evaluation.ts';
import { mainPart } from './main-part.ts';
import type { ReportData } from './types.ts';

/**
 * The numbers of a model as JSON, unrounded: those of the main part under their plain names, those of each part under
 * `<part>_<name>`, then per class. The order of the keys never changes; a number that does not exist is null.
 */
export function renderMetricsJson(data: ReportData): string {
  const main = mainPart(data);
  const flat: Record<string, number | string | null> = { part: main.part, ...numbersOf(main.evaluation) };
  for (const { part, evaluation } of data.parts) {
    for (const [name, value] of Object.entries(numbersOf(evaluation))) flat[`${part}_${name}`] = value;
  }
  for (const { name, seconds } of data.timings) flat[`seconds_${keyOf(name)}`] = finite(seconds);
  const { classes, confusion, perClass } = main.evaluation;
  const result = {
    ...flat,
    labels: data.labels.names,
    confusion_matrix: Array.from({ length: classes }, (_, row) =>
      Array.from(confusion.subarray(row * classes, (row + 1) * classes)),
    ),
    per_class: perClass.map((one, index) => ({
      label: data.labels.names[index] ?? String(index),
      support: one.support,
      predicted: one.predicted,
      precision: finite(one.precision),
      recall: finite(one.recall),
      f1: finite(one.f1),
      auc: finite(one.auc),
    })),
  };
  return `${JSON.stringify(result, null, 2)}\n`;
}

function numbersOf(evaluation: Evaluation): Record<string, number | null> {
  return {
    rows: evaluation.rows,
    classes: evaluation.classes,
    accuracy: finite(evaluation.accuracy),
    auc: finite(evaluation.auc),
    f1: finite(evaluation.f1),
    precision: finite(evaluation.precision),
    recall: finite(evaluation.recall),
    log_loss: finite(evaluation.logLoss),
  };
}

function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

function keyOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_');
}
