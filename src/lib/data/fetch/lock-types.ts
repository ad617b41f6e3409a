/** The datasets that were fetched, by their keys. */
export type DatasetLock = Readonly<Record<string, LockedDataset>>;

/** What one dataset was when it was fetched. */
export interface LockedDataset {
  readonly source: string;
  readonly ref: string;
  readonly version: string;
  /** Folder of the files, relative to the lock file; null where that is outside of its folder. */
  readonly folder: string | null;
  /** Only single files of it were ever fetched. */
  readonly partial: boolean;
  /** Archives as they came, by path. */
  readonly archives: Readonly<Record<string, LockedFile>>;
  /** Files as they lie in the folder, by path. */
  readonly files: Readonly<Record<string, LockedFile>>;
}

export interface LockedFile {
  readonly bytes: number;
  /** Null of what was streamed through: nobody saw it in one piece. */
  readonly sha256: string | null;
  readonly crc32c: string;
  /** What the source said of its content. */
  readonly tag?: string;
  /** The archive that it came in. */
  readonly from?: string;
}
