import { countNoun } from '../../lib/core/count-noun.ts';
import { quoteWord } from '../../lib/core/shell-word.ts';
import type { ChangedExperiment, ExperimentDescription } from '../../lib/runs/experiments.ts';
import { showMoment } from '../output/moment.ts';
import type { View } from '../output/view.ts';
import { renderRunList } from './run-list.ts';

export function renderExperiment({ experiment, runs }: ExperimentDescription, view: View, unicode: boolean): void {
  const tags = Object.entries(experiment.tags).map(([key, value]) => `${key}=${value}`);
  view.facts({
    experiment: `${experiment.name} (${experiment.experimentId})`,
    lifecycle: experiment.lifecycle === 'deleted' ? experiment.lifecycle : undefined,
    created: showMoment(experiment.createdAt),
    updated: showMoment(experiment.updatedAt),
    artifacts: experiment.artifactLocation,
    tags: tags.length === 0 ? undefined : tags.join(', '),
  });
  if (runs.items.length === 0) {
    view.line('It has no runs.');
    view.next([`sentops train --mlflow-experiment ${quoteWord(experiment.name)}`]);
    return;
  }
  view.heading(runs.nextPageToken === null ? 'Runs' : `The newest ${countNoun(runs.items.length, 'run')}`);
  renderRunList(runs, view, { now: Date.now(), grouped: true, unicode });
}

/** What became of an experiment, in a line and the command that takes it back. */
export function renderChangedExperiment(
  { experimentId, name, was, is, dryRun }: ChangedExperiment,
  view: View,
  done: 'made' | 'renamed' | 'deleted' | 'restored',
): void {
  const what = experimentId === null ? name : `${name} (${experimentId})`;
  if (was === is) {
    view.line(`${what} ${done === 'renamed' ? 'is called so' : `is ${is}`} already`);
    return;
  }
  const from = done === 'renamed' ? ` from ${was}` : '';
  view.line(dryRun ? `${what} would be ${done}${from}` : `${view.style.ok()} ${what} is ${done}${from}`);
  if (!dryRun && done === 'deleted') view.next([`sentops experiment restore ${quoteWord(name)}`]);
}
