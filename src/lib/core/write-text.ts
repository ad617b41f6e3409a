import fs from 'node:fs';
import path from 'node:path';
import { explainWriteFailure, writeFileAtomic } from './atomic.ts';

/** Writes a text where a user asked for it, folders included, all or nothing. Returns the absolute path. */
export function writeTextFile(cwd: string, name: string, text: string, dryRun: boolean): string {
  const file = path.resolve(cwd, name);
  if (dryRun) return file;
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
  } catch (error) {
    throw explainWriteFailure(error, path.dirname(file));
  }
  writeFileAtomic(file, text);
  return file;
}
