import type { Block, ReportDocument } from '../report/document.ts';
import { formatCount, formatMetric } from '../report/format.ts';
import type { EvaluationReport, ModelComparison } from './evaluation-result.ts';
import type { Slice } from './slices.ts';

/** Where the parts that only an evaluation has are put in. */
const BEFORE = 'Confusion matrix';

/** The report of a model with what an evaluation found out besides: slices, and how it does beside another model. */
export function extendDocument(document: ReportDocument, report: EvaluationReport): ReportDocument {
  const { comparison, slices, model } = report;
  const extra: Block[] = [sliceTable(slices), ...(comparison ? comparisonBlocks(report, comparison) : [])];
  const at = document.blocks.findIndex(block => block.type === 'heading' && block.text === BEFORE);
  const cut = at < 0 ? document.blocks.length : at;
  return {
    ...document,
    title: `Evaluation report: ${model.name}`,
    blocks: [...document.blocks.slice(0, cut), ...extra, ...document.blocks.slice(cut)],
  };
}

function sliceTable(slices: readonly Slice[]): Block {
  return {
    type: 'table',
    caption: 'By the length of the texts',
    columns: [
      { title: 'Texts' },
      ...['From words', 'To words', 'Rows', 'Accuracy', 'F1', 'AUC'].map(title => ({ title, numeric: true })),
    ],
    rows: slices.map(({ name, from, to, rows, accuracy, f1, auc }) => [
      name,
      formatCount(from),
      formatCount(to),
      formatCount(rows),
      formatMetric(accuracy),
      formatMetric(f1),
      formatMetric(auc),
    ]),
  };
}

function comparisonBlocks({ model, metrics }: EvaluationReport, comparison: ModelComparison): Block[] {
  const { model: rival, onlyFirst, onlySecond, pValue, better } = comparison;
  const winner = better === 'first' ? model.name : rival.name;
  const verdict =
    better === null
      ? 'The difference may well be chance'
      : `${winner} (the ${better} one) is better, and by more than chance`;
  return [
    {
      type: 'table',
      caption: 'Beside another model, on the same rows',
      columns: [
        { title: 'Model' },
        { title: 'Accuracy', numeric: true },
        { title: 'F1', numeric: true },
        { title: 'Right alone', numeric: true },
      ],
      rows: [
        [model.name, formatMetric(metrics.accuracy), formatMetric(metrics.f1), formatCount(onlyFirst)],
        [
          rival.name,
          formatMetric(comparison.metrics.accuracy),
          formatMetric(comparison.metrics.f1),
          formatCount(onlySecond),
        ],
      ],
    },
    { type: 'paragraph', content: [`${verdict} (McNemar's test, p = ${pValue.toPrecision(2)}).`] },
  ];
}
