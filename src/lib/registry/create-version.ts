import { createHash } from 'node:crypto';
import { SentopsError } from '../core/errors.ts';
import type { ModelVersion } from '../tracking/entities.ts';
import type { NewModelVersion, Tracker } from '../tracking/types.ts';
import { listVersions } from './list-versions.ts';

/** As MLflow takes names. */
export function checkName(name: string): void {
  if (name.trim() !== '' && !/[/:]/.test(name)) return;
  throw new SentopsError('FLAG_INVALID', `${JSON.stringify(name)} cannot be the name of a registered model`, {
    hint: 'a name is not empty and has neither / nor :',
    details: { name },
  });
}

/** The version that was made of the same thing, the newest where there are several. */
export async function findSame(
  tracker: Tracker,
  name: string,
  isIt: (version: ModelVersion) => boolean,
): Promise<ModelVersion | null> {
  return (await listVersions(tracker, name)).find(isIt) ?? null;
}

/** The same key for the same thing, so that a registration that was cut off is found again. */
export function keyOf(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32);
}

/** A version of a registered model, which is made where there is none of the name. */
export async function createVersion(tracker: Tracker, version: NewModelVersion): Promise<ModelVersion> {
  if ((await tracker.models.get(version.name)) === null) {
    try {
      await tracker.models.create({ name: version.name });
    } catch (error) {
      // Another process was faster.
      if (!(error instanceof SentopsError) || error.code !== 'CONFLICT') throw error;
    }
  }
  return tracker.models.createVersion(version);
}
