import { SentopsError } from '../core/errors.ts';
import { suggest } from '../core/suggest.ts';
import { fieldAt } from './names.ts';
import { parseValue } from './parse-value.ts';
import { formatPath, type Path } from './path.ts';
import { childOf, isMap } from './tree.ts';
import type { Json, Problem } from './types.ts';

interface ImportedVariable {
  /** Name of the Airflow variable. */
  readonly variable: string;
  readonly path: Path;
  readonly value: Json;
}

export interface AirflowImport {
  /** To be written with `setValues`. */
  readonly settings: readonly ImportedVariable[];
  /** Variables that mean nothing here, with the known one that was perhaps meant. */
  readonly unknown: readonly { readonly variable: string; readonly meant: string | null }[];
  /** Values that do not fit. */
  readonly problems: readonly Problem[];
}

/** The variables that the pipeline's Airflow DAGs read, and where each of them stands here. */
export const AIRFLOW_VARIABLES: Readonly<Record<string, Path>> = {
  GCP_PROJECT_ID: ['variables', 'project_id', 'default'],
  GCP_REGION: ['variables', 'region', 'default'],
  DATAPROC_CLUSTER_NAME: ['cluster', 'name'],
  GCS_BUCKET: ['variables', 'bucket', 'default'],
  MLFLOW_VM_IP: ['variables', 'mlflow_uri', 'default'],
  MLFLOW_TRACKING_URI: ['variables', 'mlflow_uri', 'default'],
  serving_deploy_mode: ['serve', 'deployMode'],
  serving_model_name: ['serve', 'modelName'],
  serving_model_stage: ['serve', 'modelStage'],
  serving_source_type: ['serve', 'sourceType'],
  serving_batch_interval: ['serve', 'batchIntervalSeconds'],
  serving_reload_interval: ['serve', 'reloadIntervalSeconds'],
  kafka_bootstrap_servers: ['variables', 'kafka', 'default'],
  kafka_input_topic: ['kafka', 'inputTopic'],
  kafka_output_topic: ['kafka', 'outputTopic'],
};

const MLFLOW_PORT = 5000;

/**
 * Reads what `airflow variables export` writes: names with texts, or with `{ value, description }`. `file` is how
 * messages call it.
 */
export function importAirflow(json: string, file: string): AirflowImport {
  const variables = parse(json.replace(/^\uFEFF/, ''), file);
  const settings: ImportedVariable[] = [];
  const unknown: { variable: string; meant: string | null }[] = [];
  const problems: Problem[] = [];
  for (const [variable, entry] of Object.entries(variables)) {
    const path = Object.hasOwn(AIRFLOW_VARIABLES, variable) ? AIRFLOW_VARIABLES[variable] : undefined;
    if (path === undefined) {
      unknown.push({ variable, meant: suggest(variable, Object.keys(AIRFLOW_VARIABLES)) ?? null });
      continue;
    }
    // The URI says more than the address of the machine that it names.
    if (variable === 'MLFLOW_VM_IP' && isGiven(variables['MLFLOW_TRACKING_URI'])) continue;
    const value = toJson(entry);
    if (value === '' || value === null) continue;
    convert(variable, path, value, { settings, problems, json, file });
  }
  return { settings, unknown, problems };
}

interface Results {
  readonly settings: ImportedVariable[];
  readonly problems: Problem[];
  readonly json: string;
  readonly file: string;
}

function convert(variable: string, path: Path, value: Json, { settings, problems, json, file }: Results): void {
  try {
    settings.push({ variable, path, value: typed(variable, path, value) });
  } catch (error) {
    if (!(error instanceof SentopsError)) throw error;
    const { message, hint } = error;
    const place = { file, ...positionOf(json, Math.max(0, json.indexOf(JSON.stringify(variable)))) };
    problems.push({ severity: 'error', code: error.code, path: formatPath(path), message, hint, place });
  }
}

function typed(variable: string, path: Path, value: Json): Json {
  const text = typeof value === 'string' ? value.trim() : JSON.stringify(value);
  if (variable === 'MLFLOW_VM_IP') return `http://${text}:${MLFLOW_PORT}`;
  const node = fieldAt(path);
  return node?.node === 'field' && path[0] !== 'variables' ? parseValue(node.type, text, variable) : text;
}

/** Airflow's own export writes the value alone, or beside a description. */
function toJson(entry: Json): Json {
  return isMap(entry) && Object.hasOwn(entry, 'value')
    ? ((childOf(entry, 'value') as Json | undefined) ?? null)
    : entry;
}

function isGiven(entry: Json | undefined): boolean {
  const value = entry === undefined ? null : toJson(entry);
  return value !== null && value !== '';
}

function parse(json: string, file: string): { readonly [key: string]: Json } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const offset = /position (\d+)/.exec(message)?.[1];
    const at = offset === undefined ? json.length : Number(offset);
    const said = message.replace(/ in JSON at position.*$/s, '').replace(/, ".*$/s, '');
    throw new SentopsError('CONFIG_SYNTAX', `${file} is not valid JSON: ${said}`, {
      hint: 'export the variables with: airflow variables export FILE',
      place: { file, ...positionOf(json, at) },
    });
  }
  if (isMap(parsed)) return parsed;
  throw new SentopsError('CONFIG_INVALID', `${file} must hold an object of Airflow variables`, {
    hint: 'export the variables with: airflow variables export FILE',
    place: { file, line: 1, column: 1 },
  });
}

function positionOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') };
}
