import { type ModelVersion, type RegisteredModel, STAGES } from '../entities.ts';
import { type Fields, fieldsOf } from './fields.ts';
import type { WireModelVersion, WireRegisteredModel } from './shapes.ts';
import { listUnder, pairFromWire, pairsUnder, textsOf } from './texts.ts';

const STATUSES = [
  'READY',
  'PENDING_REGISTRATION',
  'FAILED_REGISTRATION',
] as const satisfies readonly ModelVersion['status'][];

export function modelVersionToWire(version: ModelVersion): WireModelVersion {
  const { description, userId, statusMessage, runId, tags, aliases } = version;
  return {
    name: version.name,
    version: String(version.version),
    creation_timestamp: version.createdAt,
    last_updated_timestamp: version.updatedAt,
    ...(userId === '' ? {} : { user_id: userId }),
    current_stage: version.stage,
    ...(description === '' ? {} : { description }),
    source: version.source,
    ...(runId === null ? {} : { run_id: runId }),
    status: version.status,
    ...(statusMessage === null ? {} : { status_message: statusMessage }),
    ...pairsUnder('tags', tags),
    ...listUnder('aliases', aliases),
  };
}

/** `artifactUri` is not on the wire: it is the source until the caller resolves it. */
export function modelVersionFromWire(json: unknown, what = 'model version'): ModelVersion {
  const fields = fieldsOf(json, what);
  const source = fields.textOrNull('source') ?? '';
  return {
    name: fields.text('name'),
    version: versionFromWire(fields),
    description: fields.textOrNull('description') ?? '',
    userId: fields.textOrNull('user_id') ?? '',
    createdAt: fields.integerOrNull('creation_timestamp') ?? 0,
    updatedAt: fields.integerOrNull('last_updated_timestamp') ?? 0,
    stage: fields.oneOf('current_stage', STAGES, 'None'),
    status: fields.oneOf('status', STATUSES, 'READY'),
    statusMessage: fields.textOrNull('status_message'),
    source,
    artifactUri: source,
    runId: fields.textOrNull('run_id'),
    tags: textsOf(fields.list('tags', pairFromWire)),
    aliases: fields.list('aliases', aliasFromWire),
  };
}

export function registeredModelToWire(model: RegisteredModel): WireRegisteredModel {
  const { name, description, createdAt, updatedAt, tags, aliases, latest } = model;
  const pairs = Object.entries(aliases).map(([alias, version]) => ({ alias, version: String(version) }));
  return {
    name,
    creation_timestamp: createdAt,
    last_updated_timestamp: updatedAt,
    ...(description === '' ? {} : { description }),
    ...listUnder('latest_versions', latest.map(modelVersionToWire)),
    ...pairsUnder('tags', tags),
    ...listUnder('aliases', pairs),
  };
}

/** The versions in `latest` carry the aliases that the model lists: the server itself leaves them out there. */
export function registeredModelFromWire(json: unknown, what = 'registered model'): RegisteredModel {
  const fields = fieldsOf(json, what);
  const aliases: Readonly<Record<string, number>> = Object.fromEntries(fields.list('aliases', aliasPair));
  return {
    name: fields.text('name'),
    description: fields.textOrNull('description') ?? '',
    createdAt: fields.integerOrNull('creation_timestamp') ?? 0,
    updatedAt: fields.integerOrNull('last_updated_timestamp') ?? 0,
    tags: textsOf(fields.list('tags', pairFromWire)),
    aliases,
    latest: fields
      .list('latest_versions', modelVersionFromWire)
      .map(version => ({ ...version, aliases: aliasesOf(aliases, version.version) })),
  };
}

/** The aliases of one version, by name. */
export function aliasesOf(aliases: Readonly<Record<string, number>>, version: number): string[] {
  return Object.keys(aliases)
    .filter(alias => aliases[alias] === version)
    .sort();
}

function aliasPair(json: unknown, what: string): [alias: string, version: number] {
  const fields = fieldsOf(json, what);
  return [fields.text('alias'), versionFromWire(fields)];
}

/** Plain texts in a version, pairs in some servers' answers. */
function aliasFromWire(json: unknown, what: string): string {
  return typeof json === 'string' ? json : fieldsOf(json, what).text('alias');
}

function versionFromWire(fields: Fields): number {
  return fields.integer('version');
}
