import { checkModelName, checkTags } from '../check-values.ts';
import type { RegisteredModel } from '../entities.ts';
import type { Models } from '../types.ts';
import { registeredModelFromWire } from '../wire/registry.ts';
import { pairsUnder } from '../wire/texts.ts';
import { orNull, readAnswer } from './answers.ts';
import type { Api } from './api.ts';
import type { Places } from './places.ts';
import { searchBody, searchPage } from './search.ts';
import { restVersions } from './versions.ts';

export function restModels(api: Api, places: Places): Models {
  const fetchModel = async (name: string): Promise<RegisteredModel | null> => {
    const json = await orNull(api.get('registered-models/get', { name }));
    return json === null
      ? null
      : readAnswer(api, json, answer => answer.one('registered_model', registeredModelFromWire));
  };
  return {
    ...restVersions(api, places, fetchModel),
    async create({ name, description = '', tags }) {
      checkModelName(name);
      checkTags('registry', tags);
      const body = { name, description, ...pairsUnder('tags', tags ?? {}) };
      await api.send('POST', 'registered-models/create', body, 'undone');
    },
    async get(name) {
      const model = await fetchModel(name);
      return model === null ? null : await places.resolveLatest(model);
    },
    async search(query) {
      const body = searchBody('registeredModels', query);
      const page = await searchPage(
        api,
        'registeredModels',
        query,
        () => api.get('registered-models/search', body),
        answer => answer.list('registered_models', registeredModelFromWire),
      );
      return { ...page, items: await Promise.all(page.items.map(places.resolveLatest)) };
    },
    async describe(name, description) {
      await api.send('PATCH', 'registered-models/update', { name, description }, 'always');
    },
    async rename(name, to) {
      checkModelName(to);
      await api.send('POST', 'registered-models/rename', { name, new_name: to }, 'undone');
    },
    async delete(name) {
      await api.send('DELETE', 'registered-models/delete', { name }, 'undone');
    },
    async setTag(name, key, value) {
      checkTags('registry', { [key]: value });
      await api.send('POST', 'registered-models/set-tag', { name, key, value }, 'always');
    },
    async deleteTag(name, key) {
      await api.send('DELETE', 'registered-models/delete-tag', { name, key }, 'always');
    },
  };
}
