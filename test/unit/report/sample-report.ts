import type { ClassEvaluation, Curve, Evaluation } from '../../../src/lib/learn/evaluation.ts';
import type { ComparedModel, ComparisonData, ReportData, ReportedPart } from '../../../src/lib/report/types.ts';

/** An evaluation whose numbers follow from its confusion matrix, as they do in life. */
export function evaluationOf(counts: readonly number[], auc: number | null = 0.9712): Evaluation {
  const classes = Math.sqrt(counts.length);
  const at = (row: number, column: number) => counts[row * classes + column] ?? 0;
  const numbers = Array.from({ length: classes }, (_, index) => index);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const rows = sum(counts);
  const perClass: ClassEvaluation[] = numbers.map(one => {
    const support = sum(numbers.map(other => at(one, other)));
    const predicted = sum(numbers.map(other => at(other, one)));
    const precision = predicted === 0 ? 0 : at(one, one) / predicted;
    const recall = support === 0 ? 0 : at(one, one) / support;
    const f1 = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
    return { support, predicted, precision, recall, f1, auc };
  });
  const weighted = (key: 'precision' | 'recall' | 'f1') =>
    classes === 2 ? (perClass[1]?.[key] ?? 0) : sum(perClass.map(one => (one[key] * one.support) / rows));
  return {
    rows,
    classes,
    accuracy: sum(numbers.map(one => at(one, one))) / rows,
    precision: weighted('precision'),
    recall: weighted('recall'),
    f1: weighted('f1'),
    auc,
    logLoss: auc === null ? null : 0.2104,
    confusion: Float64Array.from(counts),
    perClass,
  };
}

/** y = x^power on [0, 1]. */
function powerCurve(power: number, points = 200): Curve {
  const x = Float64Array.from({ length: points }, (_, index) => index / (points - 1));
  return { x, y: x.map(value => value ** power), area: 1 / (power + 1) };
}

function fallingCurve(power: number): Curve {
  const { x } = powerCurve(1);
  return { x, y: x.map(value => 1 - 0.5 * value ** power), area: 1 - 0.5 / (power + 1) };
}

export function samplePart(part: ReportedPart['part'], counts = [11532, 968, 902, 11598]): ReportedPart {
  const edges = Float64Array.from({ length: 41 }, (_, index) => index / 40);
  return {
    part,
    evaluation: evaluationOf(counts),
    curves: [{ label: 1, roc: powerCurve(0.03), pr: fallingCurve(9) }],
    scores: {
      score: 'Probability of positive',
      edges,
      counts: [
        edges.slice(1).map(edge => 4000 * Math.exp(-6 * edge)),
        edges.slice(1).map(edge => 4000 * Math.exp(6 * edge - 6)),
      ],
    },
    calibration: Array.from({ length: 10 }, (_, index) => ({
      rows: 400 + (index - 4.5) ** 2 * 90,
      predicted: index / 10 + 0.05,
      observed: Math.min(1, index / 10 + 0.03 + 0.03 * Math.sin(index)),
    })),
  };
}

export function sampleModels(): ComparedModel[] {
  const one = (name: string, kind: string, right: number, power: number, fitSeconds: number): ComparedModel => ({
    name,
    kind,
    part: 'test',
    evaluation: evaluationOf([right, 12500 - right, 12500 - right - 40, right + 40], 1 / (power + 1)),
    roc: powerCurve(power),
    pr: fallingCurve(0.3 / power),
    fitSeconds,
    folder: name,
    best: name === 'ngram',
  });
  return [
    one('ngram', 'ngram', 11532, 0.03, 1.24),
    one('logisticregression', 'logisticregression', 10904, 0.06, 2.31),
    one('linearsvc', 'linearsvc', 10880, 0.07, 1.87),
    one('randomforest', 'randomforest', 8932, 0.31, 75.4),
    one('naivebayes', 'naivebayes', 10210, 0.12, 0.4),
  ];
}

