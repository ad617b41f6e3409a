import type { FileRecord, MetricsRecord, RecordOf } from './records.ts';

/** Whether something was made, or was there from an earlier import or under the same id. */
export type Outcome = 'made' | 'there';

/** What records are written to. Everything may be written again: what is there stays as it is. */
export interface ImportTarget {
  experiment(record: RecordOf<'experiment'>): Promise<Outcome>;
  run(record: RecordOf<'run'>): Promise<Outcome>;
  loggedModel(record: RecordOf<'loggedModel'>): Promise<Outcome>;
  /** The number of values that were not there. */
  metrics(record: MetricsRecord): Promise<number>;
  outputs(record: RecordOf<'outputs'>): Promise<void>;
  model(record: RecordOf<'model'>): Promise<Outcome>;
  version(record: RecordOf<'version'>): Promise<Outcome>;
  /** The folder of the files of a run or logged model. */
  rootOf(owner: FileRecord): string;
  /** Whatever may only be done when everything is there. */
  finish(): Promise<void>;
  /** Old and new ids and numbers, where they differ. */
  readonly renamed: readonly Renamed[];
}

export interface Renamed {
  readonly kind: 'experiment' | 'run' | 'loggedModel' | 'version';
  readonly from: string;
  readonly to: string;
}

/** Says where something came from, so that the next import finds it. */
export const ORIGIN_TAG = 'sentops.importedFrom';

/** A location with the folder of its run or logged model replaced, as those folders were renamed. */
export function replaceRoot(location: string, roots: readonly (readonly [from: string, to: string])[]): string {
  for (const [from, to] of roots) {
    if (location === from) return to;
    if (location.startsWith(`${from}/`)) return `${to}${location.slice(from.length)}`;
  }
  return location;
}

/** What the tag of a version says: numbers may be given again, moments are not. */
export function originOf({ name, version, createdAt }: RecordOf<'version'>): string {
  return `${name}/${version}/${createdAt}`;
}
