import { SentopsError } from '../../../core/errors.ts';
import { asFolder } from '../names.ts';
import type { Place } from '../place.ts';
import type { Transfer } from './transfer.ts';

/**
 * A name of a bucket that would lead out of the folder, or that no file can have: `a/../../b`, `a//b`, a slash at the
 * end of an object with content. Undefined for every other.
 */
export function refuseUnsafe({ source, from, to, into }: Transfer, target: Place): SentopsError | undefined {
  if (!into.isLocal || from.isLocal) return undefined;
  const base = asFolder(target.uri);
  const name = to.startsWith(base) ? to.slice(base.length) : '';
  const isSafe = name === '' || name.split('/').every(isFileName);
  if (isSafe) return undefined;
  return new SentopsError('DATA_INVALID', `${source.uri} has a name that no file can have here`, {
    hint: 'copy it alone, under a name of your own',
    details: { from: source.uri, to },
  });
}

function isFileName(part: string): boolean {
  if (part === '' || part === '.' || part === '..' || part.includes('\0')) return false;
  return process.platform !== 'win32' || !/[\\:*?"<>|]/.test(part);
}
