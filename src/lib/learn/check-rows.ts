import type { LabelledRows } from './types.ts';

/** Throws where rows cannot be learned from: shapes that do not fit, values that are no numbers, one class only. */
export function checkRows(trainer: string, { features, labels, classes, weights }: LabelledRows): void {
  const rows = features.starts.length - 1;
  if (rows !== labels.length) throw new RangeError(`${trainer}: ${rows} rows but ${labels.length} labels`);
  if (weights && weights.length !== rows) {
    throw new RangeError(`${trainer}: ${rows} rows but ${weights.length} weights`);
  }
  if (rows === 0) throw new RangeError(`${trainer}: there are no rows to learn from`);
  if (features.columns < 1) throw new RangeError(`${trainer}: the rows have no columns`);
  checkLabels(trainer, labels, classes);
  const end = features.starts[rows] as number;
  for (let entry = 0; entry < end; entry++) {
    if (!Number.isFinite(features.values[entry])) {
      throw new RangeError(`${trainer}: a feature value is ${features.values[entry]} (entry ${entry})`);
    }
  }
  const bad = weights?.findIndex(weight => !(weight >= 0 && weight < Number.POSITIVE_INFINITY)) ?? -1;
  if (bad !== -1) throw new RangeError(`${trainer}: the weight of row ${bad} is ${weights?.[bad]}`);
}

function checkLabels(trainer: string, labels: Int32Array, classes: number): void {
  const seen = new Set<number>();
  for (const label of labels) {
    if (label < 0 || label >= classes) {
      throw new RangeError(`${trainer}: a row has class ${label}, but there are ${classes} classes`);
    }
    seen.add(label);
  }
  if (seen.size < 2) {
    throw new RangeError(`${trainer}: all ${labels.length} rows are of one class; learning needs at least two`);
  }
}
