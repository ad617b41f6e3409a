import { SentopsError } from '../core/errors.ts';
import { suggest } from '../core/suggest.ts';
import { allPages } from '../tracking/all-pages.ts';
import type { ModelVersion, RegisteredModel } from '../tracking/entities.ts';
import type { ModelSelector, Tracker } from '../tracking/types.ts';
import { listVersions } from './list-versions.ts';

/** Which version of a model is meant; `latest` is the one with the greatest number, whatever its stage. */
export type VersionSelector = ModelSelector | 'latest';

/** Names that a message lists; scripts get more of them in the details. */
const MOST_SHOWN = 8;
const MOST_LISTED = 100;

/** The version of a registered model. Throws NOT_FOUND with what there is, and what was probably meant. */
export async function findVersion(tracker: Tracker, name: string, which: VersionSelector): Promise<ModelVersion> {
  const found = which === 'latest' ? await findLatest(tracker, name) : await tracker.models.find(name, which);
  return found ?? (await refuse(tracker, name, which));
}

/** A registered model by its name. Throws NOT_FOUND with the names that come near. */
export async function findModelByName(tracker: Tracker, name: string): Promise<RegisteredModel> {
  const model = await tracker.models.get(name);
  if (model !== null) return model;
  const all = await allPages(
    pageToken => tracker.models.search({ limit: MOST_LISTED, ...(pageToken === undefined ? {} : { pageToken }) }),
    1000,
  );
  const names = all.map(one => one.name);
  const near = suggest(name, names);
  throw new SentopsError('NOT_FOUND', `there is no registered model ${JSON.stringify(name)} in ${tracker.uri}`, {
    hint: hintOf(near, names),
    details: { model: name, models: names.slice(0, MOST_LISTED) },
  });
}

/** As messages name it: `version 3`, `alias champion`, `stage Production`. */
export function describeSelector(which: VersionSelector): string {
  if (which === 'latest') return 'version';
  if ('version' in which) return `version ${which.version}`;
  return 'alias' in which ? `alias ${which.alias}` : `version in stage ${which.stage}`;
}

function hintOf(near: string | undefined, names: readonly string[]): string {
  if (near !== undefined) return `did you mean ${near}?`;
  if (names.length === 0) return 'no model is registered there: train one with sentops train, or check --mlflow-uri';
  return `there ${names.length === 1 ? 'is' : 'are'} ${listSome(names)}`;
}

/** The newest version of each stage comes with the model: the newest of these is the newest of all. */
async function findLatest(tracker: Tracker, name: string): Promise<ModelVersion | null> {
  const model = await tracker.models.get(name);
  const versions = model?.latest ?? [];
  return versions.reduce<ModelVersion | null>(
    (newest, one) => (newest === null || one.version > newest.version ? one : newest),
    null,
  );
}

async function refuse(tracker: Tracker, name: string, which: VersionSelector): Promise<never> {
  const model = await findModelByName(tracker, name);
  const versions = (await listVersions(tracker, name)).map(({ version }) => version);
  const aliases = Object.keys(model.aliases).sort();
  const stages = [...new Set(model.latest.map(({ stage }) => stage))].filter(stage => stage !== 'None').sort();
  throw new SentopsError('NOT_FOUND', `model ${name} has no ${describeSelector(which)}`, {
    hint: describeWhatIsThere(which, { name, versions, aliases, stages }),
    details: { model: name, versions: versions.slice(0, MOST_LISTED), aliases, stages },
  });
}

interface WhatIsThere {
  readonly name: string;
  readonly versions: readonly number[];
  readonly aliases: readonly string[];
  readonly stages: readonly string[];
}

function describeWhatIsThere(which: VersionSelector, { name, versions, aliases, stages }: WhatIsThere): string {
  if (versions.length === 0) return `it has no version at all: register one with sentops model register ${name}`;
  const near = which !== 'latest' && 'alias' in which ? suggest(which.alias, aliases) : undefined;
  const lists = [
    `versions ${listSome(versions.map(String))}`,
    aliases.length > 0 ? `aliases ${listSome(aliases)}` : 'no alias',
    stages.length > 0 ? `stages ${stages.join(', ')}` : 'no stage',
  ];
  return `${near === undefined ? '' : `did you mean ${near}? `}it has ${lists.join('; ')}`;
}

function listSome(names: readonly string[]): string {
  const more = names.length - MOST_SHOWN;
  return `${names.slice(0, MOST_SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
