import type { StorageProject } from '../../storage/open-storage.ts';
import type { InputWorld } from '../open-input.ts';
import type { TableFormat } from '../write/table-kind.ts';

/** What every command that turns rows into rows is given. */
export interface RowToolRequest extends InputWorld {
  /** A path, a URI, or `-` for standard input. */
  readonly input: string;
  /** By the names of the files where absent. */
  readonly to: TableFormat | undefined;
  readonly textColumn: string | undefined;
  readonly labelColumn: string | undefined;
  /** Whether a CSV begins with the names of its columns; where absent as the input does. */
  readonly header: boolean | undefined;
  /** Replace files that are there. */
  readonly force: boolean;
  readonly dryRun: boolean;
  loadProject(sections: readonly string[]): Promise<StorageProject>;
  /** Takes rows where the output is `-`. */
  stream(bytes: Uint8Array): Promise<void>;
}

/** A file that was written. */
export interface WrittenTable {
  /** As it was asked for: a path or URI; `-` for standard output. */
  path: string;
  rows: number;
  /** Rows of each label; empty where there is no column of labels. */
  labels: Record<string, number>;
}
