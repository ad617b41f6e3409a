import type { Classifier, LabelledRows, SparseRows, Trainer } from 'sentops/plugin';

/** Nearest centroid: a row belongs to the class whose mean vector is most like it. */
export default function createTrainer(): Trainer {
  return {
    params: {},
    fit: async rows => toClassifier(meansOf(rows), rows),
  };
}

function meansOf({ features, labels, classes }: LabelledRows): Float64Array {
  const sums = new Float64Array(classes * features.columns);
  const counts = new Float64Array(classes);
  for (const [row, label] of labels.entries()) {
    counts[label] = (counts[label] ?? 0) + 1;
    forEachEntry(features, row, (column, value) => {
      const cell = label * features.columns + column;
      sums[cell] = (sums[cell] ?? 0) + value;
    });
  }
  return sums.map((sum, cell) => sum / (counts[Math.floor(cell / features.columns)] || 1));
}

function toClassifier(means: Float64Array, { classes, features }: LabelledRows): Classifier {
  return {
    stage: { type: '{{name}}', params: {}, arrays: { means } },
    probabilistic: false,
    predict(rows) {
      const scores = new Float64Array((rows.starts.length - 1) * classes);
      return scores.map((_, cell) => {
        const offset = (cell % classes) * features.columns;
        let score = 0;
        forEachEntry(rows, Math.floor(cell / classes), (column, value) => {
          score += value * (means[offset + column] ?? 0);
        });
        return score;
      });
    },
  };
}

function forEachEntry(rows: SparseRows, row: number, visit: (column: number, value: number) => void): void {
  for (let entry = rows.starts[row] ?? 0; entry < (rows.starts[row + 1] ?? 0); entry++) {
    visit(rows.indices[entry] ?? 0, rows.values[entry] ?? 0);
  }
}
