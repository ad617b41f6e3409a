import { countNoun } from '../../lib/core/count-noun.ts';
import { groupDigits } from '../../lib/core/group-digits.ts';
import type { CopyResult } from '../../lib/storage/operate/copy/copy-objects.ts';
import type { ListedObject } from '../../lib/storage/operate/list-objects.ts';
import type { RemovalPlan } from '../../lib/storage/operate/remove/plan-removal.ts';
import type { RemoveResult } from '../../lib/storage/operate/remove/remove-objects.ts';
import type { SyncPlan } from '../../lib/storage/operate/sync/plan-sync.ts';
import type { SyncResult } from '../../lib/storage/operate/sync/sync-folders.ts';
import { showMoment } from '../output/moment.ts';
import type { View } from '../output/view.ts';
import { formatAmount } from '../progress/amounts.ts';

/** More names than these are a listing, which --json and --format csv give in full. */
const MOST_NAMES = 20;

/** A line for each, never wrapped: names are there to be copied. */
export function renderObjects(items: readonly ListedObject[], isLong: boolean, view: View): void {
  if (!isLong) {
    for (const { uri } of items) view.line(uri);
    return;
  }
  const sizes = items.map(({ bytes }) => (bytes === null ? '' : formatAmount(bytes, 'bytes')));
  const width = Math.max(...sizes.map(size => size.length));
  for (const [index, { uri, updated }] of items.entries()) {
    const time = updated === null ? ' '.repeat('2026-11-21 18:02Z'.length) : showMoment(updated);
    view.line(`${(sizes[index] ?? '').padStart(width)}  ${time}  ${uri}`);
  }
  const files = items.filter(({ bytes }) => bytes !== null);
  renderTotal({ objects: files.length, bytes: files.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0) }, view);
}

export function renderTotal({ objects, bytes }: { objects: number; bytes: number }, view: View): void {
  view.line(`total: ${amountOf(objects, bytes)}`);
}

export function renderCopies({ items, target, kept, bytes }: CopyResult, view: View): void {
  const isPlanned = items.some(({ state }) => state === 'planned');
  const done = items.filter(({ state }) => state === 'copied' || state === 'planned');
  const place = target === '-' ? 'standard output' : target;
  const line = `${isPlanned ? 'would copy' : 'copied'} ${amountOf(done.length, bytes)} to ${place}${keptOf(kept)}`;
  // What was sent there is the object itself.
  if (target === '-' && !isPlanned) return;
  if (items.length === 0) {
    view.aside('There is nothing to copy.');
    return;
  }
  if (done.length > 0 || kept > 0) view.line(line);
  listNames(
    done.map(({ to }) => to),
    view,
  );
  tellResumed(items, view);
  listFailures(
    items.map(({ from, error }) => ({ name: from, error })),
    view,
  );
}

export function renderRemoval({ items, bytes }: RemoveResult, view: View): void {
  const isPlanned = items.some(({ state }) => state === 'planned');
  const done = items.filter(({ state }) => state === 'deleted' || state === 'planned');
  if (items.length === 0) {
    view.aside('There was nothing to delete.');
    return;
  }
  if (done.length > 0) view.line(`${isPlanned ? 'would delete' : 'deleted'} ${amountOf(done.length, bytes)}`);
  listNames(
    done.map(({ uri }) => uri),
    view,
  );
  listFailures(
    items.map(({ uri, error }) => ({ name: uri, error })),
    view,
  );
}

export function renderSync(result: SyncResult, view: View): void {
  const { items, target, same, kept, bytes } = result;
  const isPlanned = items.some(({ state }) => state === 'planned');
  const copied = items.filter(({ from, state }) => from !== null && (state === 'copied' || state === 'planned'));
  const deleted = items.filter(({ from, state }) => from === null && (state === 'deleted' || state === 'planned'));
  const parts = [
    `${isPlanned ? 'would copy' : 'copied'} ${amountOf(copied.length, bytes)} to ${target}`,
    ...(deleted.length === 0
      ? []
      : [`${isPlanned ? 'would delete' : 'deleted'} ${countNoun(deleted.length, 'object')}`]),
    `${groupDigits(same)} ${same === 1 ? 'was' : 'were'} the same already`,
  ];
  view.line(parts.join('; ') + keptOf(kept));
  listNames([...copied.map(({ to }) => `+ ${to}`), ...deleted.map(({ to }) => `- ${to}`)], view);
  tellResumed(items, view);
  listFailures(
    items.map(({ from, to, error }) => ({ name: from ?? to, error })),
    view,
  );
}

/** What a person is asked before objects are deleted. */
export function describeRemoval({ objects, bytes, folders, buckets }: RemovalPlan): string {
  const [one] = objects;
  const what =
    objects.length === 1 && one !== undefined
      ? `${one.object.uri} (${formatAmount(bytes, 'bytes')})`
      : objects.length === 0
        ? countNoun(folders.length, 'empty folder')
        : amountOf(objects.length, bytes);
  return `Delete ${what}${buckets.length === 0 ? '' : `, everything in ${buckets.join(' and ')}`}?`;
}

export function describeExtra({ extra }: SyncPlan, target: string): string {
  const bytes = extra.reduce((sum, { object }) => sum + object.bytes, 0);
  return `Delete ${amountOf(extra.length, bytes)} of ${target} that the source does not have?`;
}

function amountOf(objects: number, bytes: number): string {
  return `${countNoun(objects, 'object')}, ${formatAmount(bytes, 'bytes')}`;
}

function keptOf(kept: number): string {
  return kept === 0 ? '' : `; ${groupDigits(kept)} ${kept === 1 ? 'was' : 'were'} there already and stayed`;
}

function tellResumed(items: readonly { readonly resumedFrom: number }[], view: View): void {
  const bytes = items.reduce((sum, { resumedFrom }) => sum + resumedFrom, 0);
  if (bytes > 0) view.line(`${formatAmount(bytes, 'bytes')} had come in an earlier run`);
}

function listNames(names: readonly string[], view: View): void {
  for (const name of names.slice(0, MOST_NAMES)) view.line(`  ${name}`);
  if (names.length > MOST_NAMES) view.line(`  … and ${groupDigits(names.length - MOST_NAMES)} more`);
}

function listFailures(
  items: readonly { readonly name: string; readonly error: { readonly message: string } | null }[],
  view: View,
): void {
  const failed = items.flatMap(({ name, error }) => (error === null ? [] : [`${name}: ${error.message}`]));
  // A single one is told at the end.
  if (items.length > 1) for (const text of failed.slice(0, MOST_NAMES)) view.line(`${view.style.bad()} ${text}`);
  if (failed.length > MOST_NAMES) view.line(`… and ${groupDigits(failed.length - MOST_NAMES)} more failed`);
}
