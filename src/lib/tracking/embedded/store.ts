import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { SentopsError } from '../../core/errors.ts';
import { orAbort } from '../../core/or-abort.ts';
import { explainSqlite, sqliteFamily } from './sqlite-errors.ts';

/** How long others may hold the database: as long as MLflow itself waits. */
const PATIENCE_MS = 20_000;

/** How long SQLite waits with the whole process standing still; between such waits signals and requests are heard. */
export const BUSY_TIMEOUT_MS = 50;

/** How a database that others keep busy is waited for. */
export interface Patience {
  /** Absolute. */
  readonly file: string;
  /** Ends a wait; what does not have to wait is done all the same, so that an interrupted run can still be closed. */
  readonly signal?: AbortSignal | undefined;
  readonly patienceMs?: number | undefined;
}

interface StoreOptions extends Patience {
  readonly writable: boolean;
}

/**
 * An open database of MLflow. Everything goes through `read` and `write`: the work runs in one step and in one
 * transaction, and from the start again where another process was in the way. It must not change anything else.
 */
export class Store {
  readonly db: DatabaseSync;
  readonly file: string;
  readonly writable: boolean;
  readonly #patience: Patience;
  readonly #statements = new Map<string, StatementSync>();

  constructor(db: DatabaseSync, { writable, ...patience }: StoreOptions) {
    this.db = db;
    this.file = patience.file;
    this.writable = writable;
    this.#patience = patience;
  }

  /** Several queries see the same state. */
  async read<T>(work: () => T): Promise<T> {
    return persist(() => this.#transact('BEGIN', work), this.#patience);
  }

  /** All of it or nothing. */
  async write<T>(work: () => T): Promise<T> {
    if (!this.writable)
      throw new SentopsError('NOT_WRITABLE', `the store ${this.file} was opened to be read`, {
        details: { file: this.file },
      });
    return persist(() => this.#transact('BEGIN IMMEDIATE', work), this.#patience);
  }

  /** Rows with the columns that the statement names; the caller says which those are. */
  all<Row>(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#prepare(sql).all(...values) as Row[];
  }

  get<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#prepare(sql).get(...values) as Row | undefined;
  }

  /** How many rows changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#prepare(sql).run(...values).changes);
  }

  close(): void {
    this.#statements.clear();
    if (this.db.isOpen) this.db.close();
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const made = this.db.prepare(sql);
    this.#statements.set(sql, made);
    return made;
  }

  #transact<T>(begin: string, work: () => T): T {
    this.db.exec(begin);
    try {
      const result = work();
      this.db.exec('COMMIT');
      return result;
    } catch (error) {
      // Some failures, a full disk among them, have rolled back already.
      if (this.db.isTransaction) this.db.exec('ROLLBACK');
      throw error;
    }
  }
}

/** Repeats a step that failed because the database was busy, until it works, the time is up or the signal says so. */
export async function persist<T>(step: () => T, { file, signal, patienceMs = PATIENCE_MS }: Patience): Promise<T> {
  const end = performance.now() + patienceMs;
  for (;;) {
    try {
      return step();
    } catch (error) {
      if (sqliteFamily(error) !== 'busy' || performance.now() > end) throw explainSqlite(error, file);
    }
    const pause = sleep(5 + Math.random() * 20);
    await (signal === undefined ? pause : orAbort(pause, signal));
  }
}
