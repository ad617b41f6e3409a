/** What is known about a stored object without reading it. */
export interface StoredObject {
  readonly uri: string;
  readonly bytes: number;
  /** ISO 8601. */
  readonly updated: string;
  /** Changes with every write: for preconditions. */
  readonly generation: string;
  /** Base64 of the big-endian CRC-32C, where the store keeps one. */
  readonly crc32c?: string;
}

/** Where files live, under one URI scheme: `gs`, `file`, `s3`. Every method takes full URIs. */
export interface Storage {
  stat(uri: string, options: StorageOptions): Promise<StoredObject | null>;
  /** Objects whose URI begins with the prefix, in the order of their names; without `recursive` down to the next slash. */
  list(prefix: string, options: StorageOptions & { readonly recursive: boolean }): AsyncIterable<StoredObject>;
  /** Bytes from `start` (inclusive) to `end` (exclusive); a missing object throws NOT_FOUND before the first chunk. */
  read(
    uri: string,
    options: StorageOptions & { readonly start?: number; readonly end?: number },
  ): AsyncIterable<Uint8Array>;
  /** Stores the whole object or nothing. */
  write(uri: string, body: AsyncIterable<Uint8Array>, options: WriteOptions): Promise<StoredObject>;
  /** True where there was something to delete. */
  delete(uri: string, options: StorageOptions): Promise<boolean>;
}

export interface StorageOptions {
  readonly signal: AbortSignal;
}

export interface WriteOptions extends StorageOptions {
  readonly contentType?: string;
  /** Fails with CONFLICT unless the object has this generation; null: unless there is none. */
  readonly ifGeneration?: string | null;
}
