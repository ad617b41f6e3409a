import fs from 'node:fs';
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { SentopsError } from '../../core/errors.ts';
import { checkRevision, isEmpty } from './check-revision.ts';
import { loadSqlite } from './load-sqlite.ts';
import { REVISION, STATEMENTS } from './schema.ts';
import { sqliteFamily } from './sqlite-errors.ts';
import { BUSY_TIMEOUT_MS, type Patience, persist, Store } from './store.ts';

export interface StorePlace extends Patience {
  readonly mode: 'read' | 'write';
}

/**
 * Opens a database of MLflow at whatever revision it has. To write, one that is not there is made whole: by one
 * transaction, so that two processes may do it at once and a kill leaves all of it or nothing. To read, a store that
 * is not there is an empty one in memory.
 */
export async function openStore({ mode, ...patience }: StorePlace): Promise<Store> {
  const writable = mode === 'write';
  if (writable) demandWritable(patience.file);
  else if (!isFile(patience.file)) return emptyStore(patience);
  return persist(() => openAt(patience, writable), patience);
}

function openAt(patience: Patience, writable: boolean): Store {
  const { file } = patience;
  const db = writable ? openFile(file, 'rwc') : openToRead(file);
  try {
    if (writable) setUp(db, file);
    else if (isEmpty(db)) {
      db.close();
      return emptyStore(patience);
    }
    checkRevision(db, file);
    return new Store(db, { ...patience, writable });
  } catch (error) {
    if (db.isOpen) db.close();
    throw error;
  }
}

function openFile(file: string, sqliteMode: 'ro' | 'rw' | 'rwc', immutable = false): DatabaseSync {
  const { DatabaseSync } = loadSqlite();
  const url = pathToFileURL(file);
  url.searchParams.set('mode', sqliteMode);
  if (immutable) url.searchParams.set('immutable', '1');
  const db = new DatabaseSync(url);
  db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL`);
  return db;
}

/**
 * Without the right to write beside it a database in WAL mode cannot be shared, and SQLite opens it only where it is
 * told that nobody changes it. That would hide what a killed writer left beside it: then it is refused.
 */
function openToRead(file: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = openFile(file, 'rw');
    db.exec('PRAGMA query_only = ON');
    db.prepare('SELECT count(*) FROM sqlite_master').get();
    return db;
  } catch (error) {
    db?.close();
    const family = sqliteFamily(error);
    if (family !== 'cannot-open' && family !== 'read-only' && family !== 'io') throw error;
    demandReadable(file);
    const left = ['wal', 'journal'].find(end => sizeOf(`${file}-${end}`) > 0);
    if (left !== undefined)
      throw new SentopsError(
        'NOT_WRITABLE',
        `${file} has a -${left} file with changes, and its folder cannot be written`,
        {
          hint: 'open it once as a user who may write there, for example with: sentops experiment list',
          details: { file },
          cause: error,
        },
      );
    return openFile(file, 'ro', true);
  }
}

function setUp(db: DatabaseSync, file: string): void {
  shareWell(db);
  if (!isEmpty(db)) return;
  db.exec('BEGIN IMMEDIATE');
  try {
    if (isEmpty(db)) create(db, file);
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** In WAL mode readers and one writer do not wait for each other. While somebody else works the mode stays as it is. */
function shareWell(db: DatabaseSync): void {
  try {
    db.prepare('PRAGMA journal_mode = WAL').get();
  } catch (error) {
    if (sqliteFamily(error) !== 'busy') throw error;
  }
}

function create(db: DatabaseSync, file: string): void {
  for (const statement of STATEMENTS) db.exec(statement);
  const now = Date.now();
  db.prepare(
    `INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time)
     VALUES (0, 'Default', ?, 'active', ?, ?)`,
  ).run(`${newArtifactRoot(file)}/0`, now, now);
  db.prepare('INSERT INTO alembic_version (version_num) VALUES (?)').run(REVISION);
}

/** Where files of a store that we make go: absolute, as MLflow has it when it works on files of its own machine. */
export function newArtifactRoot(file: string): string {
  return pathToFileURL(path.join(path.dirname(file), 'artifacts')).href;
}

function emptyStore(patience: Patience): Store {
  const { DatabaseSync } = loadSqlite();
  const db = new DatabaseSync(':memory:');
  create(db, patience.file);
  return new Store(db, { ...patience, writable: false });
}

function isFile(file: string): boolean {
  const stat = look(file);
  if (stat?.isDirectory())
    throw new SentopsError('DATA_INVALID', `${file} is a folder, not a database`, {
      hint: 'name the file in it: --mlflow-uri sqlite:///<folder>/mlflow.db',
      details: { file },
    });
  return stat !== undefined;
}

function look(file: string): fs.Stats | undefined {
  try {
    return fs.statSync(file, { throwIfNoEntry: false });
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** SQLite opens what it cannot write and fails later: say so before any work is done. */
function demandWritable(file: string): void {
  const dir = path.dirname(file);
  try {
    fs.mkdirSync(dir, { recursive: true });
    fs.accessSync(dir, fs.constants.R_OK | fs.constants.W_OK | fs.constants.X_OK);
    if (isFile(file)) fs.accessSync(file, fs.constants.R_OK | fs.constants.W_OK);
  } catch (error) {
    if (error instanceof SentopsError) throw error;
    throw new SentopsError('NOT_WRITABLE', `the store ${file} cannot be written`, {
      hint: 'change its permissions and those of its folder, or name another one with --mlflow-uri',
      details: { file },
      cause: error,
    });
  }
}

function demandReadable(file: string): void {
  try {
    fs.accessSync(file, fs.constants.R_OK);
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, cause: unknown): SentopsError {
  return new SentopsError('PERMISSION_DENIED', `the store ${file} may not be read`, {
    hint: 'change its permissions and those of its folder',
    details: { file },
    cause,
  });
}

function sizeOf(file: string): number {
  return fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
