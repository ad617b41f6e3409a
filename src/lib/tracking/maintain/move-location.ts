import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { isLocal, localFolder } from '../artifacts/local-folder.ts';

/** Where a location lies below `root`, decoded and with slashes: nothing for the root itself, null where elsewhere. */
export function partBelow(location: string, root: string): string | null {
  if (isLocal(location) !== isLocal(root)) return null;
  const [from, here] = isLocal(root) ? [folderOf(root), folderOf(location)] : [trimEnd(root), trimEnd(location)];
  if (from === null || here === null) return null;
  if (here === from) return '';
  const prefix = from.endsWith('/') ? from : `${from}/`;
  return here.startsWith(prefix) ? here.slice(prefix.length) : null;
}

/**
 * The location with `from` replaced by `to`, whole segments only; null where nothing changes: it lies elsewhere, or
 * below `to` already. A location that was a plain path stays one, as far as `to` is one of this machine.
 */
export function moveLocation(location: string, from: string, to: string): string | null {
  if (partBelow(location, to) !== null) return null;
  const rest = partBelow(location, from);
  if (rest === null) return null;
  if (!isLocal(to)) return rest === '' ? trimEnd(to) : `${trimEnd(to)}/${rest}`;
  const folder = path.join(localFolder(to), ...rest.split('/'));
  const isPath = isLocal(location) && !/^file:/i.test(location);
  return isPath ? folder : pathToFileURL(folder).href;
}

/** Null for a relative path: it means another folder in each place it is read from. */
export function folderOf(location: string): string | null {
  try {
    return trimEnd(localFolder(location).split(path.sep).join('/'));
  } catch {
    return null;
  }
}

function trimEnd(text: string): string {
  return text.length > 1 ? text.replace(/\/+$/, '') || '/' : text;
}
