import { RUN_STATUSES, type Run } from '../entities.ts';
import { fieldsOf } from '../wire/fields.ts';
import { datasetInputFromWire, modelOutputFromWire } from '../wire/inputs.ts';
import { runInfoToWire, runToWire } from '../wire/run.ts';
import { pairFromWire, textsOf } from '../wire/texts.ts';
import type { Args } from './args.ts';
import type { Handler } from './call.ts';
import { absent, pageOf, pageToWire, viewOf } from './queries.ts';
import type { Service } from './service.ts';

const USUAL = 1000;
const MOST = 50_000;
const NAME_TAG = 'mlflow.runName';

export const createRun: Handler = async (service, { args }) => {
  const tags = textsOf(args.list('tags', pairFromWire));
  const name = args.maybeText('run_name') || tags[NAME_TAG];
  const userId = args.maybeText('user_id');
  const startTime = args.maybeInteger('start_time');
  const run = await service.tracker.runs.create({
    experimentId: args.text('experiment_id'),
    tags,
    ...(name ? { name } : {}),
    ...(userId ? { userId } : {}),
    ...(startTime === undefined ? {} : { startTime }),
  });
  return { run: toWire(service, run) };
};

export const getRun: Handler = async (service, { args }) => {
  return { run: toWire(service, await findRun(service, runIdOf(args))) };
};

export const updateRun: Handler = async (service, { args }) => {
  const runId = runIdOf(args);
  const status = args.oneOf('status', RUN_STATUSES);
  const endTime = args.maybeInteger('end_time');
  const name = args.maybeText('run_name');
  await service.tracker.runs.update(runId, {
    ...(status === undefined ? {} : { status }),
    ...(endTime === undefined ? {} : { endTime }),
    ...(name ? { name } : {}),
  });
  const run = await findRun(service, runId);
  return { run_info: runInfoToWire(located(service, run)) };
};

export const deleteRun: Handler = async ({ tracker }, { args }) => {
  await tracker.runs.delete(runIdOf(args));
  return {};
};

export const restoreRun: Handler = async ({ tracker }, { args }) => {
  await tracker.runs.restore(runIdOf(args));
  return {};
};

export const searchRuns: Handler = async (service, { args }) => {
  const experimentIds = args.texts('experiment_ids');
  const query = { ...pageOf(args, { usual: USUAL, most: MOST }), view: viewOf(args, 'run_view_type') };
  // The Python client takes "no experiments" for a question whose answer is no runs.
  if (experimentIds.length === 0) return {};
  const page = await service.tracker.runs.search({ ...query, experimentIds });
  return pageToWire(
    'runs',
    page.items.map(run => toWire(service, run)),
    page.nextPageToken,
  );
};

export const setTag: Handler = async ({ tracker }, { args }) => {
  await tracker.runs.log(runIdOf(args), { tags: textsOf([[args.text('key'), args.maybeText('value') ?? '']]) });
  return {};
};

export const deleteTag: Handler = async ({ tracker }, { args }) => {
  await tracker.runs.deleteTag(runIdOf(args), args.text('key'));
  return {};
};

export const logInputs: Handler = async ({ tracker }, { args }) => {
  const runId = runIdOf(args);
  const inputs = args.list('datasets', datasetInputFromWire);
  const modelIds = args.list('models', modelIdFromWire);
  if (inputs.length > 0) await tracker.runs.logInputs(runId, inputs);
  if (modelIds.length > 0) await tracker.runs.logModelInputs(runId, modelIds);
  return {};
};

export const logOutputs: Handler = async ({ tracker }, { args }) => {
  const outputs = args.list('models', modelOutputFromWire);
  if (outputs.length > 0) await tracker.runs.logOutputs(runIdOf(args), outputs);
  return {};
};

/** Old clients say `run_uuid`. */
export function runIdOf(args: Args): string {
  return args.maybeText('run_id') || args.maybeText('run_uuid') || args.text('run_id');
}

export async function findRun({ tracker }: Service, runId: string): Promise<Run> {
  const run = await tracker.runs.get(runId);
  if (run === null) throw absent(`Run with id=${runId} not found`);
  return run;
}

function toWire(service: Service, run: Run): object {
  return runToWire(located(service, run));
}

function located({ root }: Service, run: Run): Run {
  return { ...run, artifactUri: root.toClient(run.artifactUri) };
}

function modelIdFromWire(json: unknown, what: string): string {
  return fieldsOf(json, what).text('model_id');
}
