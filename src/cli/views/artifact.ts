import { countNoun } from '../../lib/core/count-noun.ts';
import { quoteWord } from '../../lib/core/shell-word.ts';
import type { DownloadResult } from '../../lib/tracking/files/download-artifacts.ts';
import type { UploadResult } from '../../lib/tracking/files/upload-artifacts.ts';
import type { View } from '../output/view.ts';
import { formatAmount } from '../progress/amounts.ts';

/** More names than these are a listing, which has a command of its own. */
const MOST_NAMES = 20;

export function renderDownload({ files, into, bytes }: DownloadResult, view: View): void {
  const isPlanned = files.some(({ state }) => state === 'planned');
  const kept = files.filter(({ state }) => state === 'kept').length;
  const amount = `${countNoun(files.length, 'file')}, ${formatAmount(bytes, 'bytes')}`;
  const detail =
    kept === 0 ? '' : `; ${kept === files.length ? 'all' : kept} of them ${kept === 1 ? 'was' : 'were'} there already`;
  const line = `${isPlanned ? 'would download' : 'downloaded'} ${amount} to ${into === '-' ? 'standard output' : into}${detail}`;
  // What was sent there is the file itself.
  if (into === '-' && !isPlanned) {
    view.aside(line);
    return;
  }
  view.line(line);
  listNames(
    files.map(({ file, path }) => file ?? path),
    view,
  );
}

export function renderUpload({ files, runId, runName, bytes, written }: UploadResult, view: View): void {
  const amount = `${countNoun(files.length, 'file')}, ${formatAmount(bytes, 'bytes')}`;
  view.line(`${written ? 'stored' : 'would store'} ${amount} in run ${runName} (${runId})`);
  listNames(
    files.map(({ path }) => path),
    view,
  );
  if (written) view.next([`sentops artifact list --run ${quoteWord(runId)} --recursive`]);
}

function listNames(names: readonly string[], view: View): void {
  for (const name of names.slice(0, MOST_NAMES)) view.line(`  ${name}`);
  if (names.length > MOST_NAMES) view.line(`  … and ${names.length - MOST_NAMES} more`);
}
