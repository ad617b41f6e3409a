import fs from 'node:fs';
import { copyFile as copyBySystem, stat } from 'node:fs/promises';
import type { WriteOptions } from '../types.ts';
import { generationOf } from './describe.ts';
import { changedMeanwhile, explainReadFailure, noFile, specialFile } from './failures.ts';
import { fillDraft } from './put-file.ts';
import { readFile } from './read-file.ts';

/** The system copies up to here in one call that nobody can stop. */
const LONGEST_CALL_BYTES = 64 << 20;
const { COPYFILE_EXCL, COPYFILE_FICLONE, COPYFILE_FICLONE_FORCE } = fs.constants;

/** Copies a file, by reference where the file system shares blocks between files. */
export async function copyFile(
  from: string,
  shown: string,
  draft: string,
  { signal }: Pick<WriteOptions, 'signal'>,
): Promise<void> {
  const before = await look(from, shown);
  if (Number(before.size) <= LONGEST_CALL_BYTES) {
    await copyBySystem(from, draft, COPYFILE_EXCL | COPYFILE_FICLONE);
  } else if (!(await share(from, draft))) {
    await fillDraft(draft, readFile(from, shown, { signal, generation: generationOf(before) }), signal);
  }
  const [after, copied] = await Promise.all([look(from, shown), stat(draft)]);
  if (generationOf(after) !== generationOf(before) || copied.size !== Number(before.size))
    throw changedMeanwhile(shown);
}

async function look(file: string, shown: string) {
  const found = await stat(file, { bigint: true }).catch(error => Promise.reject(explainReadFailure(error, shown)));
  if (found.isDirectory()) throw noFile(`${shown}: it is a folder`);
  if (!found.isFile()) throw specialFile(shown);
  return found;
}

async function share(from: string, draft: string): Promise<boolean> {
  try {
    await copyBySystem(from, draft, COPYFILE_EXCL | COPYFILE_FICLONE_FORCE);
    return true;
  } catch {
    fs.rmSync(draft, { force: true });
    return false;
  }
}
