import { SentopsError } from '../../core/errors.ts';
import type { Experiment } from '../entities.ts';
import { experimentToWire } from '../wire/experiment.ts';
import { pairFromWire, textsOf } from '../wire/texts.ts';
import type { Args } from './args.ts';
import type { Handler } from './call.ts';
import { absent, pageOf, pageToWire, viewOf } from './queries.ts';
import type { Service } from './service.ts';

const MOST = 50_000;

export const createExperiment: Handler = async ({ tracker, root }, { args }) => {
  const location = args.maybeText('artifact_location') ?? '';
  const tags = textsOf(args.list('tags', pairFromWire));
  const experimentId = await tracker.experiments.create({
    name: args.text('name'),
    tags,
    ...(location === '' ? {} : { artifactLocation: root.toStore(location, 'artifact_location') }),
  });
  return { experiment_id: experimentId };
};

export const getExperiment: Handler = async (service, { args }) => {
  const id = idOf(args);
  const experiment = await service.tracker.experiments.get(id);
  if (experiment === null) throw absent(`No Experiment with id=${id} exists`);
  return { experiment: toWire(service, experiment) };
};

export const getExperimentByName: Handler = async (service, { args }) => {
  const name = args.text('experiment_name');
  const experiment = await service.tracker.experiments.find(name);
  if (experiment === null) throw absent(`Could not find experiment with name '${name}'`);
  return { experiment: toWire(service, experiment) };
};

export const searchExperiments: Handler = async (service, { args }) => {
  const page = await service.tracker.experiments.search({
    ...pageOf(args, { most: MOST }),
    view: viewOf(args, 'view_type'),
  });
  const items = page.items.map(experiment => toWire(service, experiment));
  return pageToWire('experiments', items, page.nextPageToken);
};

export const updateExperiment: Handler = async ({ tracker }, { args }) => {
  await tracker.experiments.rename(idOf(args), args.text('new_name'));
  return {};
};

export const deleteExperiment: Handler = async ({ tracker }, { args }) => {
  await tracker.experiments.delete(idOf(args));
  return {};
};

export const restoreExperiment: Handler = async ({ tracker }, { args }) => {
  await tracker.experiments.restore(idOf(args));
  return {};
};

export const setExperimentTag: Handler = async ({ tracker }, { args }) => {
  await tracker.experiments.setTag(idOf(args), args.text('key'), args.maybeText('value') ?? '');
  return {};
};

export const deleteExperimentTag: Handler = async ({ tracker }, { args }) => {
  await tracker.experiments.deleteTag(idOf(args), args.text('key'));
  return {};
};

/** A number, although it travels as a text. */
function idOf(args: Args): string {
  const id = args.text('experiment_id');
  if (/^-?\d+$/.test(id)) return id;
  throw new SentopsError('FLAG_INVALID', `Invalid experiment ID ${JSON.stringify(id)}: it has to be a number`, {
    hint: 'ask for its ID with experiments/get-by-name',
  });
}

function toWire({ root }: Service, experiment: Experiment): object {
  return experimentToWire({ ...experiment, artifactLocation: root.toClient(experiment.artifactLocation) });
}
