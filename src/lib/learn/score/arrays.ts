import type { FittedStage } from '../types.ts';

/** Reads of a fitted stage, each with a clear error where the stage does not hold what its type promises. */
export function numberOf(stage: FittedStage, name: string): number {
  const value = stage.params[name];
  if (typeof value !== 'number') throw new RangeError(`a fitted ${stage.type} lacks the number ${name}`);
  return value;
}

export function doublesOf(stage: FittedStage, name: string): Float64Array {
  const array = stage.arrays[name];
  if (!(array instanceof Float64Array)) throw new RangeError(`a fitted ${stage.type} lacks the numbers ${name}`);
  return array;
}

export function integersOf(stage: FittedStage, name: string): Int32Array {
  const array = stage.arrays[name];
  if (!(array instanceof Int32Array)) throw new RangeError(`a fitted ${stage.type} lacks the integers ${name}`);
  return array;
}

/** The first of the largest numbers. */
export function argmax(values: Float64Array, from: number, count: number): number {
  let best = 0;
  for (let index = 1; index < count; index++) {
    if ((values[from + index] as number) > (values[from + best] as number)) best = index;
  }
  return best;
}

export function argmaxOfRows(values: Float64Array, classes: number): Int32Array {
  return Int32Array.from({ length: values.length / classes }, (_, row) => argmax(values, row * classes, classes));
}

/** Each row of logarithms (up to a constant of the row) as probabilities. */
export function softmaxOfRows(raw: Float64Array, classes: number): Float64Array {
  const result = new Float64Array(raw.length);
  for (let from = 0; from < raw.length; from += classes) {
    const largest = raw[from + argmax(raw, from, classes)] as number;
    let sum = 0;
    for (let at = from; at < from + classes; at++) {
      result[at] = Math.exp((raw[at] as number) - largest);
      sum += result[at] as number;
    }
    for (let at = from; at < from + classes; at++) result[at] = (result[at] as number) / sum;
  }
  return result;
}
