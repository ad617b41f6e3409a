import fs from 'node:fs';
import path from 'node:path';
import { SentopsError } from '../../core/errors.ts';

interface Move {
  readonly from: string;
  readonly to: string;
  /** Where the file that was there before waits. */
  readonly former: string;
}

/**
 * Moves the files of a draft folder to their places in a folder that is there: on a failure what was there before is
 * back. `draft` is inside of `into`, so that every move is a rename.
 */
export function placeFiles(draft: string, into: string, paths: readonly string[]): void {
  const former = path.join(draft, '.former');
  fs.mkdirSync(former);
  for (const name of paths) checkPlace(into, name);
  const made: string[] = [];
  const moved: Move[] = [];
  try {
    for (const [index, name] of paths.entries()) {
      const to = path.join(into, name);
      makeFolders(path.dirname(to), made);
      const move = { from: path.join(draft, name), to, former: path.join(former, String(index)) };
      moved.push(move);
      if (fs.existsSync(to)) fs.renameSync(to, move.former);
      fs.renameSync(move.from, to);
    }
  } catch (error) {
    for (const move of moved.reverse()) undo(move);
    for (const folder of made.reverse()) fs.rmdirSync(folder);
    throw error;
  }
}

function undo({ from, to, former }: Move): void {
  if (!fs.existsSync(from) && fs.existsSync(to)) fs.renameSync(to, from);
  if (fs.existsSync(former)) fs.renameSync(former, to);
}

/** A link on the way would lead the file elsewhere, and a folder or device must not be replaced. */
function checkPlace(into: string, name: string): void {
  const parts = name.split('/');
  for (let depth = 1; depth <= parts.length; depth++) {
    const place = path.join(into, ...parts.slice(0, depth));
    const stat = fs.lstatSync(place, { throwIfNoEntry: false });
    if (stat === undefined) return;
    const isFit = depth === parts.length ? stat.isFile() || stat.isSymbolicLink() : stat.isDirectory();
    if (!isFit)
      throw new SentopsError('CONFLICT', `cannot unpack ${name} into ${into}: ${place} is in the way`, {
        hint: 'move it away, or choose another folder',
      });
  }
}

function makeFolders(folder: string, made: string[]): void {
  if (fs.existsSync(folder)) return;
  makeFolders(path.dirname(folder), made);
  fs.mkdirSync(folder);
  made.push(folder);
}
