import type { Comparator, FieldKind, LanguageName } from './types.ts';

/**
 * What can be compared with a field: `number` and `integer` as they stand, `id` a quoted integer, `version` either,
 * `text` in quotes, `loose` in quotes or without.
 */
type ValueType = 'number' | 'integer' | 'id' | 'version' | 'text' | 'loose';

export interface FieldRule {
  readonly value: ValueType;
  readonly comparators: readonly Comparator[];
}

/** An attribute, by each name that it may be written with. */
interface Attribute extends FieldRule {
  readonly key: string;
}

export interface Language {
  /** What stands before the first dot. */
  readonly prefixes: Readonly<Record<string, FieldKind>>;
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** Rules of everything that is no attribute; `keys` where not every key exists. */
  readonly kinds: Readonly<Partial<Record<FieldKind, FieldRule & { readonly keys?: readonly string[] }>>>;
  /** What can be ordered by: attributes by name, and the kinds whose every key can. */
  readonly order: { readonly attributes: Readonly<Record<string, string>>; readonly kinds: readonly FieldKind[] };
  /** `attributes.name` where the prefix is known; registered models are ordered by bare names only. */
  readonly orderPrefixes: Readonly<Record<string, FieldKind>>;
}

const NUMBERS: readonly Comparator[] = ['=', '!=', '<', '<=', '>', '>='];
const TEXTS: readonly Comparator[] = ['=', '!=', 'LIKE', 'ILIKE'];
const LISTED: readonly Comparator[] = [...TEXTS, 'IN', 'NOT IN'];
const PRESENCE: readonly Comparator[] = [...TEXTS, 'IS NULL', 'IS NOT NULL'];

const number: FieldRule = { value: 'number', comparators: NUMBERS };
const integer: FieldRule = { value: 'integer', comparators: NUMBERS };
const text: FieldRule = { value: 'text', comparators: TEXTS };
const listed: FieldRule = { value: 'text', comparators: LISTED };
const present: FieldRule = { value: 'text', comparators: PRESENCE };
const loose: FieldRule = { value: 'loose', comparators: LISTED };

const rule = (key: string, of: FieldRule): Attribute => ({ ...of, key });

const RUN_PREFIXES: Language['prefixes'] = {
  attribute: 'attribute',
  attributes: 'attribute',
  attr: 'attribute',
  run: 'attribute',
  metric: 'metric',
  metrics: 'metric',
  parameter: 'param',
  parameters: 'param',
  param: 'param',
  params: 'param',
  tag: 'tag',
  tags: 'tag',
  dataset: 'dataset',
  datasets: 'dataset',
};

const ENTITY_PREFIXES: Language['prefixes'] = { attribute: 'attribute', tag: 'tag', tags: 'tag' };

const START = { start_time: 'start_time', created: 'start_time', Created: 'start_time' };

const runs: Language = {
  prefixes: RUN_PREFIXES,
  attributes: {
    run_id: rule('run_id', listed),
    run_name: rule('run_name', text),
    'run name': rule('run_name', text),
    'Run name': rule('run_name', text),
    'Run Name': rule('run_name', text),
    status: rule('status', text),
    user_id: rule('user_id', text),
    artifact_uri: rule('artifact_uri', text),
    start_time: rule('start_time', number),
    created: rule('start_time', number),
    Created: rule('start_time', number),
    end_time: rule('end_time', number),
  },
  kinds: { metric: number, param: present, tag: present, dataset: { ...listed, keys: ['name', 'digest', 'context'] } },
  order: {
    attributes: {
      run_id: 'run_id',
      run_name: 'run_name',
      status: 'status',
      user_id: 'user_id',
      artifact_uri: 'artifact_uri',
      end_time: 'end_time',
      ...START,
    },
    kinds: ['metric', 'param', 'tag'],
  },
  orderPrefixes: RUN_PREFIXES,
};

const EXPERIMENT_TIMES = { creation_time: 'creation_time', last_update_time: 'last_update_time' };

const experiments: Language = {
  prefixes: ENTITY_PREFIXES,
  attributes: {
    name: rule('name', text),
    experiment_id: rule('experiment_id', { value: 'id', comparators: ['=', '!=', 'IN', 'NOT IN'] }),
    creation_time: rule('creation_time', integer),
    last_update_time: rule('last_update_time', integer),
  },
  kinds: { tag: present },
  order: { attributes: { name: 'name', experiment_id: 'experiment_id', ...EXPERIMENT_TIMES }, kinds: [] },
  orderPrefixes: ENTITY_PREFIXES,
};

const registeredModels: Language = {
  prefixes: ENTITY_PREFIXES,
  attributes: { name: rule('name', listed) },
  kinds: { tag: text },
  order: {
    attributes: {
      name: 'name',
      timestamp: 'last_updated_timestamp',
      last_updated_timestamp: 'last_updated_timestamp',
    },
    kinds: [],
  },
  orderPrefixes: {},
};

const modelVersions: Language = {
  prefixes: ENTITY_PREFIXES,
  attributes: {
    name: rule('name', listed),
    run_id: rule('run_id', listed),
    source_path: rule('source_path', text),
    version_number: rule('version_number', { value: 'version', comparators: NUMBERS }),
  },
  kinds: { tag: text },
  order: {
    attributes: {
      name: 'name',
      version_number: 'version_number',
      creation_timestamp: 'creation_timestamp',
      last_updated_timestamp: 'last_updated_timestamp',
    },
    kinds: [],
  },
  orderPrefixes: ENTITY_PREFIXES,
};

const LOGGED_MODEL_ORDER = {
  name: 'name',
  model_id: 'model_id',
  model_type: 'model_type',
  status: 'status',
  source_run_id: 'source_run_id',
  experiment_id: 'experiment_id',
  artifact_location: 'artifact_location',
  creation_time: 'creation_timestamp',
  creation_timestamp: 'creation_timestamp',
  creation_timestamp_ms: 'creation_timestamp',
  last_updated_timestamp: 'last_updated_timestamp',
  last_updated_timestamp_ms: 'last_updated_timestamp',
};

const loggedModels: Language = {
  prefixes: { attributes: 'attribute', metrics: 'metric', params: 'param', tags: 'tag' },
  attributes: Object.fromEntries(
    Object.entries(LOGGED_MODEL_ORDER).map(([name, key]) => [
      name,
      rule(key, key.endsWith('timestamp') ? number : loose),
    ]),
  ),
  kinds: { metric: number, param: loose, tag: loose },
  order: { attributes: LOGGED_MODEL_ORDER, kinds: ['metric'] },
  orderPrefixes: { metrics: 'metric' },
};

/** From what MLflow 3.17's own client accepts and refuses. */
export const LANGUAGE: Readonly<Record<LanguageName, Language>> = {
  runs,
  experiments,
  registeredModels,
  modelVersions,
  loggedModels,
};
