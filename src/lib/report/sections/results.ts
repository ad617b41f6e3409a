import type { Block, Callout, Inline, Table, Tiles } from '../document.ts';
import { formatCount, formatMetric, formatSeconds, formatShare, NONE } from '../format.ts';
import { mainPart } from '../main-part.ts';
import type { ComparedModel, ReportData, ReportedGate } from '../types.ts';

/** Larger confusion matrices are given as their largest mix-ups. */
const MOST_MATRIX_CLASSES = 10;
const MOST_MIX_UPS = 20;
const MOST_CLASS_ROWS = 100;

const BOUNDS = { '>': 'more than', '>=': 'at least', '<': 'less than', '<=': 'at most' } as const;

export function gateCallout(gate: ReportedGate): Callout {
  const value = formatMetric(gate.value);
  const wanted = `${BOUNDS[gate.comparison]} ${formatMetric(gate.minimum)} was asked for.`;
  return gate.passed
    ? {
        type: 'callout',
        tone: 'good',
        content: [{ strong: 'Gate met:' }, ` ${gate.metric} ${value}, ${wanted}`],
      }
    : {
        type: 'callout',
        tone: 'bad',
        content: [{ strong: 'Gate not met:' }, ` ${gate.metric} ${value}, but ${wanted}`],
      };
}

export function metricTiles(data: ReportData): Tiles {
  const { part, evaluation } = mainPart(data);
  return {
    type: 'tiles',
    caption: `On the ${part} rows`,
    items: [
      { name: 'Accuracy', value: formatMetric(evaluation.accuracy) },
      { name: 'AUC', value: formatMetric(evaluation.auc) },
      { name: 'F1', value: formatMetric(evaluation.f1) },
      { name: 'Precision', value: formatMetric(evaluation.precision) },
      { name: 'Recall', value: formatMetric(evaluation.recall) },
    ],
  };
}

export function partsTable(data: ReportData): Block[] {
  const table: Table = {
    type: 'table',
    caption: 'Metrics of each part of the data',
    columns: [
      { title: 'Part' },
      ...['Rows', 'Accuracy', 'AUC', 'F1', 'Precision', 'Recall', 'Log loss'].map(title => ({ title, numeric: true })),
    ],
    rows: data.parts.map(({ part, evaluation }) => [
      part,
      formatCount(evaluation.rows),
      formatMetric(evaluation.accuracy),
      formatMetric(evaluation.auc),
      formatMetric(evaluation.f1),
      formatMetric(evaluation.precision),
      formatMetric(evaluation.recall),
      formatMetric(evaluation.logLoss),
    ]),
  };
  const positive = data.labels.names[1] ?? '1';
  const meaning =
    data.labels.names.length === 2
      ? ['Precision, recall, F1 and AUC are those of the class ', { strong: positive }, '.']
      : [
          'Precision, recall and F1 are means over the classes weighted by their rows; AUC is the mean of each class against the others.',
        ];
  return [table, { type: 'paragraph', content: meaning }];
}

export function classTable(data: ReportData): Block[] {
  const { part, evaluation } = mainPart(data);
  const order = [...evaluation.perClass.entries()];
  const shown =
    order.length <= MOST_CLASS_ROWS
      ? order
      : order.toSorted(([, a], [, b]) => b.support - a.support).slice(0, MOST_CLASS_ROWS);
  const blocks: Block[] = [
    {
      type: 'table',
      caption: `Metrics of each class (${part})`,
      columns: [
        { title: 'Class' },
        ...['Rows', 'Predicted', 'Precision', 'Recall', 'F1', 'AUC'].map(title => ({ title, numeric: true })),
      ],
      rows: shown.map(([index, one]) => [
        data.labels.names[index] ?? String(index),
        formatCount(one.support),
        formatCount(one.predicted),
        formatMetric(one.precision),
        formatMetric(one.recall),
        formatMetric(one.f1),
        formatMetric(one.auc),
      ]),
    },
  ];
  if (shown.length < order.length) {
    const content = [
      `The ${MOST_CLASS_ROWS} classes with most rows of ${formatCount(order.length)}; metrics.json has all.`,
    ];
    blocks.push({ type: 'paragraph', content });
  }
  return blocks;
}

/** The numbers behind the picture. */
export function confusionTable(data: ReportData): Table {
  const { part, evaluation } = mainPart(data);
  return evaluation.classes <= MOST_MATRIX_CLASSES ? matrixTable(data, part) : mixUpTable(data, part);
}

function matrixTable(data: ReportData, part: string): Table {
  const { confusion, classes } = mainPart(data).evaluation;
  const names = data.labels.names;
  return {
    type: 'table',
    caption: `Confusion matrix (${part})`,
    columns: [{ title: 'Actual' }, ...names.map(name => ({ title: `as ${name}`, numeric: true }))],
    rows: names.map((name, row) => [
      name,
      ...names.map((_, column) => formatCount(confusion[row * classes + column] ?? 0)),
    ]),
  };
}

function mixUpTable(data: ReportData, part: string): Table {
  const { confusion, classes, perClass } = mainPart(data).evaluation;
  const mixUps: { row: number; column: number; count: number }[] = [];
  for (let row = 0; row < classes; row += 1) {
    for (let column = 0; column < classes; column += 1) {
      const count = confusion[row * classes + column] ?? 0;
      if (row !== column && count > 0) mixUps.push({ row, column, count });
    }
  }
  mixUps.sort((a, b) => b.count - a.count || a.row - b.row || a.column - b.column);
  const name = (index: number) => data.labels.names[index] ?? String(index);
  return {
    type: 'table',
    caption: `Largest mix-ups (${part})`,
    columns: [
      { title: 'Actual' },
      { title: 'Predicted' },
      { title: 'Rows', numeric: true },
      { title: 'Share of the actual class', numeric: true },
    ],
    rows: mixUps
      .slice(0, MOST_MIX_UPS)
      .map(({ row, column, count }) => [
        name(row),
        name(column),
        formatCount(count),
        formatShare(count, perClass[row]?.support ?? 0),
      ]),
  };
}

/** Models side by side; `linked` where their reports lie below the page. */
export function modelsTable(models: readonly ComparedModel[], linked: boolean): Table {
  const best = models.findIndex(model => model.best);
  return {
    type: 'table',
    caption: `Models of this run (${models[0]?.part ?? NONE} rows)`,
    columns: [
      { title: 'Model' },
      { title: 'Algorithm' },
      ...['Accuracy', 'AUC', 'F1', 'Precision', 'Recall', 'Log loss', 'Fit'].map(title => ({ title, numeric: true })),
      { title: 'Best' },
    ],
    rows: models.map(model => [
      nameOf(model, linked),
      model.kind,
      formatMetric(model.evaluation.accuracy),
      formatMetric(model.evaluation.auc),
      formatMetric(model.evaluation.f1),
      formatMetric(model.evaluation.precision),
      formatMetric(model.evaluation.recall),
      formatMetric(model.evaluation.logLoss),
      formatSeconds(model.fitSeconds),
      model.best ? { strong: 'best' } : '',
    ]),
    ...(best >= 0 && { marked: best }),
  };
}

function nameOf(model: ComparedModel, linked: boolean): Inline {
  return linked ? { folder: model.folder, text: model.name } : model.name;
}
