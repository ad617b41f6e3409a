import { SentopsError } from '../../core/errors.ts';
import type { ModelVersion, Texts } from '../../tracking/entities.ts';
import type { Models, NewModelVersion } from '../../tracking/types.ts';

/** A version that is about to be made; the registered model is made with it where there is none. */
export type Registration = NewModelVersion & { readonly about: string };

/**
 * Makes one version. Everything that it points at has to be there already: a version is never taken back. The key makes
 * a second call of the same run harmless.
 */
export async function registerVersion(models: Models, { about, ...version }: Registration): Promise<ModelVersion> {
  if ((await models.get(version.name)) === null) await createOnce(models, version.name, about);
  return models.createVersion(version);
}

/** Two trainings may be the first at once: who comes second finds the name taken, and that is what it wants. */
async function createOnce(models: Models, name: string, description: string): Promise<void> {
  try {
    await models.create({ name, description });
  } catch (error) {
    if (!(error instanceof SentopsError) || error.code !== 'CONFLICT') throw error;
  }
}

/** What a version says of itself, so that nobody has to open its run to see whether it may be promoted. */
export function versionTags(facts: {
  readonly kind: string;
  readonly gate: 'passed' | 'missed' | 'none';
  readonly accuracy: number;
  readonly data: string;
}): Texts {
  return {
    'sentops.model': facts.kind,
    'sentops.gate': facts.gate,
    'sentops.accuracy': String(facts.accuracy),
    'sentops.data': facts.data,
  };
}
