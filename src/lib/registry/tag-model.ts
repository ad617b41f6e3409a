import { SentopsError } from '../core/errors.ts';
import type { World } from '../extend/world.ts';
import { planTags } from '../runs/change-runs.ts';
import type { Texts } from '../tracking/entities.ts';
import { type TrackingProject, withTracker } from '../tracking/open-tracker.ts';
import { findModelByName, findVersion } from './find-version.ts';
import { isRecordTag, plainTags } from './model-row.ts';

export interface TagModelCall extends World {
  readonly project: TrackingProject;
  readonly name: string;
  /** The tags of the model itself where absent. */
  readonly version: number | undefined;
  readonly set: Texts;
  readonly remove: readonly string[];
  readonly dryRun: boolean;
}

export interface TaggedModel {
  model: string;
  version: number | null;
  changes: { key: string; before: string | null; after: string | null }[];
  dryRun: boolean;
}

/** What a version was promoted on, and the digest that it is known again by: shown as tags, and written by us alone. */
const EVIDENCE = /^sentops\.(promotion|model)\./;

/** Sets and removes tags of a registered model or of one version. */
export function tagModel({
  project,
  name,
  version,
  set,
  remove,
  dryRun,
  ...world
}: TagModelCall): Promise<TaggedModel> {
  for (const key of [...Object.keys(set), ...remove]) if (isRecordTag(key) || EVIDENCE.test(key)) throw ownTag(key);
  return withTracker(project, world, dryRun ? 'read' : 'write', async tracker => {
    const { models } = tracker;
    const found =
      version === undefined ? await findModelByName(tracker, name) : await findVersion(tracker, name, { version });
    const what = `model ${name}${version === undefined ? '' : ` version ${version}`}`;
    const changes = planTags(plainTags(found.tags), set, remove, what);
    for (const { key, after } of dryRun ? [] : changes) {
      world.signal.throwIfAborted();
      if (version === undefined) await (after === null ? models.deleteTag(name, key) : models.setTag(name, key, after));
      else if (after === null) await models.deleteVersionTag(name, version, key);
      else await models.setVersionTag(name, version, key, after);
    }
    return { model: name, version: version ?? null, changes, dryRun };
  });
}

function ownTag(key: string): SentopsError {
  return new SentopsError('FLAG_INVALID', `the tag ${key} is a record of sentops and is not to be changed`, {
    hint: 'look at the records with: sentops model describe NAME --history',
    details: { tag: key },
  });
}
