import { SentopsError } from '../../core/errors.ts';
import { checkName, checkTags } from '../check-values.ts';
import type { Experiment } from '../entities.ts';
import type { Experiments, NewExperiment } from '../types.ts';
import { experimentFromWire } from '../wire/experiment.ts';
import { pairsUnder } from '../wire/texts.ts';
import { isRefusal, orNull, readAnswer } from './answers.ts';
import type { Api, Query } from './api.ts';
import { KEY_TAG, newKey, withoutKey } from './client-key.ts';
import { searchBody, searchPage, viewToWire } from './search.ts';

export function restExperiments(api: Api): Experiments {
  const fetchOne = async (path: string, query: Query) => {
    const json = await orNull(api.get(path, query));
    return json === null ? null : readAnswer(api, json, answer => answer.one('experiment', experimentFromWire));
  };
  const findWithKey = (name: string) => fetchOne('experiments/get-by-name', { experiment_name: name });
  const find = async (name: string) => shown(await findWithKey(name));
  const shown = (experiment: Experiment | null) => (experiment === null ? null : withoutKey(experiment));
  return {
    create: experiment => create(api, findWithKey, experiment),
    get: async experimentId => shown(await fetchOne('experiments/get', { experiment_id: experimentId })),
    find,
    search: query =>
      searchPage(
        api,
        'experiments',
        query,
        () =>
          api.send(
            'POST',
            'experiments/search',
            { ...searchBody('experiments', query), view_type: viewToWire(query.view) },
            'always',
          ),
        answer => answer.list('experiments', experimentFromWire).map(withoutKey),
      ),
    async rename(experimentId, name) {
      checkName('experiment', name);
      const body = { experiment_id: experimentId, new_name: name };
      await api.send('POST', 'experiments/update', body, 'always').catch(async (error: unknown) => {
        // The server passes on what its database says of a name that is taken, and each database says it in its way.
        const other = isRefusal(error, 'FLAG_INVALID') ? await find(name) : null;
        if (other === null || other.experimentId === experimentId) throw error;
        throw new SentopsError('CONFLICT', `there is an experiment ${JSON.stringify(name)} already`, {
          hint: 'a name stays taken, also by a deleted experiment: choose another one',
          details: { name, experimentId: other.experimentId },
          cause: error,
        });
      });
    },
    // Done twice, both of them fail: nobody could say whether the first one succeeded.
    async delete(experimentId) {
      await api.send('POST', 'experiments/delete', { experiment_id: experimentId }, 'undone');
    },
    async restore(experimentId) {
      await api.send('POST', 'experiments/restore', { experiment_id: experimentId }, 'undone');
    },
    async setTag(experimentId, key, value) {
      checkTags('experiment', { [key]: value });
      await api.send('POST', 'experiments/set-experiment-tag', { experiment_id: experimentId, key, value }, 'always');
    },
    async deleteTag(experimentId, key) {
      await api.send('POST', 'experiments/delete-experiment-tag', { experiment_id: experimentId, key }, 'undone');
    },
  };
}

async function create(
  api: Api,
  find: (name: string) => Promise<Experiment | null>,
  { name, artifactLocation, tags }: NewExperiment,
): Promise<string> {
  checkName('experiment', name);
  checkTags('experiment', tags);
  const key = newKey();
  const body = {
    name,
    ...(artifactLocation === undefined ? {} : { artifact_location: artifactLocation }),
    ...pairsUnder('tags', { ...tags, [KEY_TAG]: key }),
  };
  const json = await api.send('POST', 'experiments/create', body, async () => {
    const found = await find(name);
    return found?.tags[KEY_TAG] === key ? { experiment_id: found.experimentId } : undefined;
  });
  return readAnswer(api, json, answer => answer.text('experiment_id'));
}
