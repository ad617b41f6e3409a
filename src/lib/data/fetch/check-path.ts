import { SentopsError } from '../../core/errors.ts';
import { WORK_FOLDER } from './folder-record.ts';

/** Names come from elsewhere: none of them may lead out of the folder, or among what we keep there. */
export function checkPath(path: string, shownRef: string): void {
  const parts = path.split('/');
  const isOdd =
    /[\u0000-\u001f\\]/.test(path) ||
    /^[A-Za-z]:/.test(path) ||
    parts.some(part => part === '' || part === '.' || part === '..');
  if (!isOdd && parts[0]?.toLowerCase() !== WORK_FOLDER) return;
  throw new SentopsError('DATA_INVALID', `${shownRef} has a file that is called ${JSON.stringify(path)}`, {
    hint: 'a path like this cannot be written below a folder: tell the owner of the dataset',
    details: { path },
  });
}
