import { SentopsError } from '../../core/errors.ts';
import { checkAlias, checkTags } from '../check-values.ts';
import { type ModelVersion, type RegisteredModel, STAGES } from '../entities.ts';
import type { ModelSelector, ModelVersions, NewModelVersion } from '../types.ts';
import { aliasesOf, modelVersionFromWire } from '../wire/registry.ts';
import { textsToWire } from '../wire/texts.ts';
import { orNull, readAnswer } from './answers.ts';
import type { Api } from './api.ts';
import { hasKey, KEY_TAG } from './client-key.ts';
import type { Places } from './places.ts';
import { MOST_ROWS, searchBody, searchPage } from './search.ts';

type FetchModel = (name: string) => Promise<RegisteredModel | null>;

export function restVersions(api: Api, places: Places, fetchModel: FetchModel): ModelVersions {
  return {
    createVersion: version => create(api, places, version),
    find: (name, which) => find(api, places, fetchModel, name, which),
    searchVersions: query => searchVersions(api, places, fetchModel, query),
    async describeVersion(name, version, description) {
      const body = { name, version: String(version), description };
      await api.send('PATCH', 'model-versions/update', body, 'always');
    },
    async deleteVersion(name, version) {
      await api.send('DELETE', 'model-versions/delete', { name, version: String(version) }, 'undone');
    },
    async setVersionTag(name, version, key, value) {
      checkTags('registry', { [key]: value });
      const body = { name, version: String(version), key, value };
      await api.send('POST', 'model-versions/set-tag', body, 'always');
    },
    async deleteVersionTag(name, version, key) {
      await api.send('DELETE', 'model-versions/delete-tag', { name, version: String(version), key }, 'always');
    },
    async setAlias(name, alias, version) {
      checkAlias(alias);
      await api.send('POST', 'registered-models/alias', { name, alias, version: String(version) }, 'always');
    },
    async deleteAlias(name, alias) {
      await api.send('DELETE', 'registered-models/alias', { name, alias }, 'always');
    },
    async transition(name, version, stage, { archiveExisting }) {
      if (!STAGES.includes(stage))
        throw new SentopsError('FLAG_INVALID', `${stage} is no stage`, { hint: `it is one of ${STAGES.join(', ')}` });
      const body = { name, version: String(version), stage, archive_existing_versions: archiveExisting };
      return await places.resolve(
        readVersion(api, await api.send('POST', 'model-versions/transition-stage', body, 'always')),
      );
    },
  };
}

function readVersion(api: Api, json: unknown): ModelVersion {
  return readAnswer(api, json, answer => {
    const version = answer.one('model_version', modelVersionFromWire);
    return { ...version, aliases: version.aliases.toSorted() };
  });
}

async function find(
  api: Api,
  places: Places,
  fetchModel: FetchModel,
  name: string,
  which: ModelSelector,
): Promise<ModelVersion | null> {
  if ('stage' in which) {
    // One call that knows the newest version of each stage and the aliases; the call that is made for it does not.
    const newest = (await fetchModel(name))?.latest.find(({ stage }) => stage === which.stage);
    return newest === undefined ? null : await places.resolve(newest);
  }
  const json = await orNull(
    'version' in which
      ? api.get('model-versions/get', { name, version: which.version })
      : api.get('registered-models/alias', { name, alias: which.alias }),
  );
  return json === null ? null : await places.resolve(readVersion(api, json));
}

async function searchVersions(
  api: Api,
  places: Places,
  fetchModel: FetchModel,
  query: Parameters<ModelVersions['searchVersions']>[0],
) {
  const body = searchBody('modelVersions', query);
  const page = await searchPage(
    api,
    'modelVersions',
    query,
    () => api.get('model-versions/search', body),
    answer => answer.list('model_versions', modelVersionFromWire),
  );
  // A search leaves the aliases out; the model has them.
  const names = [...new Set(page.items.map(({ name }) => name))];
  const models = new Map(await Promise.all(names.map(async name => [name, await fetchModel(name)] as const)));
  const items = page.items.map(version => {
    const aliases = aliasesOf(models.get(version.name)?.aliases ?? {}, version.version);
    return places.resolve({ ...version, aliases });
  });
  return { ...page, items: await Promise.all(items) };
}

async function create(api: Api, places: Places, version: NewModelVersion): Promise<ModelVersion> {
  const { name, source, runId, description = '', tags, modelId, key } = version;
  checkTags('registry', { ...tags, [KEY_TAG]: key });
  checkKey(key);
  const earlier = await findByKey(api, name, key);
  if (earlier !== undefined) return await places.resolve(await again(api, earlier));
  const body = {
    name,
    source,
    ...(runId === undefined ? {} : { run_id: runId }),
    ...(modelId === undefined ? {} : { model_id: modelId }),
    description,
    tags: textsToWire({ ...tags, [KEY_TAG]: key }),
  };
  const json = await api.send('POST', 'model-versions/create', body, async () => {
    const made = await findByKey(api, name, key);
    return made === undefined ? undefined : { model_version: made };
  });
  const made = readVersion(api, json);
  // Two that asked at once with the same key: the one who came second takes its version back.
  const first = await findByKey(api, name, key);
  const firstVersion = first === undefined ? made : modelVersionFromWire(first);
  if (firstVersion.version >= made.version) return await places.resolve(made);
  await api.send('DELETE', 'model-versions/delete', { name, version: String(made.version) }, 'undone');
  return await places.resolve(await again(api, first));
}

/** MLflow's filter language has no way to write such a text. */
function checkKey(key: string): void {
  if (key === '' || (key.includes("'") && key.includes('"')))
    throw new SentopsError('FLAG_INVALID', `${JSON.stringify(key)} cannot be the key of a version`, {
      hint: 'it must not be empty, nor hold both kinds of quotes',
    });
}

/** The lowest version with the key, as the server sent it. Other models may have copies of it, tags included. */
async function findByKey(api: Api, name: string, key: string): Promise<unknown> {
  const query = { filter: hasKey(key), max_results: MOST_ROWS.modelVersions };
  const json = await api.get('model-versions/search', query);
  const found = readAnswer(api, json, answer =>
    answer.list('model_versions', (one, what) => ({ one, version: modelVersionFromWire(one, what) })),
  );
  const own = found.filter(({ version }) => version.name === name);
  return own.sort((a, b) => a.version.version - b.version.version)[0]?.one;
}

/** A version from a search, with its aliases. */
async function again(api: Api, found: unknown): Promise<ModelVersion> {
  const { name, version } = modelVersionFromWire(found);
  return readVersion(api, await api.get('model-versions/get', { name, version }));
}
