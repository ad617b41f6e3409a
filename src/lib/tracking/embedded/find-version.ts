import { SentopsError } from '../../core/errors.ts';
import type { ModelVersion } from '../entities.ts';
import type { ModelSelector } from '../types.ts';
import { DELETED } from './deleted-stage.ts';
import { loadVersions } from './load-versions.ts';
import { demandRegistered } from './registered-models.ts';
import type { Store } from './store.ts';

export function findVersion(store: Store, name: string, which: ModelSelector): ModelVersion | null {
  const version = numberOf(store, name, which);
  return version === undefined ? null : (loadVersions(store, [{ name, version }])[0] ?? null);
}

function numberOf(store: Store, name: string, which: ModelSelector): number | undefined {
  if ('version' in which) return which.version;
  const row =
    'alias' in which
      ? store.get<{ version: number }>(
          'SELECT version FROM registered_model_aliases WHERE name = ? AND alias = ?',
          name,
          which.alias,
        )
      : store.get<{ version: number }>(
          'SELECT version FROM model_versions WHERE name = ? AND current_stage = ? ORDER BY version DESC LIMIT 1',
          name,
          which.stage,
        );
  return row?.version;
}

export function readVersion(store: Store, name: string, version: number): ModelVersion {
  const found = findVersion(store, name, { version });
  if (found !== null) return found;
  demandRegistered(store, name);
  throw new SentopsError('NOT_FOUND', `model ${name} has no version ${version}`, {
    hint: `list them with: sentops model versions ${name}`,
    details: { name, version },
  });
}

export function demandVersion(store: Store, name: string, version: number): void {
  const found = store.get<{ stage: string | null }>(
    'SELECT current_stage AS stage FROM model_versions WHERE name = ? AND version = ?',
    name,
    version,
  );
  if (found === undefined || found.stage === DELETED) readVersion(store, name, version);
}
