import fs from 'node:fs';
import path from 'node:path';
import { displayPath } from '../../config/display-path.ts';
import { SentopsError } from '../../core/errors.ts';
import { quoteWord } from '../../core/shell-word.ts';
import { isTemporary } from '../../core/temporary.ts';
import type { ChosenDataset } from './choose-dataset.ts';
import { hashFile } from './content-hash.ts';
import { openRecord } from './folder-record.ts';
import { describe, isUntouched } from './judge-file.ts';
import type { LockedDataset, LockedFile } from './lock-types.ts';

export interface FileToUpload {
  /** Below the folder, and below the prefix. */
  readonly path: string;
  readonly file: string;
  readonly bytes: number;
  readonly mtimeMs: number;
  readonly crc32c: string;
}

interface Asked {
  readonly cwd: string;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

/**
 * The files of a dataset that lie in its folder: those that were downloaded, each still what it was; or where nothing
 * is known of any download, all that are there. Archives that were unpacked are left out.
 */
export async function listForUpload(
  chosen: ChosenDataset,
  locked: LockedDataset | null,
  asked: Asked,
): Promise<FileToUpload[]> {
  const { outputDir, only } = chosen;
  const names = locked === null ? listFolder(outputDir, '') : Object.keys(locked.files).sort();
  const wanted = only === null ? names : names.filter(name => name === only || locked?.files[name]?.from === only);
  const shown = displayPath(outputDir, asked.cwd);
  if (wanted.length === 0) throw names.length === 0 ? notThere(shown, chosen) : noFile(shown, only, names);
  const record = openRecord(outputDir);
  const files: FileToUpload[] = [];
  for (const name of wanted) {
    const file = path.join(outputDir, name);
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    if (stat === undefined) throw notThere(path.join(shown, name), chosen);
    const known = record.get(name);
    const current = known !== undefined && isUntouched(known, stat) ? known : await hashFile(file, asked.signal);
    if (locked !== null && !asked.force) checkUnchanged(current, locked.files[name], path.join(shown, name));
    if (current !== known && locked !== null && !asked.dryRun)
      record.put({ [name]: describe(current, stat, known?.version ?? '', known?.tag) });
    files.push({ path: name, file, bytes: current.bytes, mtimeMs: stat.mtimeMs, crc32c: current.crc32c });
  }
  return files;
}

function checkUnchanged(
  current: { readonly crc32c: string; readonly sha256: string },
  locked: LockedFile | undefined,
  shown: string,
): void {
  if (locked === undefined) return;
  const isSame = locked.sha256 === null ? locked.crc32c === current.crc32c : locked.sha256 === current.sha256;
  if (isSame) return;
  throw new SentopsError('DATA_INVALID', `${shown} is not what was downloaded`, {
    hint: 'bring it back with sentops dataset download --force, or upload it as it is with --force',
    place: { file: shown },
    details: { expected: locked.sha256 ?? locked.crc32c, found: current.sha256 },
  });
}

/** Hidden files, and what others are just writing, are nobody's data. */
function listFolder(dir: string, below: string): string[] {
  const entries = readFolder(path.join(dir, below)).filter(({ name }) => !name.startsWith('.') && !isTemporary(name));
  return entries.flatMap(entry => {
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) return listFolder(dir, name);
    return entry.isFile() ? [name] : [];
  });
}

function readFolder(folder: string): fs.Dirent[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return [];
    throw error;
  }
}

function noFile(shown: string, only: string | null, names: readonly string[]): SentopsError {
  return new SentopsError('NOT_FOUND', `${shown} has no file ${only}`, {
    hint: `it has ${names.slice(0, 5).join(', ')}`,
    details: { files: names.slice(0, 100) },
  });
}

function notThere(shown: string, { preset, shownRef }: ChosenDataset): SentopsError {
  const dataset = quoteWord(preset?.name ?? shownRef);
  return new SentopsError('NOT_FOUND', `${shown} is not there`, {
    hint: `fetch the dataset first: sentops dataset download ${dataset}; or do both: sentops dataset sync ${dataset}`,
  });
}
