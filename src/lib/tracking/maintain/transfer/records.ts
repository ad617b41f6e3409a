import {
  type Experiment,
  LOGGED_MODEL_STATUSES,
  type LoggedModel,
  type ModelOutput,
  type ModelVersion,
  type RegisteredModel,
  RUN_STATUSES,
  type Run,
  STAGES,
} from '../../entities.ts';

/**
 * What a store is carried in: a file of JSON lines. It begins with `store` and ends with `end`; what refers to
 * something comes behind it; a file of artifacts is a `file` line and `bytes` lines behind it.
 */
export type TransferRecord =
  | StoreRecord
  | ({ readonly type: 'experiment' } & Experiment)
  | ({ readonly type: 'run' } & Omit<Run, 'metrics' | 'outputs'>)
  | ({ readonly type: 'loggedModel' } & Omit<LoggedModel, 'metrics'> & { readonly metrics: readonly ModelMetricRow[] })
  | MetricsRecord
  | { readonly type: 'outputs'; readonly runId: string; readonly models: readonly ModelOutput[] }
  | ({ readonly type: 'model' } & Omit<RegisteredModel, 'latest'>)
  | ({ readonly type: 'version' } & ModelVersion)
  | FileRecord
  | { readonly type: 'bytes'; readonly data: string }
  | { readonly type: 'end'; readonly records: number };

export type RecordOf<Type extends TransferRecord['type']> = Extract<TransferRecord, { readonly type: Type }>;

export const FORMAT = 1;

interface StoreRecord {
  readonly type: 'store';
  readonly format: number;
  readonly uri: string;
  readonly createdAt: number;
  readonly artifacts: boolean;
}

/** NaN is the text "NaN": JSON has no number for it. */
export type MetricValue = number | 'NaN';

export interface MetricsRecord {
  readonly type: 'metrics';
  readonly runId: string;
  /** Key, value, timestamp, step. */
  readonly values: readonly (readonly [key: string, value: MetricValue, timestamp: number, step: number])[];
}

/** Key, value, timestamp, step, run, and the dataset that it was measured on. */
type ModelMetricRow = readonly [
  key: string,
  value: MetricValue,
  timestamp: number,
  step: number,
  runId: string,
  datasetName: string | null,
  datasetDigest: string | null,
];

export interface FileRecord {
  readonly type: 'file';
  readonly owner: 'run' | 'loggedModel';
  readonly id: string;
  readonly path: string;
  readonly bytes: number;
}

/** A list holds the texts that are possible. An `id` becomes the name of a folder. */
type Shape =
  | readonly string[]
  | 'id'
  | 'text'
  | 'text?'
  | 'number'
  | 'number?'
  | 'boolean'
  | 'texts'
  | 'words'
  | 'object'
  | 'lists'
  | 'objects';

const LIFECYCLES = ['active', 'deleted'];
const VERSION_STATUSES = ['READY', 'PENDING_REGISTRATION', 'FAILED_REGISTRATION'];

const SHAPES: Readonly<Record<TransferRecord['type'], Readonly<Record<string, Shape>>>> = {
  store: { format: 'number', uri: 'text', createdAt: 'number', artifacts: 'boolean' },
  experiment: {
    experimentId: 'text',
    name: 'text',
    artifactLocation: 'text',
    lifecycle: LIFECYCLES,
    createdAt: 'number?',
    updatedAt: 'number?',
    tags: 'texts',
  },
  run: {
    runId: 'id',
    experimentId: 'text',
    name: 'text',
    status: RUN_STATUSES,
    userId: 'text',
    startTime: 'number',
    endTime: 'number?',
    lifecycle: LIFECYCLES,
    artifactUri: 'text',
    params: 'texts',
    tags: 'texts',
    inputs: 'objects',
  },
  loggedModel: {
    modelId: 'id',
    experimentId: 'text',
    name: 'text',
    artifactUri: 'text',
    createdAt: 'number',
    updatedAt: 'number',
    status: LOGGED_MODEL_STATUSES,
    statusMessage: 'text?',
    modelType: 'text?',
    sourceRunId: 'text?',
    params: 'texts',
    tags: 'texts',
    metrics: 'lists',
  },
  metrics: { runId: 'id', values: 'lists' },
  outputs: { runId: 'id', models: 'objects' },
  model: {
    name: 'text',
    description: 'text',
    createdAt: 'number',
    updatedAt: 'number',
    tags: 'texts',
    aliases: 'object',
  },
  version: {
    name: 'text',
    version: 'number',
    description: 'text',
    userId: 'text',
    createdAt: 'number',
    updatedAt: 'number',
    stage: STAGES,
    status: VERSION_STATUSES,
    statusMessage: 'text?',
    source: 'text',
    artifactUri: 'text',
    runId: 'text?',
    tags: 'texts',
    aliases: 'words',
  },
  file: { owner: ['run', 'loggedModel'], id: 'id', path: 'text', bytes: 'number' },
  bytes: { data: 'text' },
  end: { records: 'number' },
};

/** The record that a line holds, or what is wrong with it. */
export function readRecord(line: string): TransferRecord | { readonly wrong: string } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { wrong: 'it is no JSON' };
  }
  if (!isObject(value) || typeof value['type'] !== 'string' || !Object.hasOwn(SHAPES, value['type']))
    return { wrong: 'it is no record of a store' };
  const shape = SHAPES[value['type'] as TransferRecord['type']];
  const wrong = Object.entries(shape).find(([field, wanted]) => !fits(value[field], wanted));
  return wrong === undefined
    ? (value as unknown as TransferRecord)
    : { wrong: `${value['type']} has no valid ${wrong[0]}` };
}

function fits(value: unknown, shape: Shape): boolean {
  if (typeof shape === 'object') return typeof value === 'string' && shape.includes(value);
  switch (shape) {
    case 'id':
      return typeof value === 'string' && /^[\w-]+$/.test(value);
    case 'text':
      return typeof value === 'string';
    case 'text?':
      return value === null || typeof value === 'string';
    case 'number':
      return Number.isInteger(value);
    case 'number?':
      return value === null || Number.isInteger(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'texts':
      return isObject(value) && Object.values(value).every(text => typeof text === 'string');
    case 'words':
      return Array.isArray(value) && value.every(word => typeof word === 'string');
    case 'object':
      return isObject(value);
    case 'lists':
      return Array.isArray(value) && value.every(isMetricRow);
    case 'objects':
      return Array.isArray(value) && value.every(isObject);
  }
}

function isMetricRow(row: unknown): boolean {
  if (!Array.isArray(row) || row.length < 4) return false;
  const [key, value, timestamp, step] = row;
  const isValue = typeof value === 'number' || value === 'NaN';
  return typeof key === 'string' && isValue && Number.isInteger(timestamp) && Number.isInteger(step);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function writeMetricValue(value: number): MetricValue {
  return Number.isNaN(value) ? 'NaN' : value;
}

export function readMetricValue(value: MetricValue): number {
  return value === 'NaN' ? Number.NaN : value;
}
