import { compileClassifier } from '../../../../../src/lib/model/compile/compile-classifier.ts';
import { mathOf } from '../../../../../src/lib/model/compile/hotspot-math.ts';
import type { SparseView } from '../../../../../src/lib/model/compile/types.ts';
import type { ClassifierStage } from '../../../../../src/lib/model/stages.ts';

export const math = mathOf('hotspot-x64');

export function viewOf(row: readonly (readonly [number, number])[]): SparseView {
  return {
    count: row.length,
    // What lies behind the last entry must not be read.
    indices: Int32Array.from([...row.map(([index]) => index), 0, 0]),
    values: Float64Array.from([...row.map(([, value]) => value), 1e9, Number.NaN]),
  };
}

/** Scores rows one after the other with one classifier, into the middle of arrays whose other places must stay. */
export function createRunner(stage: ClassifierStage) {
  const classifier = compileClassifier(stage, math);
  const { classes } = classifier;
  return (row: readonly (readonly [number, number])[]) => {
    const raw = new Float64Array(classes + 3).fill(77);
    const probabilities = new Float64Array(classes + 3).fill(88);
    const prediction = classifier.classify(viewOf(row), raw, probabilities, 2);
    const isKept = [0, 1, classes + 2].every(at => raw[at] === 77 && probabilities[at] === 88);
    if (!isKept) throw new Error('wrote beyond its place');
    return {
      prediction,
      raw: [...raw.subarray(2, 2 + classes)],
      probabilities: classifier.hasProbabilities ? [...probabilities.subarray(2, 2 + classes)] : null,
    };
  };
}

export function run(stage: ClassifierStage, row: readonly (readonly [number, number])[]) {
  return createRunner(stage)(row);
}
