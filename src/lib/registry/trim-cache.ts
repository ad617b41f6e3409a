import fs from 'node:fs';
import path from 'node:path';

/** Fetched models together; the one that was asked for last stays whatever its size. */
const MOST_BYTES = 4 * 1024 ** 3;
/** What was used so lately may be in use. */
const RESTING_MS = 60 * 60 * 1000;
/** Nobody goes on with a download so old. */
const STALE_MS = 7 * 24 * RESTING_MS;

/** What a process that was killed had begun to remove. */
const REMOVED = '.removed';

interface Entry {
  readonly place: string;
  readonly name: string;
  readonly usedAt: number;
}

/** Removes the models that were not used for longest until the rest fits. */
export function trimCache(dir: string, keep: string, mostBytes = MOST_BYTES, now = Date.now()): void {
  for (const { place, usedAt } of entriesOf(path.join(dir, 'partial'))) if (now - usedAt > STALE_MS) remove(place);
  for (const { place, name } of entriesOf(dir)) if (name.endsWith(REMOVED)) erase(place);
  const entries = entriesOf(dir).filter(({ name }) => /^[0-9a-f]{32}$/.test(name));
  let total = 0;
  for (const { place, name, usedAt } of entries.sort((a, b) => b.usedAt - a.usedAt)) {
    total += bytesIn(place);
    if (total > mostBytes && name !== keep && now - usedAt > RESTING_MS) remove(place);
  }
}

function entriesOf(dir: string): Entry[] {
  try {
    return fs.readdirSync(dir).map(name => {
      const place = path.join(dir, name);
      return { place, name, usedAt: fs.statSync(place).mtimeMs };
    });
  } catch {
    return [];
  }
}

function bytesIn(folder: string): number {
  try {
    return fs
      .readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .reduce((sum, entry) => sum + fs.statSync(path.join(entry.parentPath, entry.name)).size, 0);
  } catch {
    return 0;
  }
}

/** Away under another name first: nobody may find half a model. */
function remove(place: string): void {
  try {
    fs.renameSync(place, `${place}${REMOVED}`);
  } catch {
    // Another process was quicker, or the cache may only be read.
    return;
  }
  erase(`${place}${REMOVED}`);
}

function erase(place: string): void {
  try {
    fs.rmSync(place, { recursive: true, force: true });
  } catch {
    // The next one that fetches a model tries again.
  }
}
