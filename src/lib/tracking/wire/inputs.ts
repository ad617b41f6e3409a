import type { DatasetInput, ModelOutput } from '../entities.ts';
import { fieldsOf } from './fields.ts';
import type { WireDatasetInput, WireModelOutput } from './shapes.ts';
import { pairFromWire, pairsUnder, textsOf } from './texts.ts';

export function datasetInputToWire(input: DatasetInput): WireDatasetInput {
  const { name, digest, sourceType, source, schema, profile, tags } = input;
  return {
    dataset: {
      name,
      digest,
      source_type: sourceType,
      source,
      ...(schema === null ? {} : { schema }),
      ...(profile === null ? {} : { profile }),
    },
    ...pairsUnder('tags', tags),
  };
}

export function datasetInputFromWire(json: unknown, what = 'dataset input'): DatasetInput {
  const fields = fieldsOf(json, what);
  const dataset = fields.message('dataset');
  return {
    name: dataset.text('name'),
    digest: dataset.text('digest'),
    sourceType: dataset.textOrNull('source_type') ?? '',
    source: dataset.textOrNull('source') ?? '',
    schema: dataset.textOrNull('schema'),
    profile: dataset.textOrNull('profile'),
    tags: textsOf(fields.list('tags', pairFromWire)),
  };
}

/** A logged model that a run read. */
export function modelInputToWire(modelId: string): { readonly model_id: string } {
  return { model_id: modelId };
}

export function modelInputFromWire(json: unknown, what = 'model input'): string {
  return fieldsOf(json, what).text('model_id');
}

export function modelOutputToWire({ modelId, step }: ModelOutput): WireModelOutput {
  return { model_id: modelId, step };
}

export function modelOutputFromWire(json: unknown, what = 'model output'): ModelOutput {
  const fields = fieldsOf(json, what);
  return { modelId: fields.text('model_id'), step: fields.integerOrNull('step') ?? 0 };
}
