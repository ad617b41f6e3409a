import type { Experiment } from '../entities.ts';
import { fieldsOf } from './fields.ts';
import type { WireExperiment } from './shapes.ts';
import { pairFromWire, pairsUnder, textsOf } from './texts.ts';

export const LIFECYCLES = ['active', 'deleted'] as const;

export function experimentToWire(experiment: Experiment): WireExperiment {
  const { experimentId, name, artifactLocation, lifecycle, createdAt, updatedAt, tags } = experiment;
  return {
    experiment_id: experimentId,
    name,
    artifact_location: artifactLocation,
    lifecycle_stage: lifecycle,
    ...(createdAt === null ? {} : { creation_time: createdAt }),
    ...(updatedAt === null ? {} : { last_update_time: updatedAt }),
    ...pairsUnder('tags', tags),
  };
}

export function experimentFromWire(json: unknown, what = 'experiment'): Experiment {
  const fields = fieldsOf(json, what);
  return {
    experimentId: fields.text('experiment_id'),
    name: fields.text('name'),
    artifactLocation: fields.textOrNull('artifact_location') ?? '',
    lifecycle: fields.oneOf('lifecycle_stage', LIFECYCLES, 'active'),
    createdAt: fields.integerOrNull('creation_time'),
    updatedAt: fields.integerOrNull('last_update_time'),
    tags: textsOf(fields.list('tags', pairFromWire)),
  };
}
