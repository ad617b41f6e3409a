import { SentopsError } from '../../core/errors.ts';

/** https://www.sqlite.org/rescode.html: the low byte of an extended code is its family. */
const FAMILIES = {
  5: 'busy',
  6: 'busy',
  8: 'read-only',
  10: 'io',
  11: 'corrupt',
  13: 'full',
  14: 'cannot-open',
  19: 'constraint',
  26: 'not-a-database',
} as const;

export type SqliteFamily = (typeof FAMILIES)[keyof typeof FAMILIES];

export function sqliteFamily(error: unknown): SqliteFamily | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  const family = error.errcode & 0xff;
  return family in FAMILIES ? FAMILIES[family as keyof typeof FAMILIES] : undefined;
}

/** What a failure of SQLite means to the person whose store it is; anything else is handed back as it is. */
export function explainSqlite(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || !('errcode' in error)) return error;
  const details = { file, sqlite: error.message };
  switch (sqliteFamily(error)) {
    case 'busy':
      return new SentopsError('LOCKED', `the store ${file} is busy: another process writes to it`, {
        hint: 'run the command again when the other process has ended',
        details,
        cause: error,
      });
    case 'read-only':
    case 'cannot-open':
      return new SentopsError('NOT_WRITABLE', `the store ${file} cannot be written`, {
        hint: 'change its permissions and those of its folder, or name another one with --mlflow-uri',
        details,
        cause: error,
      });
    case 'full':
      return new SentopsError('DISK_FULL', `no space is left for the store ${file}`, { details, cause: error });
    case 'corrupt':
    case 'not-a-database':
      return damaged(file, error);
    default:
      return new SentopsError('DATA_INVALID', `the store ${file} did not take the command: ${error.message}`, {
        hint: 'if MLflow upgrades it just now, run the command again; otherwise run: sentops store check',
        details,
        cause: error,
      });
  }
}

function damaged(file: string, error: Error): SentopsError {
  const what =
    sqliteFamily(error) === 'corrupt' ? 'is a damaged SQLite database' : 'is not an SQLite database or is damaged';
  return new SentopsError('DATA_INVALID', `${file} ${what}`, {
    hint: 'put back a copy of it, together with its -wal file where there is one; or move it away, and a new store is made',
    details: { file, sqlite: error.message },
    cause: error,
  });
}
