import type { LoggedModel, ModelVersion, RegisteredModel, Run } from '../entities.ts';
import { orNull, readAnswer } from './answers.ts';
import type { Api } from './api.ts';

/** Fills in where the files of versions are: `runs:/` and `models:/m-` are names, not places. */
export interface Places {
  resolve(version: ModelVersion): Promise<ModelVersion>;
  resolveLatest(model: RegisteredModel): Promise<RegisteredModel>;
}

export function createPlaces(
  api: Api,
  getRun: (runId: string) => Promise<Run | null>,
  getModel: (modelId: string) => Promise<LoggedModel | null>,
): Places {
  // Runs, logged models and versions keep their folder: each is asked for once.
  const known = new Map<string, Promise<string | null>>();
  const once = (id: string, find: () => Promise<string | null>) => {
    const place = known.get(id) ?? find();
    known.set(id, place);
    place.catch(() => known.delete(id));
    return place;
  };
  const placeOf = async (source: string): Promise<string> => {
    const [, kind = '', id = '', below = ''] = /^(runs:|models:)\/+([^/]+)(\/.*)?$/.exec(source) ?? [];
    if (kind === '' || (kind === 'models:' && !id.startsWith('m-'))) return source;
    const find = async () => (kind === 'runs:' ? await getRun(id) : await getModel(id))?.artifactUri ?? null;
    const root = await once(id, find);
    // Whose run is gone for good still has a name.
    return root === null ? source : `${root.replace(/\/+$/, '')}${below}`;
  };
  // A copy of another version names that one; the server looked up its folder when it was made.
  const sourceOf = async ({ name, version, source }: ModelVersion): Promise<string> => {
    if (!source.startsWith('models:') || /^models:\/+m-/.test(source)) return source;
    const find = async () => await orNull(fetchPlace(api, name, version));
    return (await once(JSON.stringify([name, version]), find)) ?? source;
  };
  const resolve = async (version: ModelVersion) => ({
    ...version,
    artifactUri: await placeOf(await sourceOf(version)),
  });
  return {
    resolve,
    resolveLatest: async model => ({ ...model, latest: await Promise.all(model.latest.map(resolve)) }),
  };
}

async function fetchPlace(api: Api, name: string, version: number): Promise<string> {
  const json = await api.get('model-versions/get-download-uri', { name, version });
  return readAnswer(api, json, answer => answer.text('artifact_uri'));
}
