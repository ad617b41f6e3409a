import { countNoun } from '../../lib/core/count-noun.ts';
import { groupDigits } from '../../lib/core/group-digits.ts';
import { quoteWord } from '../../lib/core/shell-word.ts';
import type { ConvertedTable } from '../../lib/data/convert/convert-table.ts';
import type { SampledTable } from '../../lib/data/convert/sample-table.ts';
import type { SplitTable } from '../../lib/data/convert/split-table.ts';
import type { DriftSide, InjectedDrift } from '../../lib/data/inject-drift/inject-drift.ts';
import type { View } from '../output/view.ts';

/** Where the rows themselves are on standard output, the result is a remark. */
function say(view: View, path: string, line: string): void {
  if (path === '-') view.aside(line);
  else view.line(`${line} to ${path}`);
}

function verb(written: boolean): string {
  return written ? 'wrote' : 'would write';
}

function listLabels(labels: Readonly<Record<string, number>>): string {
  const named = Object.entries(labels).map(([name, rows]) => `${groupDigits(rows)} ${name === '' ? 'without' : name}`);
  return named.length === 0 || named.length > 12 ? '' : ` (${named.join(', ')})`;
}

export function renderConverted({ path, rows, from, to, written }: ConvertedTable, view: View): void {
  say(view, path, `${verb(written)} ${countNoun(rows, 'row')} of ${from} as ${to}`);
}

export function renderSampled({ path, rows, of, labels, stratified, written }: SampledTable, view: View): void {
  const how = stratified ? ', the same share of every label,' : '';
  say(view, path, `${verb(written)} ${groupDigits(rows)} of ${countNoun(of, 'row')}${listLabels(labels)}${how}`);
}

export function renderSplit({ parts, of, written }: SplitTable, view: View): void {
  view.line(`${verb(written)} ${countNoun(of, 'row')} to ${countNoun(parts.length, 'file')}`);
  view.table(parts, [
    { title: 'part', value: ({ part }) => part },
    { title: 'rows', value: ({ rows }) => groupDigits(rows), align: 'right' },
    { title: 'share', value: ({ rows }) => `${((100 * rows) / Math.max(1, of)).toFixed(2)} %`, align: 'right' },
    { title: 'labels', value: ({ labels }) => listLabels(labels).slice(2, -1) },
    { title: 'file', value: ({ path }) => path },
  ]);
}

export function renderNextTraining(train: string, test: string, view: View): void {
  view.next([`sentops train --input ${quoteWord(train)} --test-input ${quoteWord(test)}`]);
}

export function renderDrift(result: InjectedDrift, view: View): void {
  const { path, kind, strength, changed, dropped, before, after, written } = result;
  const what = dropped > 0 ? `${countNoun(dropped, 'row')} left out` : `${countNoun(changed, 'text')} changed`;
  say(view, path, `${verb(written)} ${countNoun(after.rows, 'row')}, ${kind} drift of ${strength}, ${what},`);
  if (path === '-') return;
  const sides = [
    { side: 'before', ...before },
    { side: 'after', ...after },
  ] satisfies (DriftSide & { side: string })[];
  view.table(sides, [
    { title: '', value: ({ side }) => side },
    { title: 'rows', value: ({ rows }) => groupDigits(rows), align: 'right' },
    { title: 'text length', value: ({ textLength }) => textLength.toFixed(2), align: 'right' },
    { title: 'words', value: ({ wordCount }) => wordCount.toFixed(2), align: 'right' },
    { title: 'labels', value: ({ labels }) => listLabels(labels).slice(2, -1) },
  ]);
}
