import type { ModelVersion } from '../../entities.ts';
import { type ImportTarget, ORIGIN_TAG, type Outcome, originOf, replaceRoot } from './import-target.ts';
import type { RecordOf } from './records.ts';
import type { TrackerPlace } from './tracker-place.ts';

/** Registered models and versions on a server, which numbers them itself. Aliases that are there stay where they point. */
export function trackerRegistry(place: TrackerPlace): Pick<ImportTarget, 'model' | 'version'> {
  return { model: record => putModel(place, record), version: record => putVersion(place, record) };
}

async function putModel({ tracker }: TrackerPlace, record: RecordOf<'model'>): Promise<Outcome> {
  const { name, description, tags } = record;
  if ((await tracker.models.get(name)) !== null) return 'there';
  await tracker.models.create({ name, description, tags });
  return 'made';
}

async function putVersion(place: TrackerPlace, record: RecordOf<'version'>): Promise<Outcome> {
  const { tracker, renamed } = place;
  const { name, aliases, stage } = record;
  const known = await findVersion(place, record);
  const version = known ?? (await createVersion(place, record));
  if (version.version !== record.version)
    renamed.push({ kind: 'version', from: `${name} ${record.version}`, to: `${name} ${version.version}` });
  if (known === undefined && stage !== 'None')
    await tracker.models.transition(name, version.version, stage, { archiveExisting: false });
  for (const alias of aliases)
    if ((await tracker.models.find(name, { alias })) === null)
      await tracker.models.setAlias(name, alias, version.version);
  return known === undefined ? 'made' : 'there';
}

/** The very version, where a file goes back to where it came from, or what an earlier import made of it. */
async function findVersion({ tracker }: TrackerPlace, record: RecordOf<'version'>): Promise<ModelVersion | undefined> {
  const { name, version, createdAt, source } = record;
  const same = await tracker.models.find(name, { version });
  if (same !== null && same.createdAt === createdAt && same.source === source) return same;
  const origin = originOf(record);
  // A quote cannot stand in a text of the filter language, so that more may be found than is meant.
  const { items } = await tracker.models.searchVersions({
    filter: `tags.\`${ORIGIN_TAG}\` LIKE '${origin.replaceAll("'", '%')}'`,
    limit: 100,
  });
  return items.find(found => found.name === name && found.tags[ORIGIN_TAG] === origin);
}

async function createVersion(place: TrackerPlace, record: RecordOf<'version'>): Promise<ModelVersion> {
  const { tracker, runs, models, roots } = place;
  const { name, description, tags, runId } = record;
  const origin = originOf(record);
  const modelId = /^models:\/+(m-[0-9a-f]+)/.exec(record.source)?.[1];
  const mappedModel = modelId === undefined ? undefined : models.get(modelId);
  const mappedRun = runId === null ? undefined : runs.get(runId);
  return tracker.models.createVersion({
    name,
    source: mapSource(place, record.source) ?? replaceRoot(record.source, roots),
    description,
    tags: { ...tags, [ORIGIN_TAG]: origin },
    key: `import ${origin}`,
    ...(mappedRun === undefined ? {} : { runId: mappedRun.id }),
    ...(mappedModel === undefined ? {} : { modelId: mappedModel.id }),
  });
}

/** `runs:/<run>/…` and `models:/m-…` with the ids that the server gave. */
function mapSource({ runs, models }: TrackerPlace, source: string): string | undefined {
  const [, scheme = '', id = '', rest = ''] = /^(runs|models):\/+([^/]+)(.*)$/s.exec(source) ?? [];
  const mapped = scheme === 'runs' ? runs.get(id) : models.get(id);
  return mapped === undefined ? undefined : `${scheme}:/${mapped.id}${rest}`;
}
