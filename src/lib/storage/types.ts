/** What is known of a stored object without reading it. */
export interface StoredObject {
  readonly uri: string;
  readonly bytes: number;
  /** ISO 8601; empty of a folder. */
  readonly updated: string;
  /** Changes with every write: for preconditions. Empty of a folder. */
  readonly generation: string;
  /** Base64 of the big-endian CRC-32C, where the store keeps one. */
  readonly crc32c?: string;
  readonly contentType?: string;
  /** How it is packed on the wire: what is read is not always as long as `bytes` where a store unpacks `gzip`. */
  readonly contentEncoding?: string;
  /** Only in lists of one level: there is more below this name, which then ends with a slash. */
  readonly isFolder?: boolean;
}

/**
 * Where files live, under one URI scheme: `gs`, `file`, `s3`. Every method takes full URIs, and names in them are not
 * escaped: `gs://bucket/100 %.csv`. The file scheme takes paths as well, and answers in the spelling it was asked in.
 * Optional members are what a store can do better than by reading and writing; who calls has a way without them.
 */
export interface Storage {
  /** Null where there is nothing; a folder is nothing. */
  stat(uri: string, options: StorageOptions): Promise<StoredObject | null>;
  /** Objects whose URI begins with the prefix, in the order of their names; without `recursive` down to the next slash. */
  list(prefix: string, options: ListOptions): AsyncIterable<StoredObject>;
  /** Bytes from `start` (inclusive) to `end` (exclusive); a missing object throws NOT_FOUND before the first chunk. */
  read(uri: string, options: ReadObjectOptions): AsyncIterable<Uint8Array>;
  /** Stores the whole object or nothing. */
  write(uri: string, body: AsyncIterable<Uint8Array>, options: WriteOptions): Promise<StoredObject>;
  /** True where there was something to delete. */
  delete(uri: string, options: DeleteOptions): Promise<boolean>;
  /** Joins objects of one bucket, in this order, into another; the parts stay. */
  compose?(parts: readonly string[], uri: string, options: WriteOptions): Promise<StoredObject>;
  /** Copies inside the store, without the bytes coming here. */
  copy?(from: string, to: string, options: WriteOptions): Promise<StoredObject>;
  /**
   * Writes what can be read again from any place, and goes on where an earlier process was stopped: how far that came
   * is kept in `sessions`.
   */
  upload?(uri: string, body: ResumableBody, options: UploadOptions): Promise<Uploaded>;
  /** What appears, changes and vanishes below the prefix, from now on, until the signal is aborted. */
  watch?(prefix: string, options: WatchOptions): AsyncIterable<StorageChange>;
  readonly buckets?: Buckets;
}

export interface StorageOptions {
  readonly signal: AbortSignal;
}

export interface ListOptions extends StorageOptions {
  readonly recursive: boolean;
}

export interface ReadObjectOptions extends StorageOptions {
  readonly start?: number;
  readonly end?: number;
  /** Only this state of the object: CONFLICT where it was replaced. */
  readonly generation?: string;
}

export interface WriteOptions extends StorageOptions {
  readonly contentType?: string;
  /** Fails with CONFLICT unless the object has this generation; null: unless there is none. */
  readonly ifGeneration?: string | null;
}

export interface DeleteOptions extends StorageOptions {
  /** Fails with CONFLICT where the object has another generation. */
  readonly ifGeneration?: string;
}

/** Bytes that can be read again from any place: a file, or a dataset at its source. */
export interface ResumableBody {
  /** Null where it is not known before the end. */
  readonly bytes: number | null;
  /** Changes when the content does: size and time of a file, version and tag of what is remote. */
  readonly fingerprint: string;
  open(start: number): AsyncIterable<Uint8Array>;
  /** A chunk may be given back once nobody reads it any more: its memory is then used for a later one. */
  readonly release?: ((chunk: Uint8Array) => void) | undefined;
}

export interface UploadOptions extends WriteOptions {
  /** Where unfinished uploads are remembered; without it they begin anew in the next process. */
  readonly sessions?: SessionStore;
  /** Called with the bytes that are known to be stored, those of an earlier process included. */
  readonly onProgress?: (stored: number) => void;
  /** Bodies at least this long may go in parts side by side, which are then composed. */
  readonly parallelThreshold?: number;
}

export interface Uploaded extends StoredObject {
  /** Bytes that an earlier process had stored already. */
  readonly resumedFrom: number;
}

/** Remembers by a key what a later process needs to go on; `Session` is plain JSON. */
export interface SessionStore {
  load(key: string): Promise<unknown>;
  save(key: string, session: unknown): Promise<void>;
  remove(key: string): Promise<void>;
}

export interface WatchOptions extends StorageOptions {
  /** Time between two looks where the store does not tell by itself. */
  readonly intervalMs?: number;
  /** Begins with what is there already, as added. */
  readonly existing?: boolean;
}

export interface StorageChange {
  readonly type: 'added' | 'changed' | 'removed';
  readonly object: StoredObject;
}

/** The buckets themselves: `gs://name`, or a folder. */
export interface Buckets {
  /** Null where there is none. */
  describe(uri: string, options: StorageOptions): Promise<Bucket | null>;
  /** CONFLICT where the name is taken, by us or by somebody else. */
  create(uri: string, options: CreateBucketOptions): Promise<Bucket>;
  /** Replaces the rules by which objects are deleted. */
  setLifecycle(uri: string, rules: readonly LifecycleRule[], options: StorageOptions): Promise<Bucket>;
  /** Every bucket of a project. */
  list(options: StorageOptions & { readonly project?: string }): AsyncIterable<Bucket>;
}

export interface CreateBucketOptions extends StorageOptions {
  /** Region or multi-region; the store's own choice where absent. */
  readonly location?: string;
  readonly project?: string;
  readonly storageClass?: string;
  readonly lifecycle?: readonly LifecycleRule[];
  readonly labels?: Readonly<Record<string, string>>;
}

export interface Bucket {
  readonly uri: string;
  readonly location: string | null;
  readonly storageClass: string | null;
  /** ISO 8601, where the store says. */
  readonly created: string | null;
  readonly lifecycle: readonly LifecycleRule[];
}

/** Objects below the prefix are deleted once they are this old. */
export interface LifecycleRule {
  readonly prefix: string;
  readonly days: number;
}