export function sampleReport(change: Partial<ReportData> = {}): ReportData {
  return {
    model: {
      name: 'ngram',
      kind: 'ngram',
      version: '3',
      params: { wordNgrams: 2, numFeatures: 4194304, learningRate: 0.05, characters: false },
    },
    labels: {
      names: ['negative', 'positive'],
      mapping: [
        { from: '0', to: 'negative', rows: 12500 },
        { from: '4', to: 'positive', rows: 12500 },
      ],
      dropped: [{ label: '2', rows: 139, reason: 'neutral' }],
    },
    parts: [samplePart('validation', [1150, 99, 96, 1155]), samplePart('test')],
    data: [
      {
        role: 'training',
        file: 'reviews/train.csv.zst',
        sha256: 'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3a94a8fe5ccb19ba61c4c0873',
        bytes: 26_812_345,
        rows: 25_139,
        badRows: 3,
      },
      { role: 'test', file: 'reviews/test.csv.zst', sha256: null, bytes: null, rows: 25_000, badRows: 0 },
    ],
    sizes: { train: 22_500, validation: 2500, test: 25_000 },
    run: {
      finishedAt: '2026-03-01T12:30:00Z',
      seed: 42,
      gitCommit: '1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f6a7b8c9d0e',
      environment: { sentops: '1.4.0', node: 'v24.1.0', platform: 'linux x64', cpu: '8 × Example CPU 2.4 GHz' },
    },
    gate: { metric: 'accuracy', comparison: '>=', minimum: 0.9, value: 0.9252, passed: true },
    stages: [
      'RegexTokenizer: review → words',
      'NGram 1–2',
      'HashingTF 4,194,304 columns, binary',
      'LogisticRegression',
    ],
    timings: [
      { name: 'Read and split', seconds: 0.42 },
      { name: 'Fit', seconds: 1.24 },
      { name: 'Evaluate', seconds: 0.31 },
    ],
    topFeatures: [
      {
        label: 'positive',
        features: [
          { name: 'excellent', weight: 2.4182 },
          { name: 'well worth', weight: 1.9 },
        ],
      },
      {
        label: 'negative',
        features: [
          { name: 'worst', weight: -2.81 },
          { name: 'waste of', weight: -2.5 },
        ],
      },
    ],
    mistakes: [
      {
        text: 'I expected to hate every minute of it, and for the first half I did.',
        actual: 'positive',
        predicted: 'negative',
        probability: 0.9412,
      },
      {
        text: 'Not bad at all, they said. They were wrong.',
        actual: 'negative',
        predicted: 'positive',
        probability: 0.63,
      },
    ],
    models: sampleModels(),
    ...change,
  };
}

export function sampleComparison(change: Partial<ComparisonData> = {}): ComparisonData {
  const { labels, data, sizes, run, gate, timings } = sampleReport();
  return {
    title: 'Training report: sentiment-analysis-pipeline',
    chosenBy: 'accuracy',
    models: sampleModels(),
    labels,
    data,
    sizes,
    run,
    gate,
    timings,
    ...change,
  };
}

/** A report on many classes. */
export function sampleManyClasses(classes: number): ReportData {
  const names = Array.from({ length: classes }, (_, index) => `class number ${index}`);
  const counts = Array.from({ length: classes * classes }, (_, at) => {
    const [row, column] = [Math.floor(at / classes), at % classes];
    return row === column ? 100 + 7 * row : (row * 31 + column * 17) % 11 === 0 ? (row + column) % 23 : 0;
  });
  const part: ReportedPart = {
    part: 'test',
    evaluation: evaluationOf(counts),
    curves: names.map((_, label) => ({ label, roc: powerCurve(0.05 + label / 100), pr: null })),
    scores: null,
    calibration: null,
  };
  const mapping = names.map(name => ({ from: name, to: name, rows: null }));
  return sampleReport({ labels: { names, mapping, dropped: [] }, parts: [part], models: [], gate: null });
}
