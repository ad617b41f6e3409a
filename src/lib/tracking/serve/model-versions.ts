import { randomUUID } from 'node:crypto';
import type { ModelVersion } from '../entities.ts';
import { modelVersionToWire } from '../wire/registry.ts';
import { pairFromWire, textsOf } from '../wire/texts.ts';
import type { Args } from './args.ts';
import type { Handler } from './call.ts';
import { absent, pageOf, pageToWire } from './queries.ts';
import type { Service } from './service.ts';
import { stageOf } from './stage.ts';
import { checkSource } from './version-source.ts';

const MOST = 200_000;
const KEY_TAG = 'sentops.key';
/** Of keys that no client gave. */
const OWN_KEY = 'store-serve ';

export const createModelVersion: Handler = async (service, { args }) => {
  const name = args.text('name');
  const runId = args.maybeText('run_id');
  const modelId = args.maybeText('model_id');
  const description = args.maybeText('description');
  const tags = textsOf(args.list('tags', pairFromWire));
  const version = await service.tracker.models.createVersion({
    name,
    source: await checkSource(service, args.text('source')),
    tags,
    // Our own client sends a key as a tag. For others a call that is repeated makes another version.
    key: tags[KEY_TAG] ?? `${OWN_KEY}${randomUUID()}`,
    ...(runId ? { runId } : {}),
    ...(modelId ? { modelId } : {}),
    ...(description ? { description } : {}),
  });
  return toWire(service, version);
};

export const getModelVersion: Handler = async (service, { args }) => {
  return toWire(service, await findVersion(service, args));
};

export const updateModelVersion: Handler = async (service, { args }) => {
  const { name, version } = await findVersion(service, args);
  await service.tracker.models.describeVersion(name, version, args.maybeText('description') ?? '');
  return toWire(service, await findVersion(service, args));
};

export const transitionStage: Handler = async (service, { args }) => {
  const [name, version] = [args.text('name'), args.integer('version')];
  const stage = stageOf(args.text('stage'));
  const archiveExisting = args.flag('archive_existing_versions', false);
  return toWire(service, await service.tracker.models.transition(name, version, stage, { archiveExisting }));
};

export const deleteModelVersion: Handler = async ({ tracker }, { args }) => {
  await tracker.models.deleteVersion(args.text('name'), args.integer('version'));
  return {};
};

export const searchModelVersions: Handler = async (service, { args }) => {
  const page = await service.tracker.models.searchVersions(pageOf(args, { usual: MOST, most: MOST }));
  const items = page.items.map(version => modelVersionToWire(locatedVersion(service, version)));
  return pageToWire('model_versions', items, page.nextPageToken);
};

export const getDownloadUri: Handler = async (service, { args }) => {
  const { artifactUri } = await findVersion(service, args);
  return { artifact_uri: service.root.toClient(artifactUri) };
};

export const setVersionTag: Handler = async ({ tracker }, { args }) => {
  const [name, version] = [args.text('name'), args.integer('version')];
  await tracker.models.setVersionTag(name, version, args.text('key'), args.maybeText('value') ?? '');
  return {};
};

export const deleteVersionTag: Handler = async ({ tracker }, { args }) => {
  await tracker.models.deleteVersionTag(args.text('name'), args.integer('version'), args.text('key'));
  return {};
};

export async function findVersion({ tracker }: Service, args: Args): Promise<ModelVersion> {
  const [name, version] = [args.text('name'), args.integer('version')];
  const found = await tracker.models.find(name, { version });
  if (found === null) throw absent(`Model Version (name=${name}, version=${version}) not found`);
  return found;
}

/** With the addresses that a client can use, and without the key that it did not give. */
export function locatedVersion({ root }: Service, version: ModelVersion): ModelVersion {
  const tags = Object.entries(version.tags).filter(([key, value]) => key !== KEY_TAG || !value.startsWith(OWN_KEY));
  return {
    ...version,
    source: root.toClient(version.source),
    artifactUri: root.toClient(version.artifactUri),
    tags: Object.fromEntries(tags),
  };
}

function toWire(service: Service, version: ModelVersion): object {
  return { model_version: modelVersionToWire(locatedVersion(service, version)) };
}
