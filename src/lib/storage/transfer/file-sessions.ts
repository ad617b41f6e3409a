import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { explainWriteFailure } from '../../core/atomic.ts';
import { dataFolder, type Machine } from '../../core/folders.ts';
import { removeTemporary, temporaryName } from '../../core/temporary.ts';
import type { SessionStore } from '../types.ts';

/** A session of Google Cloud Storage ends after a week; what is older than this is of use to nobody. */
const KEPT_MS = 14 * 24 * 60 * 60 * 1000;

/** Unfinished transfers of this user, whatever the project. */
export function userSessions(machine: Machine): SessionStore {
  return fileSessions(path.join(dataFolder(machine), 'transfers'));
}

/**
 * A file for each key. Only the user may read them: the address of an upload lets whoever knows it write. They are not
 * forced onto the disk, as they are written often and a session that is lost costs time alone.
 */
export function fileSessions(folder: string): SessionStore {
  let isTidy = false;
  const fileOf = (key: string) =>
    path.join(folder, `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.json`);
  const prepare = () => {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (isTidy) return;
    isTidy = true;
    removeTemporary(folder);
    removeOld(folder);
  };
  return {
    async load(key) {
      return readSession(fileOf(key), key);
    },
    async save(key, session) {
      const file = fileOf(key);
      const draft = temporaryName(file);
      try {
        prepare();
        fs.writeFileSync(draft, JSON.stringify({ key, session }), { mode: 0o600 });
        fs.renameSync(draft, file);
      } catch (error) {
        removeQuietly(draft);
        throw explainWriteFailure(error, file);
      }
    },
    async remove(key) {
      removeQuietly(fileOf(key));
    },
  };
}

/** Below a file even the look for a file fails. */
function removeQuietly(file: string): void {
  try {
    fs.rmSync(file, { force: true });
  } catch {
    // Nothing can have been made there.
  }
}

/** Undefined where there is none, or none that can be read: whoever asks then begins anew. */
function readSession(file: string, key: string): unknown {
  try {
    const stored: unknown = JSON.parse(fs.readFileSync(file, 'utf8'));
    const isOurs = typeof stored === 'object' && stored !== null && 'key' in stored && stored.key === key;
    return isOurs && 'session' in stored ? stored.session : undefined;
  } catch {
    return undefined;
  }
}

function removeOld(folder: string): void {
  const limit = Date.now() - KEPT_MS;
  for (const name of fs.readdirSync(folder)) {
    const file = path.join(folder, name);
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    if (stat?.isFile() && name.endsWith('.json') && stat.mtimeMs < limit) fs.rmSync(file, { force: true });
  }
}
