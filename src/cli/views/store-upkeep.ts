import { countNoun } from '../../lib/core/count-noun.ts';
import { groupDigits } from '../../lib/core/group-digits.ts';
import type { StoreCheck } from '../../lib/tracking/maintain/check-store.ts';
import type { GarbageCollection } from '../../lib/tracking/maintain/collect-garbage.ts';
import type { Relocation } from '../../lib/tracking/maintain/relocate.ts';
import type { TransferCounts } from '../../lib/tracking/maintain/transfer/counts.ts';
import type { StoreExport } from '../../lib/tracking/maintain/transfer/export-store.ts';
import type { StoreImport } from '../../lib/tracking/maintain/transfer/import-store.ts';
import type { View } from '../output/view.ts';
import { formatAmount } from '../progress/amounts.ts';

const SHOWN = 20;

export function renderStoreCheck({ file, revision, checks, findings }: StoreCheck, view: View): void {
  view.facts({ store: file, revision });
  view.line();
  const failed = (name: string) => findings.some(({ check, fixed }) => check === name && !fixed);
  view.table(checks, [
    { title: '', value: ({ name }) => (failed(name) ? view.style.bad() : view.style.ok()) },
    { title: 'check', value: ({ name }) => name },
    { title: 'findings', value: ({ findings: found }) => found, align: 'right' },
  ]);
  if (findings.length === 0) return;
  view.heading('Findings');
  view.table(findings.slice(0, SHOWN), [
    { title: 'what', value: ({ subject }) => subject },
    { title: 'problem', value: ({ problem }) => problem },
    { title: 'with --fix', value: ({ fix, fixed }) => (fixed ? `done: ${fix}` : (fix ?? '-')) },
  ]);
  if (findings.length > SHOWN)
    view.aside(`Showing ${SHOWN} of ${groupDigits(findings.length)} findings; --json has all.`);
}

export function renderRelocation({ file, moves, changes, rows, written }: Relocation, view: View): void {
  if (moves.length === 0) {
    view.line(`${view.style.ok()} Every place that ${file} names is where it should be; nothing to rewrite.`);
    return;
  }
  if (rows === 0) {
    const from = moves.map(move => move.from).join(' or ');
    view.line(`Nothing that ${file} names lies at ${from}, or all of it was moved already; nothing to rewrite.`);
    return;
  }
  for (const { from, to } of moves) view.line(`${from} → ${to}`);
  view.line();
  view.table(changes, [
    { title: 'column', value: ({ table, column }) => `${table}.${column}` },
    { title: 'places', value: change => groupDigits(change.rows), align: 'right' },
    { title: 'for example', value: ({ example }) => example.to },
  ]);
  view.line(`${written ? `${view.style.ok()} Rewrote` : 'Would rewrite'} ${countNoun(rows, 'place')} in ${file}`);
  if (written) view.next(['sentops store check']);
}

/** `2 experiments, 12 runs and 3.1 MB of artifacts`. */
export function describeGarbage({ experiments, runs, loggedModels, folders, bytes }: GarbageCollection): string {
  const parts = [
    ...(experiments > 0 ? [countNoun(experiments, 'experiment')] : []),
    ...(runs > 0 ? [countNoun(runs, 'run')] : []),
    ...(loggedModels > 0 ? [countNoun(loggedModels, 'logged model')] : []),
    ...(folders > 0 ? [`${countNoun(folders, 'folder')} of artifacts (${formatAmount(bytes, 'bytes')})`] : []),
  ];
  return parts.length > 1 ? `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}` : (parts[0] ?? 'nothing');
}

export function renderGarbage(result: GarbageCollection, view: View): void {
  const what = describeGarbage(result);
  view.line(result.written ? `${view.style.ok()} Deleted ${what}` : `Would delete ${what}`);
  if (result.kept.length === 0) return;
  view.heading('Kept');
  view.table(result.kept.slice(0, SHOWN), [
    { title: 'what', value: ({ kind }) => (kind === 'loggedModel' ? 'logged model' : kind) },
    { title: 'id', value: ({ id }) => id },
    { title: 'because', value: ({ reason }) => reason },
  ]);
  if (result.kept.length > SHOWN) view.aside(`Showing ${SHOWN} of ${groupDigits(result.kept.length)}; --json has all.`);
}

const KINDS: readonly (readonly [keyof TransferCounts, string])[] = [
  ['experiments', 'experiments'],
  ['runs', 'runs'],
  ['metricValues', 'metric values'],
  ['loggedModels', 'logged models'],
  ['models', 'registered models'],
  ['versions', 'versions'],
  ['files', 'files'],
];

export function renderExport(result: StoreExport, view: View): void {
  view.table(KINDS, [
    { title: 'what', value: ([, name]) => name },
    { title: 'number', value: ([kind]) => groupDigits(result[kind]), align: 'right' },
  ]);
  const { uri, path, written } = result;
  view.line(`${written ? `${view.style.ok()} Exported` : 'Would export'} ${uri} to ${path}`);
  if (written) view.next([`sentops store import ${path}`]);
}

export function renderImport({ path, uri, found, made, renamed, written }: StoreImport, view: View): void {
  view.table(KINDS, [
    { title: 'what', value: ([, name]) => name },
    { title: 'in the file', value: ([kind]) => groupDigits(found[kind]), align: 'right' },
    ...(written
      ? [
          {
            title: 'new',
            value: ([kind]: readonly [keyof TransferCounts, string]) => groupDigits(made[kind]),
            align: 'right',
          } as const,
        ]
      : []),
  ]);
  view.line(`${written ? `${view.style.ok()} Imported` : 'Would import'} ${path} into ${uri}`);
  if (renamed.length > 0) {
    view.heading('Other ids');
    view.table(renamed.slice(0, SHOWN), [
      { title: 'what', value: ({ kind }) => (kind === 'loggedModel' ? 'logged model' : kind) },
      { title: 'in the file', value: ({ from }) => from },
      { title: 'here', value: ({ to }) => to },
    ]);
    if (renamed.length > SHOWN) view.aside(`Showing ${SHOWN} of ${groupDigits(renamed.length)}; --json has all.`);
  }
  if (written) view.next(['sentops store check', 'sentops run list']);
}
