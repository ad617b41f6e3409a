import { displayPath } from '../../lib/config/display-path.ts';
import { quoteWord } from '../../lib/core/shell-word.ts';
import type { ModelMetrics, TrainReport } from '../../lib/train/result.ts';
import type { View } from '../output/view.ts';

/** What a training job found, for a person. */
export function renderTraining(result: TrainReport, view: View, cwd = ''): void {
  const shown = (file: string) => (cwd === '' ? file : displayPath(file, cwd));
  renderData(result, view);
  if (result.dryRun) {
    view.line(`Would write models into ${shown(result.output)}`);
    return;
  }
  view.line();
  view.table(result.models, [
    {
      title: 'model',
      value: model => (model.name === result.best?.name ? view.style.bold(`${model.name} *`) : model.name),
    },
    ...METRICS.map(metric => ({
      title: metric,
      value: ({ metrics }: { metrics: ModelMetrics }) => metrics[metric]?.toFixed(4) ?? '-',
      align: 'right' as const,
    })),
    { title: 'seconds', value: model => model.seconds.toFixed(2), align: 'right' },
    { title: 'folder', value: model => shown(model.path) },
  ]);
  const { best } = result;
  if (!best) return;
  view.line();
  view.line(`${view.style.ok()} Best by ${best.metric} on the ${best.on} rows: ${best.name}, in ${shown(best.path)}`);
  view.facts({
    ...(result.report === null ? {} : { report: shown(result.report) }),
    ...describeRecord(result),
  });
  view.next([`sentops score --model-path ${quoteWord(shown(best.path))} "I love this!"`, ...nextCommands(result)]);
}

function describeRecord({ tracking, models, best }: TrainReport): Record<string, string> {
  if (!tracking) return {};
  const versions = [...models, ...(best ? [best] : [])].flatMap(({ registered }) =>
    registered ? [`${registered.name} version ${registered.version}`] : [],
  );
  return {
    'recorded in': `${tracking.uri}, experiment ${tracking.experiment}, run ${tracking.parentRunId}`,
    ...(versions.length > 0 ? { registered: versions.join(', ') } : {}),
  };
}

function nextCommands({ tracking, best, gate }: TrainReport): string[] {
  if (!tracking) return [];
  const { registered } = best ?? {};
  // A server may have been named on the command line, where the next command does not find it.
  const server = /^https?:/.test(tracking.uri) ? ` --mlflow-uri ${quoteWord(tracking.uri)}` : '';
  return [
    `sentops run list --experiment ${quoteWord(tracking.experiment)}${server}`,
    ...(registered && gate?.met !== false
      ? [`sentops model promote ${quoteWord(registered.name)} --version ${registered.version} --to Production${server}`]
      : []),
  ];
}

const METRICS = ['accuracy', 'auc', 'f1', 'precision', 'recall'] as const;

function renderData({ data, layout, labels }: TrainReport, view: View): void {
  const parts = [`${data.train} to train on`, `${data.validation} to validate`, `${data.test} to test`];
  view.facts({
    input: data.input,
    layout,
    ...(labels ? { rows: `${data.rows} (${parts.join(', ')})`, labels: describeLabels(labels) } : {}),
    ...(data.testInput === null ? {} : { 'test input': data.testInput }),
  });
  for (const { value, rows, why } of labels?.dropped ?? [])
    view.line(
      `${view.style.warn()} ${rows} ${rows === 1 ? 'row' : 'rows'} ${value === '' ? '' : `labelled ${JSON.stringify(value)} `}${rows === 1 ? 'was' : 'were'} left out: ${why}`,
    );
}

function describeLabels({ mapping, scheme }: NonNullable<TrainReport['labels']>): string {
  const pairs = Object.entries(mapping).flatMap(([value, name]) => (name === null ? [] : [`${value} = ${name}`]));
  return `${pairs.slice(0, 12).join(', ')}${pairs.length > 12 ? ', …' : ''} (${scheme})`;
}
