import { countNoun } from '../../lib/core/count-noun.ts';
import type { EnsuredBucket, EnsuredBuckets } from '../../lib/storage/buckets/ensure-buckets.ts';
import type { View } from '../output/view.ts';

export function renderEnsuredBuckets({ buckets, created, updated, failed, dryRun }: EnsuredBuckets, view: View): void {
  view.table(buckets, [
    { title: '', value: ({ problem, notes }) => mark(problem !== null, notes.length > 0, view) },
    { title: 'bucket', value: ({ uri }) => uri },
    { title: 'roles', value: ({ roles }) => roles.join(', ') },
    { title: dryRun ? 'would be' : 'action', value: ({ action }) => action },
    { title: 'location', value: ({ location }) => location },
    { title: 'deleted after', value: ({ lifecycle }) => showRules(lifecycle) },
  ]);
  for (const { uri, notes } of buckets) for (const note of notes) view.aside(`${uri}: ${note}`);
  const problems = buckets.flatMap(({ problem }) => (problem === null ? [] : [problem.message]));
  if (failed > 1) for (const message of new Set(problems)) view.aside(message);
  const done = [
    ...(created > 0 ? [`${dryRun ? 'would make' : 'made'} ${countNoun(created, 'bucket')}`] : []),
    ...(updated > 0 ? [`${dryRun ? 'would change' : 'changed'} the rules of ${countNoun(updated, 'bucket')}`] : []),
  ].join(', ');
  if (failed > 0) return;
  view.line();
  view.line(
    done === '' ? `${view.style.ok()} Everything is there; nothing to do.` : `${view.style.ok()} ${upper(done)}.`,
  );
  if (dryRun && done !== '') view.next(['sentops bucket ensure']);
}

function mark(failed: boolean, noted: boolean, { style }: View): string {
  return failed ? style.bad() : noted ? style.warn() : style.ok();
}

function showRules(rules: EnsuredBucket['lifecycle']): string {
  return rules.map(({ prefix, days }) => (prefix === '' ? `${days} d` : `${days} d (${prefix})`)).join(', ');
}

function upper(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
