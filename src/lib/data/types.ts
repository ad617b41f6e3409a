/** A dataset at its source, before anything is downloaded. */
export interface RemoteDataset {
  /** The reference as the source spells it. */
  readonly ref: string;
  /** Changes whenever a file does; goes into the lock file. */
  readonly version: string;
  /** What can be fetched, each by itself; one archive where the source packs the dataset. */
  readonly files: readonly RemoteFile[];
  readonly title?: string;
  readonly license?: string;
  /** Where a person can look at it. */
  readonly page?: string;
}

export interface RemoteFile {
  /** Relative, with forward slashes. */
  readonly path: string;
  /** Null where the source does not say. */
  readonly bytes: number | null;
  readonly sha256: string | null;
  /** Base64 of the big-endian CRC-32C, where the source keeps one. */
  readonly crc32c?: string | null;
  /** Base64, where the source keeps one. */
  readonly md5?: string | null;
  /** Changes with the content: an ETag, a date, a generation. Null where the source does not say. */
  readonly tag?: string | null;
}

/** A place that datasets come from. */
export interface DatasetSource {
  /** Looks the reference up; throws NOT_FOUND where there is none. The newest version where none is asked for. */
  find(ref: string, options: FindOptions): Promise<RemoteDataset>;
  /**
   * Bytes of a file from `start` on, so that a broken download goes on where it stopped. CONFLICT where the source
   * holds something else by now; DATA_INVALID where it answers with a page for people instead of the file.
   */
  read(dataset: RemoteDataset, file: RemoteFile, options: ReadFileOptions): AsyncIterable<Uint8Array>;
}

export interface SourceOptions {
  readonly signal: AbortSignal;
}

export interface FindOptions extends SourceOptions {
  readonly version?: string;
  /** Only this file of the dataset. */
  readonly file?: string;
}

export interface ReadFileOptions extends SourceOptions {
  readonly start: number;
}
