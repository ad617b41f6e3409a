import { SentopsError } from '../../core/errors.ts';
import type { RegisteredModel } from '../entities.ts';
import { modelVersionToWire, registeredModelToWire } from '../wire/registry.ts';
import { listUnder, pairFromWire, textsOf } from '../wire/texts.ts';
import type { Handler } from './call.ts';
import { locatedVersion } from './model-versions.ts';
import { absent, pageOf, pageToWire } from './queries.ts';
import type { Service } from './service.ts';
import { stageOf } from './stage.ts';

const USUAL = 100;
const MOST = 1000;

export const createRegisteredModel: Handler = async (service, { args }) => {
  const name = args.text('name');
  const description = args.maybeText('description');
  const tags = textsOf(args.list('tags', pairFromWire));
  await service.tracker.models.create({ name, tags, ...(description ? { description } : {}) });
  return { registered_model: toWire(service, await findModel(service, name)) };
};

export const getRegisteredModel: Handler = async (service, { args }) => {
  return { registered_model: toWire(service, await findModel(service, args.text('name'))) };
};

export const updateRegisteredModel: Handler = async (service, { args }) => {
  const name = args.text('name');
  await service.tracker.models.describe(name, args.maybeText('description') ?? '');
  return { registered_model: toWire(service, await findModel(service, name)) };
};

export const renameRegisteredModel: Handler = async (service, { args }) => {
  const to = args.text('new_name');
  await service.tracker.models.rename(args.text('name'), to);
  return { registered_model: toWire(service, await findModel(service, to)) };
};

export const deleteRegisteredModel: Handler = async ({ tracker }, { args }) => {
  await tracker.models.delete(args.text('name'));
  return {};
};

export const searchRegisteredModels: Handler = async (service, { args }) => {
  const page = await service.tracker.models.search(pageOf(args, { usual: USUAL, most: MOST }));
  return pageToWire(
    'registered_models',
    page.items.map(model => toWire(service, model)),
    page.nextPageToken,
  );
};

export const getLatestVersions: Handler = async (service, { args }) => {
  const stages = args.texts('stages').map(stageOf);
  const { latest } = await findModel(service, args.text('name'));
  const wanted = stages.length === 0 ? latest : latest.filter(({ stage }) => stages.includes(stage));
  return listUnder(
    'model_versions',
    wanted.map(version => modelVersionToWire(locatedVersion(service, version))),
  );
};

export const setRegisteredModelTag: Handler = async ({ tracker }, { args }) => {
  await tracker.models.setTag(args.text('name'), args.text('key'), args.maybeText('value') ?? '');
  return {};
};

export const deleteRegisteredModelTag: Handler = async ({ tracker }, { args }) => {
  await tracker.models.deleteTag(args.text('name'), args.text('key'));
  return {};
};

export const setAlias: Handler = async ({ tracker }, { args }) => {
  await tracker.models.setAlias(args.text('name'), args.text('alias'), args.integer('version'));
  return {};
};

export const deleteAlias: Handler = async ({ tracker }, { args }) => {
  await tracker.models.deleteAlias(args.text('name'), args.text('alias'));
  return {};
};

export const getByAlias: Handler = async (service, { args }) => {
  const name = args.text('name');
  const alias = args.text('alias');
  const version = await service.tracker.models.find(name, { alias });
  if (version !== null) return { model_version: modelVersionToWire(locatedVersion(service, version)) };
  await findModel(service, name);
  // MLflow's code for an alias that is not there; clients that ask whether there is one know it.
  throw new SentopsError('FLAG_INVALID', `Registered model alias ${alias} not found.`);
};

async function findModel({ tracker }: Service, name: string): Promise<RegisteredModel> {
  const model = await tracker.models.get(name);
  if (model === null) throw absent(`Registered Model with name=${name} not found`);
  return model;
}

function toWire(service: Service, model: RegisteredModel): object {
  return registeredModelToWire({ ...model, latest: model.latest.map(version => locatedVersion(service, version)) });
}
