import { createHash } from 'node:crypto';
import path from 'node:path';
import { withLock } from '../../core/lock-file.ts';

const LOCK_NAME = /^\.\.sentops-[0-9a-f]{16}\.lock$/;

/** Names under which a file is kept from being replaced; they are no objects. */
export function isLockName(name: string): boolean {
  return LOCK_NAME.test(name);
}

/** Runs a look and a change of a file as one step among all that do so. */
export function withFileLock<T>(
  file: string,
  work: () => Promise<T>,
  options: { readonly waitMs?: number } = {},
): Promise<T> {
  const hash = createHash('sha256').update(path.basename(file)).digest('hex').slice(0, 16);
  return withLock(path.join(path.dirname(file), `.sentops-${hash}`), work, { ...options, shown: file });
}
