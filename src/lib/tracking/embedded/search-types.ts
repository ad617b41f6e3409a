/** What a search answers: ids in the order that was asked for. The entities are loaded by whoever asked. */
export interface FoundIds {
  readonly ids: readonly string[];
  readonly nextPageToken: string | null;
}

/** Versions of registered models have no id of their own. */
export interface VersionId {
  readonly name: string;
  readonly version: number;
}

export interface FoundVersions {
  readonly ids: readonly VersionId[];
  readonly nextPageToken: string | null;
}
