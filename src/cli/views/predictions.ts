import { countNoun } from '../../lib/core/count-noun.ts';
import type { PredictionGroup, PredictionStats } from '../../lib/predictions/count-predictions.ts';
import type { View } from '../output/view.ts';

export function renderPredictionStats(stats: PredictionStats, view: View): void {
  const { location, files, rows, withoutPrediction, meanConfidence, unreadable } = stats;
  if (files === 0) {
    view.aside(`There are no predictions at ${location}`);
    return;
  }
  view.line(`${countNoun(rows, 'row')} in ${countNoun(files - unreadable, 'file')} at ${location}`);
  const remarks = [
    meanConfidence === null ? '' : `mean confidence ${meanConfidence.toFixed(4)}`,
    withoutPrediction === 0 ? '' : `${countNoun(withoutPrediction, 'row')} without a prediction`,
    unreadable === 0 ? '' : `${countNoun(unreadable, 'file')} could not be read`,
  ].filter(remark => remark !== '');
  if (remarks.length > 0) view.line(remarks.join('; '));
  renderGroups('label', stats.byLabel, view);
  renderGroups('model version', stats.byModelVersion, view);
  renderGroups('date', stats.byDate, view);
}

function renderGroups(title: string, groups: readonly PredictionGroup[], view: View): void {
  if (groups.length === 0) return;
  view.line();
  view.table(groups, [
    { title, value: ({ value }) => value ?? 'not told' },
    { title: 'rows', value: ({ rows }) => rows, align: 'right' },
    { title: 'share', value: ({ share }) => `${(100 * share).toFixed(1)} %`, align: 'right' },
    { title: 'mean confidence', value: ({ meanConfidence }) => meanConfidence?.toFixed(4) ?? null, align: 'right' },
  ]);
}
