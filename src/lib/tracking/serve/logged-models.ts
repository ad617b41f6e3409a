import { SentopsError } from '../../core/errors.ts';
import { friendlyName } from '../embedded/friendly-name.ts';
import type { LoggedModel } from '../entities.ts';
import { fieldsOf } from '../wire/fields.ts';
import { artifactFileToWire } from '../wire/file.ts';
import { loggedModelStatusFromWire, loggedModelToWire } from '../wire/logged-model.ts';
import { listUnder, pairFromWire, textsOf } from '../wire/texts.ts';
import { listArtifacts } from './artifact-tree.ts';
import type { Call, Handler } from './call.ts';
import { absent, pageRange, pageToWire } from './queries.ts';
import type { Service } from './service.ts';

const USUAL = 100;
const MOST = 50_000;

export const createLoggedModel: Handler = async (service, { args }) => {
  const sourceRunId = args.maybeText('source_run_id');
  const modelType = args.maybeText('model_type');
  const model = await service.tracker.loggedModels.create({
    experimentId: args.text('experiment_id'),
    name: args.maybeText('name') || friendlyName(),
    params: textsOf(args.list('params', pairFromWire)),
    tags: textsOf(args.list('tags', pairFromWire)),
    ...(sourceRunId ? { sourceRunId } : {}),
    ...(modelType ? { modelType } : {}),
  });
  return { model: toWire(service, model) };
};

export const getLoggedModel: Handler = async (service, call) => {
  return { model: toWire(service, await findLoggedModel(service, idOf(call))) };
};

export const finishLoggedModel: Handler = async (service, call) => {
  const status = call.args.message(loggedModelStatusFromWire);
  if (status === 'PENDING')
    throw new SentopsError('FLAG_INVALID', 'A logged model is finished as READY or UPLOAD_FAILED, not as PENDING');
  await service.tracker.loggedModels.finish(idOf(call), status);
  return { model: toWire(service, await findLoggedModel(service, idOf(call))) };
};

export const deleteLoggedModel: Handler = async ({ tracker }, call) => {
  await tracker.loggedModels.delete(idOf(call));
  return {};
};

export const searchLoggedModels: Handler = async (service, { args }) => {
  const experimentIds = args.texts('experiment_ids');
  const filter = args.maybeText('filter') ?? '';
  const orderBy = args.list('order_by', orderFromWire);
  const range = pageRange(args, { usual: USUAL, most: MOST });
  if (args.list('datasets', json => json).length > 0) throw noDatasets('datasets');
  if (experimentIds.length === 0) return {};
  const page = await service.tracker.loggedModels.search({
    experimentIds,
    ...range,
    ...(filter === '' ? {} : { filter }),
    ...(orderBy.length === 0 ? {} : { orderBy }),
  });
  return pageToWire(
    'models',
    page.items.map(model => toWire(service, model)),
    page.nextPageToken,
  );
};

/** The answer holds the model: newer clients read it, older ones take no notice. */
export const setLoggedModelTags: Handler = async (service, call) => {
  await service.tracker.loggedModels.setTags(idOf(call), textsOf(call.args.list('tags', pairFromWire)));
  return { model: toWire(service, await findLoggedModel(service, idOf(call))) };
};

export const deleteLoggedModelTag: Handler = async ({ tracker }, call) => {
  await tracker.loggedModels.deleteTag(idOf(call), call.gaps[1] ?? '');
  return {};
};

export const logLoggedModelParams: Handler = async ({ tracker }, call) => {
  await tracker.loggedModels.logParams(idOf(call), textsOf(call.args.list('params', pairFromWire)));
  return {};
};

export const listLoggedModelArtifacts: Handler = async (service, call) => {
  const { artifactUri } = await findLoggedModel(service, idOf(call));
  const files = await listArtifacts(service, artifactUri, call.args.maybeText('artifact_directory_path') ?? '');
  return { root_uri: service.root.toClient(artifactUri), ...listUnder('files', files.map(artifactFileToWire)) };
};

export async function findLoggedModel({ tracker }: Service, modelId: string): Promise<LoggedModel> {
  const model = await tracker.loggedModels.get(modelId);
  if (model === null) throw absent(`Logged model with ID '${modelId}' not found.`);
  return model;
}

function idOf({ gaps }: Call): string {
  return gaps[0] ?? '';
}

function toWire({ root }: Service, model: LoggedModel): object {
  return loggedModelToWire({ ...model, artifactUri: root.toClient(model.artifactUri) });
}

/** `{"field_name": "metrics.accuracy", "ascending": false}`, as one entry of the order that runs are searched with. */
function orderFromWire(json: unknown, what: string): string {
  const fields = fieldsOf(json, what);
  if (fields.textOrNull('dataset_name') !== null) throw noDatasets(`${what}.dataset_name`);
  const name = fields.text('field_name');
  const [, kind, key = ''] = /^(metrics|params|tags)\.(.+)$/s.exec(name) ?? [];
  const field = kind === undefined || /^([\w.]+|[`"].*[`"])$/s.test(key) ? name : `${kind}.\`${key}\``;
  const isDescending = typeof json === 'object' && json !== null && 'ascending' in json && json.ascending === false;
  return `${field} ${isDescending ? 'DESC' : 'ASC'}`;
}

function noDatasets(what: string): SentopsError {
  return new SentopsError('FLAG_INVALID', `${what}: this server does not search logged models by dataset`, {
    hint: 'filter by metrics, params, tags and attributes',
  });
}
