import { groupDigits } from '../../lib/core/group-digits.ts';
import type { EvaluationReport, ModelComparison } from '../../lib/score/evaluation-result.ts';
import type { View } from '../output/view.ts';

const METRICS = ['accuracy', 'auc', 'f1', 'precision', 'recall', 'logLoss'] as const;

/** How a model did, for a person. */
export function renderEvaluation(result: EvaluationReport, view: View): void {
  const { model, data, labels, metrics } = result;
  view.facts({
    model: `${model.name} in ${model.path}`,
    data: `${data.input}: ${rowsOf(data.rows)} (${data.layout})`,
    labels: `${describeMapping(labels.mapping)} (${labels.scheme})`,
  });
  for (const line of lossesOf(result)) view.line(`${view.style.warn()} ${line}`);
  view.line();
  view.table(
    [metrics],
    METRICS.map(metric => ({ title: metric, value: row => number(row[metric]), align: 'right' as const })),
  );
  view.heading('Classes');
  view.table(result.perClass, [
    { title: 'class', value: row => row.label },
    { title: 'rows', value: row => row.support, align: 'right' },
    { title: 'predicted', value: row => row.predicted, align: 'right' },
    { title: 'precision', value: row => number(row.precision), align: 'right' },
    { title: 'recall', value: row => number(row.recall), align: 'right' },
    { title: 'f1', value: row => number(row.f1), align: 'right' },
  ]);
  view.heading('By length');
  view.table(result.slices, [
    { title: 'texts', value: row => row.name },
    { title: 'words', value: row => `${row.from}–${row.to}`, align: 'right' },
    { title: 'rows', value: row => row.rows, align: 'right' },
    { title: 'accuracy', value: row => number(row.accuracy), align: 'right' },
    { title: 'f1', value: row => number(row.f1), align: 'right' },
    { title: 'auc', value: row => number(row.auc), align: 'right' },
  ]);
  if (result.comparison) renderComparison(result.model.name, result.metrics.accuracy, result.comparison, view);
  if (result.out !== null) {
    view.line();
    view.line(`${view.style.ok()} Report in ${result.out}`);
  }
}

function renderComparison(name: string, accuracy: number, comparison: ModelComparison, view: View): void {
  const { model, metrics, onlyFirst, onlySecond, pValue, better } = comparison;
  view.heading(`Beside ${model.name} in ${model.path}`);
  view.facts({
    accuracy: `${number(accuracy)} beside ${number(metrics.accuracy)}`,
    'right alone': `${count(onlyFirst)} and ${count(onlySecond)} rows`,
    'p (McNemar)': pValue < 1e-4 ? pValue.toExponential(1) : pValue.toFixed(4),
  });
  const winner = better === 'first' ? name : model.name;
  view.line(
    better === null
      ? 'The difference may well be chance.'
      : `${view.style.ok()} ${winner === name && name === model.name ? `The ${better} one` : winner} is better, and by more than chance.`,
  );
}

function lossesOf({ data, labels }: EvaluationReport): string[] {
  return [
    ...labels.dropped.map(
      ({ value, rows, why }) =>
        `${rowsOf(rows)} ${value === '' ? '' : `labelled ${JSON.stringify(value)} `}${rows === 1 ? 'was' : 'were'} left out: ${why}`,
    ),
    ...(data.withoutText > 0
      ? [`${rowsOf(data.withoutText)} without a text ${data.withoutText === 1 ? 'was' : 'were'} left out`]
      : []),
    ...(data.badRows > 0 ? [`${rowsOf(data.badRows)} could not be read`] : []),
  ];
}

function describeMapping(mapping: Readonly<Record<string, string | null>>): string {
  const pairs = Object.entries(mapping).flatMap(([value, name]) => (name === null ? [] : [`${value} = ${name}`]));
  return `${pairs.slice(0, 12).join(', ')}${pairs.length > 12 ? ', …' : ''}`;
}

function number(value: number | null): string {
  return value === null ? '-' : value.toFixed(4);
}

function count(value: number): string {
  return groupDigits(value);
}

function rowsOf(amount: number): string {
  return `${count(amount)} ${amount === 1 ? 'row' : 'rows'}`;
}
