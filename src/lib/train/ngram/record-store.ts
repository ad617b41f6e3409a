import fs from 'node:fs';
import { freeMemory } from '../../learn/ngram/free-memory.ts';
import type { PackedRows } from '../../learn/ngram/packed-rows.ts';
import type { RowSource } from '../../learn/ngram/records.ts';

/** Where a block of packed rows is: in memory, or so many bytes from `at` of the file. */
export type RecordBlock =
  | { readonly memory: Uint8Array<ArrayBuffer> }
  | { readonly at: number; readonly length: number };

/** Hashed rows of one part as plain data, for a thread to read. */
export interface StoredRecords {
  readonly file: string;
  readonly blocks: readonly RecordBlock[];
  readonly rows: number;
  /** Of all rows together. */
  readonly features: number;
}

/** Memory that several stores share. */
export class MemoryBudget {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  take(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }
}

/** Keeps hashed rows in the order of arrival: in memory while the budget lasts, then in a file of its own. */
export class RecordStore {
  readonly #file: string;
  readonly #budget: MemoryBudget;
  /** Null: still being made. */
  readonly #blocks: (RecordBlock | null)[] = [];
  #descriptor: number | null = null;
  #written = 0;
  #rows = 0;
  #features = 0;

  /** The file is made when it is needed, in a folder that the caller makes and removes. */
  constructor(file: string, budget: MemoryBudget) {
    this.#file = file;
    this.#budget = budget;
  }

  /** A place for a block that comes later, so that blocks keep the order of the file whoever makes them. */
  reserve(): number {
    return this.#blocks.push(null) - 1;
  }

  put(place: number, { bytes, rows, features }: PackedRows): void {
    this.#rows += rows;
    this.#features += features;
    this.#blocks[place] = this.#budget.take(bytes.length) ? { memory: bytes } : this.#write(bytes);
  }

  /** Only when every reserved block was put. */
  describe(): StoredRecords {
    const blocks = this.#blocks.filter(block => block !== null);
    return { file: this.#file, blocks, rows: this.#rows, features: this.#features };
  }

  /** Gives away what is in memory: this store has no rows from then on. */
  giveAway(): StoredRecords {
    const stored = this.describe();
    this.#blocks.length = 0;
    this.#rows = 0;
    this.#features = 0;
    return stored;
  }

  close(): void {
    if (this.#descriptor !== null) fs.closeSync(this.#descriptor);
    this.#descriptor = null;
    this.#blocks.length = 0;
  }

  #write(bytes: Uint8Array): RecordBlock {
    this.#descriptor ??= fs.openSync(this.#file, 'wx', 0o600);
    const block = { at: this.#written, length: bytes.length };
    writeAll(this.#descriptor, bytes, this.#written);
    this.#written += bytes.length;
    return block;
  }
}

/** Reads blocks back; `close` closes the file. */
export function openRecords(stored: StoredRecords): RowSource & { close(): void } {
  let descriptor: number | null = null;
  let buffer = new Uint8Array(0);
  return {
    blocks: stored.blocks.length,
    rows: stored.rows,
    features: stored.features,
    read(index) {
      const block = stored.blocks[index];
      if (block === undefined) throw new RangeError(`no block ${index} of ${stored.blocks.length}`);
      if ('memory' in block) return block.memory;
      if (buffer.length < block.length) buffer = new Uint8Array(block.length);
      const bytes = buffer.subarray(0, block.length);
      descriptor ??= fs.openSync(stored.file, 'r');
      readAll(descriptor, bytes, block.at);
      return bytes;
    },
    drop(index) {
      const block = stored.blocks[index];
      if (block !== undefined && 'memory' in block) freeMemory(block.memory.buffer);
    },
    close() {
      if (descriptor !== null) fs.closeSync(descriptor);
      descriptor = null;
    },
  };
}

export function writeAll(descriptor: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length; )
    done += fs.writeSync(descriptor, bytes, done, bytes.length - done, at + done);
}

export function readAll(descriptor: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length; ) {
    const read = fs.readSync(descriptor, bytes, done, bytes.length - done, at + done);
    if (read === 0) throw new Error('the temporary file of the training is shorter than it was written');
    done += read;
  }
}
