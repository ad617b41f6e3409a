import { randomUUID } from 'node:crypto';
import { checkDataset, checkStep } from '../check-values.ts';
import type { DatasetInput, ModelOutput } from '../entities.ts';
import { demandLoggedModels, hasLoggedModels } from './has-table.ts';
import type { Store } from './store.ts';
import { groupTexts, type TextRow } from './texts.ts';

/** An experiment knows each dataset once, by name and digest; the runs that read it point at it. */
export function logDatasets(store: Store, runId: string, experimentId: string, inputs: readonly DatasetInput[]): void {
  for (const input of inputs) {
    checkDataset(input);
    const edge = demandEdge(store, runId, demandDataset(store, experimentId, input));
    for (const [name, value] of Object.entries(input.tags))
      store.run(
        'INSERT INTO input_tags (input_uuid, name, value) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
        edge,
        name,
        value,
      );
  }
}

function demandDataset(store: Store, experimentId: string, input: DatasetInput): string {
  const known = store.get<{ id: string }>(
    'SELECT dataset_uuid AS id FROM datasets WHERE experiment_id = ? AND name = ? AND digest = ?',
    experimentId,
    input.name,
    input.digest,
  );
  if (known !== undefined) return known.id;
  const id = newId();
  store.run(
    `INSERT INTO datasets (dataset_uuid, experiment_id, name, digest, dataset_source_type, dataset_source,
       dataset_schema, dataset_profile)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    experimentId,
    input.name,
    input.digest,
    input.sourceType,
    input.source,
    input.schema,
    input.profile,
  );
  return id;
}

function demandEdge(store: Store, runId: string, datasetId: string): string {
  const known = store.get<{ id: string }>(
    `SELECT input_uuid AS id FROM inputs
     WHERE source_type = 'DATASET' AND source_id = ? AND destination_type = 'RUN' AND destination_id = ?`,
    datasetId,
    runId,
  );
  if (known !== undefined) return known.id;
  const id = newId();
  store.run(
    `INSERT INTO inputs (input_uuid, source_type, source_id, destination_type, destination_id)
     VALUES (?, 'DATASET', ?, 'RUN', ?)`,
    id,
    datasetId,
    runId,
  );
  return id;
}

/** The same model once more only moves its step. */
export function logModelOutputs(store: Store, runId: string, outputs: readonly ModelOutput[]): void {
  demandLoggedModels(store);
  for (const { modelId, step } of outputs) {
    checkStep(`the model ${modelId}`, step);
    store.run(
      `INSERT INTO inputs (input_uuid, source_type, source_id, destination_type, destination_id, step)
       VALUES (?, 'RUN_OUTPUT', ?, 'MODEL_OUTPUT', ?, ?)
       ON CONFLICT (source_type, source_id, destination_type, destination_id) DO UPDATE SET step = excluded.step`,
      newId(),
      runId,
      modelId,
      step,
    );
  }
}

export function logModelInputs(store: Store, runId: string, modelIds: readonly string[]): void {
  for (const modelId of modelIds)
    store.run(
      `INSERT INTO inputs (input_uuid, source_type, source_id, destination_type, destination_id)
       VALUES (?, 'RUN_INPUT', ?, 'MODEL_INPUT', ?) ON CONFLICT DO NOTHING`,
      newId(),
      runId,
      modelId,
    );
}

interface DatasetRow {
  readonly runId: string;
  readonly input: string;
  readonly name: string;
  readonly digest: string;
  readonly sourceType: string;
  readonly source: string;
  readonly schema: string | null;
  readonly profile: string | null;
}

/** `wanted` is a JSON list of run ids. */
export function loadDatasets(store: Store, wanted: string): Map<string, DatasetInput[]> {
  const rows = store.all<DatasetRow>(
    `SELECT i.destination_id AS runId, i.input_uuid AS input, d.name, d.digest, d.dataset_source_type AS sourceType,
       d.dataset_source AS source, d.dataset_schema AS schema, d.dataset_profile AS profile
     FROM inputs i JOIN datasets d ON d.dataset_uuid = i.source_id
     WHERE i.source_type = 'DATASET' AND i.destination_type = 'RUN'
       AND i.destination_id IN (SELECT value FROM json_each(?)) ORDER BY i.rowid`,
    wanted,
  );
  const byRun = new Map<string, DatasetInput[]>();
  if (rows.length === 0) return byRun;
  const tags = groupTexts(
    store.all<TextRow>(
      `SELECT input_uuid AS owner, name AS key, value FROM input_tags
       WHERE input_uuid IN (SELECT value FROM json_each(?)) ORDER BY name`,
      JSON.stringify(rows.map(({ input }) => input)),
    ),
  );
  for (const { runId, input, ...dataset } of rows) append(byRun, runId, { ...dataset, tags: tags(input) });
  return byRun;
}

export function loadModelOutputs(store: Store, wanted: string): Map<string, ModelOutput[]> {
  const byRun = new Map<string, ModelOutput[]>();
  if (!hasLoggedModels(store)) return byRun;
  const rows = store.all<ModelOutput & { readonly runId: string }>(
    `SELECT source_id AS runId, destination_id AS modelId, CAST(step AS REAL) AS step FROM inputs
     WHERE source_type = 'RUN_OUTPUT' AND destination_type = 'MODEL_OUTPUT'
       AND source_id IN (SELECT value FROM json_each(?)) ORDER BY rowid`,
    wanted,
  );
  for (const { runId, modelId, step } of rows) append(byRun, runId, { modelId, step });
  return byRun;
}

export function loadModelInputs(store: Store, wanted: string): Map<string, string[]> {
  const rows = store.all<{ readonly runId: string; readonly modelId: string }>(
    `SELECT source_id AS runId, destination_id AS modelId FROM inputs
     WHERE source_type = 'RUN_INPUT' AND destination_type = 'MODEL_INPUT'
       AND source_id IN (SELECT value FROM json_each(?)) ORDER BY rowid`,
    wanted,
  );
  const byRun = new Map<string, string[]>();
  for (const { runId, modelId } of rows) append(byRun, runId, modelId);
  return byRun;
}

function append<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [item]);
  else known.push(item);
}

function newId(): string {
  return randomUUID().replaceAll('-', '');
}
