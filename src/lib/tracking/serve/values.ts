import { SentopsError } from '../../core/errors.ts';
import type { Texts } from '../entities.ts';
import { metricFromWire } from '../wire/metric.ts';
import { pairFromWire, textsOf } from '../wire/texts.ts';
import type { Handler } from './call.ts';
import { findRun, runIdOf } from './runs.ts';

/** What MLflow's server takes at once: clients cut their batches to it. */
const LIMITS = { metrics: 1000, params: 100, tags: 100, total: 1000 };
const MODELS_TAG = 'mlflow.log-model.history';
const MODEL_FIELDS = ['run_id', 'artifact_path', 'utc_time_created', 'flavors'];

export const logMetric: Handler = async ({ tracker }, { args }) => {
  await tracker.runs.log(runIdOf(args), { metrics: [args.message(metricFromWire)] });
  return {};
};

export const logParameter: Handler = async ({ tracker }, { args }) => {
  await tracker.runs.log(runIdOf(args), { params: textsOf([[args.text('key'), args.maybeText('value') ?? '']]) });
  return {};
};

export const logBatch: Handler = async ({ tracker }, { args }) => {
  const runId = runIdOf(args);
  const metrics = args.list('metrics', metricFromWire);
  const params = args.list('params', pairFromWire);
  const tags = args.list('tags', pairFromWire);
  checkCount('metrics', metrics.length, LIMITS.metrics);
  checkCount('params', params.length, LIMITS.params);
  checkCount('tags', tags.length, LIMITS.tags);
  checkCount('metrics, params and tags', metrics.length + params.length + tags.length, LIMITS.total);
  await tracker.runs.log(runId, { metrics, params: uniqueTexts(params), tags: textsOf(tags) });
  return {};
};

/** MLflow 2 finds the models of a run in a tag of it; clients of version 3 still write it. */
export const logModel: Handler = async (service, { args }) => {
  const runId = runIdOf(args);
  const model = readModel(args.text('model_json'));
  // What is read here is written again, with one model more: two requests must not read the same.
  return service.inTurn(`log-model ${runId}`, async () => {
    const { tags } = await findRun(service, runId);
    const before = tags[MODELS_TAG];
    const history: unknown = before === undefined ? [] : JSON.parse(before);
    const all = [...(Array.isArray(history) ? history : []), model];
    await service.tracker.runs.log(runId, { tags: { [MODELS_TAG]: JSON.stringify(all) } });
    return {};
  });
};

function checkCount(what: string, count: number, most: number): void {
  if (count <= most) return;
  throw refuse(`A batch logging request can contain at most ${most} ${what}. Got ${count} ${what}.`);
}

/** A parameter is written once: one that says two things in one request says nothing. */
function uniqueTexts(pairs: readonly (readonly [string, string])[]): Texts {
  const texts = new Map<string, string>();
  for (const [key, value] of pairs) {
    const before = texts.get(key);
    if (before !== undefined && before !== value)
      throw refuse(`Param ${JSON.stringify(key)} stands twice in the request, with different values`);
    texts.set(key, value);
  }
  return Object.fromEntries(texts);
}

/** What of a model's MLmodel the tag keeps. */
function readModel(text: string): object {
  const model = asObject(text);
  const absent = MODEL_FIELDS.filter(field => model[field] === undefined || model[field] === null);
  if (absent.length > 0) throw refuse(`Model json is missing mandatory fields: ${absent.join(', ')}`);
  const { run_id, artifact_path, utc_time_created, model_uuid, flavors } = model;
  return {
    run_id,
    artifact_path,
    utc_time_created,
    ...(model_uuid === undefined ? {} : { model_uuid }),
    flavors: Object.fromEntries(Object.entries(flavors as object).map(([name, flavor]) => [name, plain(flavor)])),
  };
}

function asObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Record<string, unknown>;
  } catch {
    // Said below, as for everything that is no object.
  }
  throw refuse('Malformed model info: model_json is not a JSON object');
}

/** The configuration of a flavor can be long, and can hold secrets. */
function plain(flavor: unknown): unknown {
  if (typeof flavor !== 'object' || flavor === null) return flavor;
  return Object.fromEntries(Object.entries(flavor).filter(([key]) => key !== 'config'));
}

function refuse(message: string): SentopsError {
  return new SentopsError('FLAG_INVALID', message, { hint: 'see the REST API of MLflow for what this request takes' });
}
