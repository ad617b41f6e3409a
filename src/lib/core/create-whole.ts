import fs from 'node:fs';
import { temporaryName } from './temporary.ts';

/**
 * Makes a file that is not there yet, together with its text: nobody ever finds it empty or half-written, also when
 * the process is killed. Throws EEXIST where it is there already.
 */
export function createWhole(file: string, text: string): void {
  const draft = temporaryName(file);
  fs.writeFileSync(draft, text);
  try {
    linkOrWrite(draft, file, text);
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

/** A link appears at once, with all of its text; some file systems have none. */
function linkOrWrite(draft: string, file: string, text: string): void {
  try {
    fs.linkSync(draft, file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw error;
    fs.writeFileSync(file, text, { flag: 'wx' });
  }
}
