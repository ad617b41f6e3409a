import type { FittedModel } from '../model/types.ts';

/** The model as it is known in the registry: rows that it scores carry that version. */
export function asVersion(model: FittedModel, version: string | null): FittedModel {
  return version === null ? model : { ...model, about: { ...model.about, version } };
}
