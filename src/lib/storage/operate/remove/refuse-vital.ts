import path from 'node:path';
import { SentopsError } from '../../../core/errors.ts';
import { homeFolder } from '../../../core/folders.ts';
import { pathOf } from '../../file/place.ts';
import type { Place, StorageCall } from '../place.ts';

/** A folder of this machine that holds the project, the home of the user or the working folder is never meant. */
export function refuseVital({ isLocal, given }: Place, folder: string, call: StorageCall): void {
  if (!isLocal) return;
  const root = pathOf(folder, call.cwd);
  const vital = {
    'the working folder': call.cwd,
    'the project': call.project.dir,
    'your home folder': homeFolder(call),
  };
  const [held] = Object.entries(vital).find(([, inner]) => holds(root, inner)) ?? [];
  if (held === undefined) return;
  throw new SentopsError('FLAG_INVALID', `${given} holds ${held}: it is not deleted`, {
    hint: 'name what is in it',
    details: { location: given, folder: root },
  });
}

function holds(folder: string, inner: string): boolean {
  const back = path.relative(folder, inner);
  return back.split(path.sep)[0] !== '..' && !path.isAbsolute(back);
}
