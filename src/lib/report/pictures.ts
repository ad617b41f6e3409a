import type { Curve } from '../learn/evaluation.ts';
import { buildConfusionMatrix } from '../plot/charts/confusion-matrix.ts';
import { buildPrChart, buildRocChart, type NamedCurve } from '../plot/charts/curves.ts';
import { buildHistogram } from '../plot/charts/histogram.ts';
import { buildReliabilityChart } from '../plot/charts/reliability.ts';
import type { Figure } from './document.ts';
import { formatCount } from './format.ts';
import { mainPart } from './main-part.ts';
import type { ComparisonData, ReportData, ReportedPart } from './types.ts';

/** More curves than this in one picture cannot be told apart. */
const MOST_CURVES = 8;

/** The figures of a model's report, in their order; what has no data is left out. */
export function drawFigures(data: ReportData): Figure[] {
  const part = mainPart(data);
  const name = data.model.name;
  const where = `${part.part}, ${formatCount(part.evaluation.rows)} rows`;
  const figures: Figure[] = [
    {
      type: 'figure',
      id: 'confusion-matrix',
      file: 'confusion_matrix.png',
      caption:
        'Rows are the actual classes, columns the predicted ones; colours and percentages are shares of the row.',
      drawing: buildConfusionMatrix({
        title: `${name}: confusion matrix (${where})`,
        labels: data.labels.names,
        counts: part.evaluation.confusion,
      }),
    },
    ...curveFigures(data, part, where),
  ];
  if (part.calibration !== null) {
    figures.push({
      type: 'figure',
      id: 'calibration',
      file: 'calibration.png',
      caption: 'How often a row is positive where the model gives it some probability. On the diagonal the two agree.',
      drawing: buildReliabilityChart({
        title: `${name}: calibration (${where})`,
        series: [{ name, bins: part.calibration }],
      }),
    });
  }
  return figures;
}

/** In the HTML report only: it repeats what the curves say, for those who think in scores. */
export function drawScores(data: ReportData): Figure | null {
  const part = mainPart(data);
  const { scores } = part;
  if (scores === null) return null;
  const series = scores.counts.map((counts, label) => ({ name: data.labels.names[label] ?? String(label), counts }));
  return {
    type: 'figure',
    id: 'scores',
    file: null,
    caption: 'How the scores of the rows of each class spread. The less the areas overlap, the better.',
    drawing: buildHistogram({
      title: `${data.model.name}: scores by actual class (${part.part})`,
      xLabel: scores.score,
      edges: scores.edges,
      series: series.slice(0, MOST_CURVES),
    }),
  };
}

function curveFigures(data: ReportData, part: ReportedPart, where: string): Figure[] {
  const name = data.model.name;
  const roc = pickCurves(data, part, curves => curves.roc);
  const pr = pickCurves(data, part, curves => curves.pr);
  const { perClass, rows, classes } = part.evaluation;
  const shown = classes > 2 ? ' Each class against the others; of many classes those with most rows.' : '';
  const figures: Figure[] = [];
  if (roc.length > 0) {
    figures.push({
      type: 'figure',
      id: 'roc',
      file: 'roc.png',
      caption: `True positive rate against false positive rate over all thresholds.${shown}`,
      drawing: buildRocChart({ title: `${name}: ROC curve (${where})`, curves: roc }),
    });
  }
  if (pr.length > 0) {
    const baseRate = classes === 2 && rows > 0 ? (perClass[1]?.support ?? 0) / rows : null;
    figures.push({
      type: 'figure',
      id: 'pr',
      file: 'pr.png',
      caption: `Precision against recall over all thresholds.${shown}`,
      drawing: buildPrChart({ title: `${name}: precision and recall (${where})`, curves: pr, baseRate }),
    });
  }
  return figures;
}

function pickCurves(
  data: ReportData,
  part: ReportedPart,
  pick: (curves: ReportedPart['curves'][number]) => Curve | null,
): NamedCurve[] {
  const support = (label: number) => part.evaluation.perClass[label]?.support ?? 0;
  const found = part.curves.flatMap(curves => {
    const curve = pick(curves);
    return curve === null ? [] : [{ label: curves.label, curve }];
  });
  const largest = found.toSorted((a, b) => support(b.label) - support(a.label) || a.label - b.label);
  return largest
    .slice(0, MOST_CURVES)
    .toSorted((a, b) => a.label - b.label)
    .map(({ label, curve }) => ({
      name: part.evaluation.classes === 2 ? data.model.name : (data.labels.names[label] ?? String(label)),
      curve,
    }));
}

/** The ROC and precision-recall curves of all models of a run in one picture each. */
export function drawComparison(data: ComparisonData): Figure[] {
  const roc = data.models.flatMap(({ name, roc: curve }) => (curve === null ? [] : [{ name, curve }]));
  const pr = data.models.flatMap(({ name, pr: curve }) => (curve === null ? [] : [{ name, curve }]));
  const first = data.models[0]?.evaluation;
  const figures: Figure[] = [];
  if (roc.length > 0) {
    figures.push({
      type: 'figure',
      id: 'roc',
      file: 'roc.png',
      caption: 'True positive rate against false positive rate over all thresholds.',
      drawing: buildRocChart({ title: 'ROC curves', curves: roc }),
    });
  }
  if (pr.length > 0) {
    const baseRate =
      first && first.classes === 2 && first.rows > 0 ? (first.perClass[1]?.support ?? 0) / first.rows : null;
    figures.push({
      type: 'figure',
      id: 'pr',
      file: 'pr.png',
      caption: 'Precision against recall over all thresholds.',
      drawing: buildPrChart({ title: 'Precision and recall', curves: pr, baseRate }),
    });
  }
  return figures;
}
