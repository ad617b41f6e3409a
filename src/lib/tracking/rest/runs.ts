import { SentopsError } from '../../core/errors.ts';
import { checkDataset, checkName, checkTags, checkTime } from '../check-values.ts';
import { RUN_STATUSES, type Run } from '../entities.ts';
import type { NewRun, Runs } from '../types.ts';
import { datasetInputToWire, modelInputToWire, modelOutputToWire } from '../wire/inputs.ts';
import { runFromWire } from '../wire/run.ts';
import { textsToWire } from '../wire/texts.ts';
import { orNull, readAnswer } from './answers.ts';
import type { Api } from './api.ts';
import { hasKey, KEY_TAG, newKey, withoutKey } from './client-key.ts';
import { createHistory } from './history.ts';
import { logValues } from './log-values.ts';
import { searchBody, searchPage, viewToWire } from './search.ts';

export function restRuns(api: Api): Runs {
  const get = async (runId: string): Promise<Run | null> => {
    const json = await orNull(api.get('runs/get', { run_id: runId }));
    return json === null ? null : readAnswer(api, json, answer => withoutKey(answer.one('run', runFromWire)));
  };
  return {
    create: run => create(api, run),
    get,
    update: (runId, change) => update(api, runId, change),
    async search(query) {
      checkExperimentIds(query.experimentIds);
      const body = {
        experiment_ids: query.experimentIds,
        run_view_type: viewToWire(query.view),
        ...searchBody('runs', query),
      };
      return await searchPage(
        api,
        'runs',
        query,
        () => api.send('POST', 'runs/search', body, 'always'),
        answer => answer.list('runs', runFromWire).map(withoutKey),
      );
    },
    log: (runId, values) => logValues(api, runId, values),
    async deleteTag(runId, key) {
      await api.send('POST', 'runs/delete-tag', { run_id: runId, key }, 'undone');
    },
    async logInputs(runId, inputs) {
      for (const input of inputs) checkDataset(input);
      const body = { run_id: runId, datasets: inputs.map(datasetInputToWire) };
      if (inputs.length > 0) await api.send('POST', 'runs/log-inputs', body, 'always');
    },
    async logModelInputs(runId, modelIds) {
      const body = { run_id: runId, models: modelIds.map(modelInputToWire) };
      if (modelIds.length > 0) await api.send('POST', 'runs/log-inputs', body, 'always');
    },
    async logOutputs(runId, outputs) {
      const body = { run_id: runId, models: outputs.map(modelOutputToWire) };
      if (outputs.length > 0) await api.send('POST', 'runs/outputs', body, 'always');
    },
    history: createHistory(api, get),
    async delete(runId) {
      await api.send('POST', 'runs/delete', { run_id: runId }, 'always');
    },
    async restore(runId) {
      await api.send('POST', 'runs/restore', { run_id: runId }, 'always');
    },
  };
}

/** With none the server answers that nothing was found. */
export function checkExperimentIds(experimentIds: readonly string[]): void {
  if (experimentIds.length === 0)
    throw new SentopsError('FLAG_INVALID', 'a search needs at least one experiment', {
      hint: 'name one; sentops experiment list shows them',
    });
}

/** A missing start time would be stored as 1970, a missing user as nobody. */
async function create(api: Api, run: NewRun): Promise<Run> {
  const { experimentId, name, userId = '', startTime = Date.now(), parentRunId, tags } = run;
  if (name !== undefined) checkName('run', name);
  checkTime('the start of the run', startTime);
  checkTags('run', tags);
  const key = newKey();
  const parent = parentRunId === undefined ? {} : { 'mlflow.parentRunId': parentRunId };
  const body = {
    experiment_id: experimentId,
    user_id: userId,
    start_time: startTime,
    ...(name === undefined ? {} : { run_name: name }),
    tags: textsToWire({ ...tags, ...parent, [KEY_TAG]: key }),
  };
  let isRepeated = false;
  const json = await api.send('POST', 'runs/create', body, async () => {
    isRepeated = true;
    const [found] = await findCreated(api, experimentId, key);
    return found === undefined ? undefined : { run: found };
  });
  const made = readAnswer(api, json, answer => withoutKey(answer.one('run', runFromWire)));
  if (isRepeated) await deleteTwins(api, made, key);
  return made;
}

async function findCreated(api: Api, experimentId: string, key: string): Promise<unknown[]> {
  const body = { experiment_ids: [experimentId], filter: hasKey(key), max_results: 10 };
  const json = await api.send('POST', 'runs/search', body, 'undone');
  return readAnswer(api, json, answer => answer.list('runs', found => found));
}

/** A proxy gives up sooner than the server behind it: what was not there when it was looked for may have come since. */
async function deleteTwins(api: Api, { experimentId, runId }: Run, key: string): Promise<void> {
  const runs = (await findCreated(api, experimentId, key)).map(found => runFromWire(found));
  for (const twin of runs)
    if (twin.runId !== runId) await api.send('POST', 'runs/delete', { run_id: twin.runId }, 'always');
}

async function update(api: Api, runId: string, change: Parameters<Runs['update']>[1]): Promise<void> {
  const { status, name } = change;
  // The server answers 200 to a status that is none, and leaves the old one.
  if (status !== undefined && !RUN_STATUSES.includes(status))
    throw new SentopsError('FLAG_INVALID', `${status} is no status of a run`, {
      hint: `it is one of ${RUN_STATUSES.join(', ')}`,
    });
  if (name !== undefined) checkName('run', name);
  const isEnd = status !== undefined && status !== 'RUNNING' && status !== 'SCHEDULED';
  const endTime = change.endTime ?? (isEnd ? Date.now() : undefined);
  if (endTime !== undefined) checkTime('the end of the run', endTime);
  const body = {
    run_id: runId,
    ...(status === undefined ? {} : { status }),
    ...(endTime === undefined ? {} : { end_time: endTime }),
    ...(name === undefined ? {} : { run_name: name }),
  };
  await api.send('POST', 'runs/update', body, 'always');
}
