import { countNoun } from '../../lib/core/count-noun.ts';
import { groupDigits } from '../../lib/core/group-digits.ts';
import { quoteWord } from '../../lib/core/shell-word.ts';
import type { DatasetInfo } from '../../lib/data/fetch/describe-dataset.ts';
import type { DownloadResult } from '../../lib/data/fetch/download-dataset.ts';
import type { SyncResult } from '../../lib/data/fetch/sync-types.ts';
import type { UploadResult } from '../../lib/data/fetch/upload-dataset.ts';
import type { VerifyCheck, VerifyResult } from '../../lib/data/fetch/verify-dataset.ts';
import type { View } from '../output/view.ts';
import { formatAmount } from '../progress/amounts.ts';

/** More names than these are a listing, which the formats csv and json have. */
const MOST_NAMES = 20;

export function renderDownload(result: DownloadResult, view: View): void {
  tellDownload(result, view);
  if (!result.written) return;
  const { rowsFile, dataset } = result;
  const check = rowsFile === null ? [] : [`sentops dataset validate ${quoteWord(rowsFile)}`];
  view.next([...check, `sentops dataset upload ${quoteWord(dataset)}`]);
}

type Downloaded = Pick<
  DownloadResult,
  'files' | 'bytes' | 'written' | 'fetchedBytes' | 'dataset' | 'version' | 'outputDir'
>;

function tellDownload(result: Downloaded, view: View): void {
  const { files, bytes, written, fetchedBytes, outputDir, dataset, version } = result;
  const amount = `${countNoun(files.length, 'file')}, ${formatAmount(bytes, 'bytes')}`;
  const what = `${dataset} (version ${version})`;
  if (files.every(file => file.skipped)) view.line(`${what} is in ${outputDir} already: ${amount}`);
  else view.line(`${written ? 'downloaded' : 'would download'} ${what} to ${outputDir}: ${amount}`);
  listItems(files, 'file', view);
  if (written) return;
  view.line(
    fetchedBytes === null
      ? 'how many bytes have to come is not known'
      : `${formatAmount(fetchedBytes, 'bytes')} to fetch`,
  );
}

export function renderUpload(result: UploadResult, view: View): void {
  tellUpload(result, view);
  if (result.written) view.next([...trainNext(result), verifyNext(result, false)]);
}

export function renderSync(result: SyncResult, view: View): void {
  if (result.outputDir !== null) tellDownload({ ...result, outputDir: result.outputDir }, view);
  tellUpload(result, view);
  if (result.written) view.next([...trainNext(result), verifyNext(result, result.streamed)]);
}

/** Where it is uploaded is named, too, where the project does not know of the place. */
function verifyNext({ dataset, to, training }: Uploaded, isStreamed: boolean): string {
  const place = training?.isConfigured ? '' : ` --to ${quoteWord(to)}`;
  return `sentops dataset verify ${quoteWord(dataset)}${isStreamed ? ' --no-local' : ''} --uploaded${place}`;
}

type Uploaded = Pick<UploadResult, 'objects' | 'bytes' | 'sentBytes' | 'written' | 'dataset' | 'to' | 'training'>;

function tellUpload({ objects, bytes, sentBytes, written, dataset, to }: Uploaded, view: View): void {
  if (objects.length === 0) {
    view.line(`would upload what is in the archive to ${to}`);
    return;
  }
  const amount = `${countNoun(objects.length, 'object')}, ${formatAmount(bytes, 'bytes')}`;
  if (objects.every(({ state }) => state === 'kept')) view.line(`${dataset} is at ${to} already: ${amount}`);
  else view.line(`${written ? 'uploaded' : 'would upload'} ${dataset} to ${to}: ${amount}`);
  listItems(objects, 'object', view);
  if (!written) view.line(`${formatAmount(sentBytes, 'bytes')} to send`);
}

/** Upload and training share one path; where the project says another one, it has to be told. */
function trainNext({ training }: Uploaded): string[] {
  if (training === null) return [];
  return [`sentops train${training.isConfigured ? '' : ` --input ${quoteWord(training.uri)}`}`];
}

interface Item {
  readonly path: string;
  readonly bytes: number | null;
  readonly state: string;
}

function listItems(items: readonly Item[], title: string, view: View): void {
  view.table(items.slice(0, MOST_NAMES), [
    { title, value: item => item.path },
    { title: 'size', value: ({ bytes }) => (bytes === null ? null : formatAmount(bytes, 'bytes')), align: 'right' },
    { title: 'state', value: ({ state }) => state },
  ]);
  if (items.length > MOST_NAMES) view.line(`… and ${items.length - MOST_NAMES} more`);
}

export function renderVerify({ dataset, version, checks, ok }: VerifyResult, view: View): void {
  const failed = checks.filter(({ state }) => state === 'missing' || state === 'changed');
  const shown = failed.length > 0 ? failed : checks;
  if (ok) view.line(`${dataset} (version ${version}) is what was locked: ${countNoun(checks.length, 'check')}`);
  view.table(shown.slice(0, MOST_NAMES), [
    { title: '', value: check => markOf(check, view) },
    { title: 'where', value: ({ where }) => where },
    { title: 'file', value: ({ path }) => path },
    { title: 'state', value: ({ state }) => state },
  ]);
  if (shown.length > MOST_NAMES) view.line(`… and ${shown.length - MOST_NAMES} more`);
}

function markOf({ state }: VerifyCheck, { style }: View): string {
  if (state === 'ok') return style.ok();
  return state === 'unknown' ? style.warn() : style.bad();
}

export function renderInfo(info: DatasetInfo, view: View): void {
  const { dataset, source, version, title, license, page, bytes, files, locked, outputDir, preset } = info;
  view.facts({
    dataset,
    source,
    version,
    title,
    licence: license,
    page,
    size: bytes === null ? null : formatAmount(bytes, 'bytes'),
    downloaded: locked === null ? 'no' : tellLocked(locked),
    folder: outputDir,
  });
  if (preset !== null) {
    view.facts({
      rows: groupDigits(preset.rows),
      columns: preset.columns.join(', '),
      text: preset.text,
      label: `${preset.label} (${Object.keys(preset.labels).join(', ')})`,
      encoding: `${preset.encoding}, ${preset.header ? 'with' : 'without'} a header`,
    });
  }
  view.table(files.slice(0, MOST_NAMES), [
    { title: 'file', value: ({ path }) => path },
    { title: 'size', value: file => (file.bytes === null ? null : formatAmount(file.bytes, 'bytes')), align: 'right' },
  ]);
  if (files.length > MOST_NAMES) view.line(`… and ${files.length - MOST_NAMES} more`);
  const isOther = locked !== null && newsOf(locked).length > 0;
  view.next([`sentops dataset download ${quoteWord(dataset)}${isOther ? ' --update' : ''}`]);
}

type Locked = NonNullable<DatasetInfo['locked']>;

function newsOf({ changed, added, gone }: Locked): readonly string[] {
  return [...changed, ...added, ...gone];
}

function tellLocked(locked: Locked): string {
  const { version } = locked;
  const news = newsOf(locked);
  return news.length === 0 ? `version ${version}, unchanged` : `version ${version}; other by now: ${news.join(', ')}`;
}
