import type { Store } from '../../embedded/store.ts';
import type { Renamed } from './import-target.ts';

/** What the parts of an import into a database share. */
export interface EmbeddedPlace {
  readonly store: Store;
  /** The id in the file → the one here. */
  readonly experiments: Map<string, string>;
  /** The folders of runs and logged models in the file → those here. */
  readonly roots: [from: string, to: string][];
  readonly renamed: Renamed[];
  readonly withArtifacts: boolean;
}
