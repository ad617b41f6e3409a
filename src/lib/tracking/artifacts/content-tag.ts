import fs from 'node:fs';
import { explainWriteFailure } from '../../core/atomic.ts';

/** A file of a store that may be read from anywhere on; `onTag` is told what the store says of its content. */
export interface TaggedFile {
  read(start: number, onTag: (tag: string) => void): AsyncIterable<Uint8Array>;
  /** Where the tag of what was fetched is kept for the next run. */
  readonly tagFile: string;
}

/** Whether a file is another one than what an earlier run fetched of it. Not known is no. */
export async function isReplaced(file: TaggedFile, start: number, came?: string): Promise<boolean> {
  const kept = readTag(file.tagFile);
  if (kept === null) return false;
  const now = came ?? (await askTag(file, start));
  if (now === undefined || now === kept) return false;
  // Servers before a bucket make a new tag for every request: theirs says nothing.
  return (await askTag(file, start)) === now;
}

async function askTag({ read }: TaggedFile, start: number): Promise<string | undefined> {
  let tag: string | undefined;
  const keep = (told: string) => {
    tag = told;
  };
  for await (const _ of read(start, keep)) break;
  return tag;
}

export function keepTag({ tagFile }: TaggedFile, tag: string | undefined): void {
  try {
    if (tag === undefined) fs.rmSync(tagFile, { force: true });
    else fs.writeFileSync(tagFile, tag);
  } catch (error) {
    throw explainWriteFailure(error, tagFile);
  }
}

function readTag(file: string): string | null {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
