/** A dataset at its source, before anything is downloaded. */
export interface RemoteDataset {
  /** The reference as the source spells it. */
  readonly ref: string;
  /** Changes whenever a file does; goes into the lock file. */
  readonly version: string;
  readonly files: readonly RemoteFile[];
}

export interface RemoteFile {
  /** Relative, with forward slashes. */
  readonly path: string;
  /** Null where the source does not say. */
  readonly bytes: number | null;
  readonly sha256: string | null;
}

/** A place that datasets come from. */
export interface DatasetSource {
  /** Looks the reference up; throws NOT_FOUND where there is none. The newest version where none is asked for. */
  find(ref: string, options: SourceOptions & { readonly version?: string }): Promise<RemoteDataset>;
  /** Bytes of a file from `start` on, so that a broken download goes on where it stopped. */
  read(
    dataset: RemoteDataset,
    file: RemoteFile,
    options: SourceOptions & { readonly start: number },
  ): AsyncIterable<Uint8Array>;
}

export interface SourceOptions {
  readonly signal: AbortSignal;
}
