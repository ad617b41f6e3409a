import fs from 'node:fs';
import path from 'node:path';
import { pathOf } from '../../file/place.ts';
import { asFolder } from '../names.ts';
import type { Place } from '../place.ts';
import type { Transfer } from './transfer.ts';

type Spot = Pick<Place, 'uri' | 'isLocal'>;

/** Whether a target lies in a folder, or is it. */
export function isInside(folder: Spot, target: Spot, cwd: string): boolean {
  if (folder.isLocal !== target.isLocal) return false;
  if (!folder.isLocal) return asFolder(target.uri).startsWith(asFolder(folder.uri));
  const back = path.relative(realPlace(pathOf(folder.uri, cwd)), realPlace(pathOf(target.uri, cwd)));
  return back.split(path.sep)[0] !== '..' && !path.isAbsolute(back);
}

/** Whether both ends are one object; two names of one file are, too. */
export async function isSame({ source, from, to, into }: Transfer, cwd: string, signal: AbortSignal): Promise<boolean> {
  if (from.isLocal !== into.isLocal) return false;
  if (source.uri === to) return true;
  if (!from.isLocal) return false;
  if (pathOf(source.uri, cwd) === pathOf(to, cwd)) return true;
  const there = await into.storage.stat(to, { signal });
  // Two files never have the same, as their inodes differ.
  return there !== null && there.generation === source.generation;
}

/** The real path of a place that need not be there. */
function realPlace(file: string): string {
  for (let above = file; ; above = path.dirname(above)) {
    if (fs.existsSync(above)) return path.join(fs.realpathSync(above), path.relative(above, file));
    if (above === path.dirname(above)) return file;
  }
}
