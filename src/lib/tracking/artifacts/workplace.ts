import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { explainWriteFailure, writeFileAtomic } from '../../core/atomic.ts';
import { SentopsError } from '../../core/errors.ts';
import { withLock } from '../../core/lock-file.ts';
import type { TreeFile } from './list-tree.ts';

/** Where a download into a folder keeps what it has not finished. */
export interface Workplace {
  /** Whether something lay at a place before the first run of this download. */
  wasThere(target: string): boolean;
  /** Where the bytes of a file are gathered. */
  partOf(file: TreeFile): string;
  /** Where is kept which content of it was fetched. */
  tagFileOf(file: TreeFile): string;
}

type Placed = TreeFile & { readonly target: string };

const RECORD = 'download.json';

/**
 * Works in a hidden folder of `into` that belongs to this download alone: `key` says what is fetched. It is gone when
 * everything is in place; after a failure or a kill it stays where there is something to go on with.
 */
export async function withWorkplace<T>(
  into: string,
  key: string,
  placed: readonly Placed[],
  work: (workplace: Workplace) => Promise<T>,
): Promise<T> {
  const name = `.sentops-download-${digest(key)}`;
  const folder = path.join(into, name);
  refuseIntruder(placed, into, name);
  makeFolder(into);
  return await withLock(
    folder,
    async () => {
      const ours = openRecord(folder, into, placed);
      const workplace: Workplace = {
        wasThere: target => !ours.has(path.relative(into, target)),
        partOf: file => path.join(folder, `${digest(file.path)}.part`),
        tagFileOf: file => path.join(folder, `${digest(file.path)}.tag`),
      };
      try {
        const result = await work(workplace);
        fs.rmSync(folder, { recursive: true, force: true });
        return result;
      } catch (error) {
        if (!holdsWork(folder, into, ours)) fs.rmSync(folder, { recursive: true, force: true });
        throw error;
      }
    },
    { waitMs: 0 },
  ).catch(error => {
    if (!(error instanceof SentopsError) || error.code !== 'LOCKED') throw error;
    throw new SentopsError('LOCKED', `another process is downloading the same into ${into}`, {
      hint: error.hint,
      details: error.details,
    });
  });
}

/** Whoever could write into the record of a download could have it replace files that are not its own. */
function refuseIntruder(placed: readonly Placed[], into: string, name: string): void {
  const intruder = placed.find(({ target }) => path.relative(into, target).split(path.sep)[0] === name);
  if (intruder === undefined) return;
  throw new SentopsError('DATA_INVALID', `the artifact store lists ${intruder.path}, which only a download makes`, {
    hint: 'the store is damaged or not to be trusted',
    details: { path: intruder.path },
  });
}

/** Compares two files byte by byte. */
export async function holdsSame(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([open(one), open(other)]);
  try {
    if ((await a.stat()).size !== (await b.stat()).size) return false;
    const [left, right] = [Buffer.alloc(1 << 20), Buffer.alloc(1 << 20)];
    for (;;) {
      const { bytesRead } = await a.read(left, 0, left.length);
      if (bytesRead === 0) return true;
      await readFully(b, right.subarray(0, bytesRead));
      if (!left.subarray(0, bytesRead).equals(right.subarray(0, bytesRead))) return false;
    }
  } finally {
    await Promise.all([a.close(), b.close()]);
  }
}

async function readFully(handle: fs.promises.FileHandle, into: Buffer): Promise<void> {
  for (let done = 0; done < into.length; ) {
    const { bytesRead } = await handle.read(into, done, into.length - done);
    if (bytesRead === 0) return;
    done += bytesRead;
  }
}

/** Places that were free when the download began: whatever is there later was put there by it. */
function openRecord(folder: string, into: string, placed: readonly Placed[]): Set<string> {
  makeFolder(folder);
  const free = placed.filter(({ target }) => !fs.existsSync(target)).map(({ target }) => path.relative(into, target));
  const ours = new Set([...readRecord(folder), ...free]);
  writeFileAtomic(path.join(folder, RECORD), JSON.stringify([...ours]));
  return ours;
}

function readRecord(folder: string): string[] {
  try {
    const said: unknown = JSON.parse(fs.readFileSync(path.join(folder, RECORD), 'utf8'));
    return Array.isArray(said) ? said.filter(name => typeof name === 'string') : [];
  } catch {
    return [];
  }
}

function holdsWork(folder: string, into: string, ours: ReadonlySet<string>): boolean {
  const isPart = (name: string) => name.endsWith('.part') && fs.statSync(path.join(folder, name)).size > 0;
  return fs.readdirSync(folder).some(isPart) || [...ours].some(name => fs.existsSync(path.join(into, name)));
}

function makeFolder(folder: string): void {
  try {
    fs.mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw explainWriteFailure(error, folder);
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}
