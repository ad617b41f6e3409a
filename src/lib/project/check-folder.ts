import fs from 'node:fs';
import path from 'node:path';
import { displayPath } from '../config/display-path.ts';
import { explainWriteFailure } from '../core/atomic.ts';
import { SentopsError } from '../core/errors.ts';
import { LOCK_NAME } from './folder-lock.ts';

/**
 * What a fresh clone or an editor brings: a folder with nothing else counts as empty. README and LICENSE stay as
 * they are, `.gitignore` gets what it lacks.
 */
const HARMLESS = [
  /^\.(?:git|hg|svn|jj|idea|vscode|DS_Store)$/,
  /^\.git(?:ignore|attributes|keep)$|^\.editorconfig$/,
  /^(?:README|LICEN[CS]E|COPYING|NOTICE)(?:[.-].*)?$/i,
  /^(?:Thumbs\.db|desktop\.ini|lost\+found)$/i,
];

/** Refuses a folder that a project should not be written into without --force. */
export function checkFolder(dir: string, cwd: string, force: boolean): void {
  const name = displayPath(dir, cwd);
  const entries = listEntries(dir, name);
  if (force) return;
  const occupants = entries.filter(entry => entry !== LOCK_NAME && !isLeftover(path.join(dir, entry)));
  const others = occupants.filter(entry => !HARMLESS.some(pattern => pattern.test(entry)));
  if (others.length === 0) return;
  const isProject = others.includes('sentops.yaml');
  const shown = `${others.slice(0, 3).join(', ')}${others.length > 3 ? ` and ${others.length - 3} more` : ''}`;
  throw new SentopsError(
    'CONFLICT',
    isProject ? `${name} holds a project already` : `${name} is not empty: it holds ${shown}`,
    {
      hint: 'choose another folder, or add --force: nothing is overwritten without a yes',
      details: { dir, entries: others },
      place: { file: isProject ? path.join(name, 'sentops.yaml') : name },
    },
  );
}

function listEntries(dir: string, name: string): string[] {
  try {
    return fs.readdirSync(dir).sort();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return [];
    if (code === 'ENOTDIR') {
      throw new SentopsError('CONFLICT', `${name} is a file, or lies below one: a project needs a folder`, {
        hint: 'give the path of a folder; it is made where it does not exist',
        place: { file: name },
      });
    }
    throw explainWriteFailure(error, name);
  }
}

/** Temporary files of an `init` that was killed without a chance to clean up, and folders with nothing else. */
function isLeftover(entry: string): boolean {
  if (/^\..+\.sentops-\d+-\d+\.tmp$/.test(path.basename(entry))) return true;
  if (!fs.lstatSync(entry, { throwIfNoEntry: false })?.isDirectory()) return false;
  const children = fs.readdirSync(entry);
  return children.length > 0 && children.every(child => isLeftover(path.join(entry, child)));
}
