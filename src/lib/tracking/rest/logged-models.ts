import { SentopsError } from '../../core/errors.ts';
import { checkLoggedModelName, checkParam, checkTags } from '../check-values.ts';
import type { LoggedModel, Texts } from '../entities.ts';
import type { LoggedModels, NewLoggedModel } from '../types.ts';
import { loggedModelFromWire, loggedModelStatusToWire } from '../wire/logged-model.ts';
import { textsToWire } from '../wire/texts.ts';
import { orNull, readAnswer } from './answers.ts';
import type { Api } from './api.ts';
import { hasKey, KEY_TAG, newKey, withoutKey } from './client-key.ts';
import { checkExperimentIds } from './runs.ts';
import { searchBody, searchPage } from './search.ts';

export function restLoggedModels(api: Api): LoggedModels {
  const read = (json: unknown) => readAnswer(api, json, answer => withoutKey(answer.one('model', loggedModelFromWire)));
  const get = async (modelId: string) => {
    // Without an id it would be another path.
    const json = modelId === '' ? null : await orNull(api.get(at(modelId)).catch(toNotFound));
    return json === null ? null : read(json);
  };
  return {
    create: model => orTooOld(api, create(api, model)),
    get,
    logParams: (modelId, params) => logParams(api, modelId, get(modelId), params),
    async search(query) {
      checkExperimentIds(query.experimentIds);
      const { order_by: order = [], ...rest } = searchBody('loggedModels', query);
      const body = {
        experiment_ids: query.experimentIds,
        ...rest,
        ...(order.length === 0 ? {} : { order_by: order.map(orderToWire) }),
      };
      const ask = () => api.send('POST', 'logged-models/search', body, 'always');
      const page = searchPage(api, 'loggedModels', query, ask, answer =>
        answer.list('models', loggedModelFromWire).map(withoutKey),
      );
      return await orTooOld(api, page);
    },
    async finish(modelId, status) {
      const body = { model_id: modelId, status: loggedModelStatusToWire(status) };
      await orTooOld(api, api.send('PATCH', at(modelId), body, 'always'));
    },
    async setTags(modelId, tags) {
      checkTags('run', tags);
      const body = { model_id: modelId, tags: textsToWire(tags) };
      await orTooOld(api, api.send('PATCH', `${at(modelId)}/tags`, body, 'always'));
    },
    async deleteTag(modelId, key) {
      if (key.includes('/'))
        throw new SentopsError('FLAG_INVALID', `the tag ${JSON.stringify(key)} cannot be deleted through a server`, {
          hint: 'the key is part of the address there and must not hold a "/"; set the tag to an empty value instead',
        });
      const path = `${at(modelId)}/tags/${encodeURIComponent(key)}`;
      await orTooOld(api, api.send('DELETE', path, { model_id: modelId, tag_key: key }, 'undone'));
    },
    async delete(modelId) {
      await orTooOld(api, api.send('DELETE', at(modelId), { model_id: modelId }, 'undone'));
    },
  };
}

function at(modelId: string): string {
  return `logged-models/${encodeURIComponent(modelId)}`;
}

async function create(api: Api, model: NewLoggedModel): Promise<LoggedModel> {
  const { experimentId, name, sourceRunId, modelType, params = {}, tags } = model;
  checkLoggedModelName(name);
  for (const [key, value] of Object.entries(params)) checkParam(key, value);
  checkTags('run', tags);
  const key = newKey();
  const body = {
    experiment_id: experimentId,
    name,
    ...(sourceRunId === undefined ? {} : { source_run_id: sourceRunId }),
    ...(modelType === undefined ? {} : { model_type: modelType }),
    params: textsToWire(params),
    tags: textsToWire({ ...tags, [KEY_TAG]: key }),
  };
  const json = await api.send('POST', 'logged-models', body, async () => {
    const search = { experiment_ids: [experimentId], filter: hasKey(key), max_results: 1 };
    const found = await api.send('POST', 'logged-models/search', search, 'undone');
    const [made] = readAnswer(api, found, answer => answer.list('models', one => one));
    return made === undefined ? undefined : { model: made };
  });
  return readAnswer(api, json, answer => withoutKey(answer.one('model', loggedModelFromWire)));
}

/** The server does not say which parameter would change, so that is looked up before. */
async function logParams(api: Api, modelId: string, found: Promise<LoggedModel | null>, params: Texts): Promise<void> {
  for (const [key, value] of Object.entries(params)) checkParam(key, value);
  const model = await found;
  if (model === null)
    throw new SentopsError('NOT_FOUND', `${api.shown} has no logged model ${modelId}`, { details: { modelId } });
  const known = model.params;
  const missing = Object.entries(params).filter(([key, value]) => !Object.hasOwn(known, key) || known[key] !== value);
  const changed = missing.find(([key]) => Object.hasOwn(known, key))?.[0];
  if (changed !== undefined)
    throw new SentopsError('CONFLICT', `parameter ${changed} of model ${modelId} is already ${known[changed]}`, {
      hint: 'a parameter is written once: use another key, or a tag',
      details: { key: changed, errorCode: 'INVALID_PARAMETER_VALUE' },
    });
  if (missing.length === 0) return;
  const body = { model_id: modelId, params: textsToWire(Object.fromEntries(missing)) };
  await api.send('POST', `${at(modelId)}/params`, body, 'always');
}

/** `metrics.auc DESC` as this search takes it, unlike the others. */
function orderToWire(entry: string): object {
  const [, field = entry, direction = ''] = /^(.*?)(?:\s+(asc|desc))?$/is.exec(entry.trim()) ?? [];
  return { field_name: field, ascending: direction.toLowerCase() !== 'desc' };
}

/** A server of MLflow 2 knows no such path, and says so with a page. */
async function orTooOld<Value>(api: Api, work: Promise<Value>): Promise<Value> {
  return await work.catch((error: unknown) => {
    if (!isUnknownPath(error)) throw error;
    throw new SentopsError('NOT_FOUND', `${api.shown} knows no logged models`, {
      hint: 'they came with MLflow 3: register the files of the run instead, or bring the server up to date',
      details: error.details,
      cause: error,
    });
  });
}

function toNotFound(error: unknown): never {
  throw isUnknownPath(error) ? new SentopsError('NOT_FOUND', error.message, { details: error.details }) : error;
}

function isUnknownPath(error: unknown): error is SentopsError {
  return (
    error instanceof SentopsError &&
    error.details['errorCode'] === undefined &&
    (error.details['status'] === 404 || error.details['status'] === 405)
  );
}
