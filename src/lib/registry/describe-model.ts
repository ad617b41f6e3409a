import type { World } from '../extend/world.ts';
import { type TrackingProject, withTracker } from '../tracking/open-tracker.ts';
import { type AuditEvent, readTrail } from './audit.ts';
import { findModelByName, findVersion } from './find-version.ts';
import { listVersions } from './list-versions.ts';
import { type ModelRow, toModelRow } from './model-row.ts';
import { toVersionRows, type VersionRow } from './version-row.ts';

export interface DescribeModelRequest extends World {
  readonly project: TrackingProject;
  readonly name: string;
  /** Only this version. */
  readonly version: number | undefined;
  readonly history: boolean;
}

export interface ModelDescription extends ModelRow {
  /** How many versions there are. */
  total: number;
  /** The one asked for, or the newest ones. */
  versions: VersionRow[];
  /** What sentops did to its stages and aliases, oldest first; null where it was not asked for. */
  history: AuditEvent[] | null;
}

/** A description is for a person; `model versions` lists all of them. */
const MOST_VERSIONS = 10;

export function describeModel({ project, name, version, history, ...world }: DescribeModelRequest) {
  return withTracker(project, world, 'read', async (tracker): Promise<ModelDescription> => {
    const model = await findModelByName(tracker, name);
    const versions = await listVersions(tracker, name);
    const chosen =
      version === undefined ? versions.slice(0, MOST_VERSIONS) : [await findVersion(tracker, name, { version })];
    const trail = readTrail(model.tags);
    const isAbout = ({ from, to }: AuditEvent) => version === undefined || from === version || to === version;
    return {
      ...toModelRow(model),
      total: versions.length,
      versions: await toVersionRows(tracker, chosen),
      history: history ? trail.filter(isAbout) : null,
    };
  });
}

export interface ListVersionsRequest extends World {
  readonly project: TrackingProject;
  readonly name: string;
}

/** Every version of a model, newest first. */
export function listVersionRows({ project, name, ...world }: ListVersionsRequest): Promise<VersionRow[]> {
  return withTracker(project, world, 'read', async tracker => {
    const model = await findModelByName(tracker, name);
    return toVersionRows(tracker, await listVersions(tracker, model.name));
  });
}
