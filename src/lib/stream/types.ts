import type { Json } from '../config/types.ts';

/**
 * How far a source was read: for each of its partitions (a topic's partition, a file) where to go on. The strings
 * belong to the source; everybody else only keeps them and hands them back.
 */
export type Positions = Readonly<Record<string, string>>;

/** One row on its way: what a source yields and, with the prediction added, what a sink takes. */
export interface StreamRecord {
  /** By name; a bare line of text is `{ text }`. */
  readonly fields: Readonly<Record<string, Json>>;
  /** Rows of one key stay in order and go to one partition. */
  readonly key?: string;
  /** Where the row stands in its source: for dead letters and for telling twins apart. */
  readonly origin: { readonly partition: string; readonly offset: string };
  /** Why the row could not be decoded; `fields.raw` then holds what was found. */
  readonly error?: string;
}

export interface StreamBatch {
  /** Counts up by one for each batch of a stream; a batch that is repeated after a crash has the number it had before. */
  readonly id: number;
  readonly records: readonly StreamRecord[];
  /** Where the source goes on after this batch; a transactional sink stores them together with the rows. */
  readonly positions: Positions;
}

export interface StreamSource {
  /** Whether `open` can go back to positions that were read before; exactly-once needs that. */
  readonly replayable: boolean;
  /** Begins behind these positions; an empty object means where the options say. */
  open(positions: Positions): Promise<void>;
  /**
   * The next rows, at most `maxRecords`. Waits up to `maxWaitMs` for the first one and may come back empty (0 = only
   * what is at hand). Null: the source has ended and there will never be more.
   */
  read(request: ReadRequest): Promise<SourceBatch | null>;
  /** Everything up to here is safe at the sinks and need not be read again. */
  commit(positions: Positions): Promise<void>;
  /** Called once after `open`, also when something failed. */
  close(): Promise<void>;
}

export interface ReadRequest {
  readonly maxRecords: number;
  readonly maxWaitMs: number;
  readonly signal: AbortSignal;
}

export type SourceBatch = Omit<StreamBatch, 'id'>;

export interface StreamSink {
  /**
   * What becomes of a batch that is written again after a crash. `exactly-once`: the sink knows its number and its
   * rows do not appear twice. `at-least-once`: they may.
   */
  readonly delivery: 'exactly-once' | 'at-least-once';
  open(): Promise<void>;
  /** Takes a batch; it may be kept in memory until `flush`. */
  write(batch: StreamBatch): Promise<void>;
  /** When this is done, everything written is safe; only then are the source's positions committed. */
  flush(): Promise<void>;
  /** Called once after `open`, also when something failed; does not flush. */
  close(): Promise<void>;
}
