import { SentopsError } from '../core/errors.ts';
import type { DatasetInput, Metric, Texts } from './entities.ts';

/** MLflow's limits, in characters. MLflow cuts long values of parameters and tags without a word; here they are errors. */
const KEY_LENGTH = 250;
const PARAM_LENGTH = 6000;
const RUN_TAG_LENGTH = 8000;
const EXPERIMENT_TAG_LENGTH = 20_000;
const REGISTRY_TAG_LENGTH = 100_000;
const NAME_LENGTH = { experiment: 500, run: 250, 'logged model': 500, 'registered model': 256, alias: 255 };
const DATASET_LENGTHS = {
  name: 500,
  digest: 36,
  sourceType: 36,
  source: 65_535,
  schema: 1_048_575,
  profile: 16_777_215,
};
const INPUT_TAG = { key: 255, value: 500 };

/** Word characters as Python's regular expressions have them. */
const KEY = /^[\p{L}\p{N}_./\-: ]+$/u;
const ALIAS = /^[\p{L}\p{N}_-]+$/u;

export type Kind = 'metric' | 'parameter' | 'tag';

export function checkKey(kind: Kind, key: string): void {
  if (!KEY.test(key))
    throw refused(`the ${kind} key ${quote(key)} cannot be`, 'letters, digits, _ - . : / and spaces only', { key });
  if (!isPlainPath(key))
    throw refused(`the ${kind} key ${quote(key)} reads as another path`, 'no part of it may be empty, "." or ".."', {
      key,
    });
  checkLength(`the ${kind} key`, key, KEY_LENGTH, { key });
}

export function checkMetric({ key, value, timestamp, step }: Metric): void {
  checkKey('metric', key);
  if (typeof value !== 'number')
    throw refused(`metric ${quote(key)} has no number as its value`, 'give a number', { key });
  checkStep(`metric ${quote(key)}`, step);
  if (!Number.isSafeInteger(timestamp) || timestamp < 0)
    throw refused(`metric ${quote(key)} has the time ${timestamp}`, 'a time is whole milliseconds since 1970', {
      key,
      timestamp,
    });
}

export function checkStep(of: string, step: number): void {
  if (!Number.isSafeInteger(step)) throw refused(`${of} has the step ${step}`, 'a step is a whole number', { step });
}

export function checkParam(key: string, value: string): void {
  checkKey('parameter', key);
  checkLength(`parameter ${quote(key)}`, value, PARAM_LENGTH, { key });
}

export function checkTags(of: 'run' | 'experiment' | 'registry', tags: Texts | undefined): void {
  const limits = { run: RUN_TAG_LENGTH, experiment: EXPERIMENT_TAG_LENGTH, registry: REGISTRY_TAG_LENGTH };
  for (const [key, value] of Object.entries(tags ?? {})) {
    checkKey('tag', key);
    checkLength(`tag ${quote(key)}`, value, limits[of], { key });
  }
}

export function checkName(of: keyof typeof NAME_LENGTH, name: string): void {
  if (name.trim() === '') throw refused(`the name of the ${of} is empty`, 'give it a name', { name });
  checkLength(`the name of the ${of}`, name, NAME_LENGTH[of], { name });
}

export function checkModelName(name: string): void {
  checkName('registered model', name);
  if (/[/:]/.test(name) || !isPlainPath(name))
    throw refused(`the model name ${quote(name)} cannot be`, 'a name has no "/" and no ":" and is not "." or ".."', {
      name,
    });
}

/** MLflow makes folders and URIs of it. */
export function checkLoggedModelName(name: string): void {
  checkName('logged model', name);
  if (/[/:.%"']/.test(name))
    throw refused(`the model name ${quote(name)} cannot be`, `a logged model has none of / : . % " ' in its name`, {
      name,
    });
}

export function checkAlias(alias: string): void {
  checkName('alias', alias);
  if (!ALIAS.test(alias))
    throw refused(`the alias ${quote(alias)} cannot be`, 'letters, digits, _ and - only', { alias });
  if (alias.toLowerCase() === 'latest' || /^v\d+$/i.test(alias))
    throw refused(`the alias ${quote(alias)} is reserved`, '"latest" and "v" with a number mean versions', { alias });
}

export function checkTime(what: string, time: number): void {
  if (!Number.isSafeInteger(time))
    throw refused(`${what} is ${time}`, 'a time is whole milliseconds since 1970', { time });
}

export function checkDataset({ name, digest, sourceType, source, schema, profile, tags }: DatasetInput): void {
  checkLength('the name of a dataset', name, DATASET_LENGTHS.name, { name });
  checkLength(`the digest of dataset ${quote(name)}`, digest, DATASET_LENGTHS.digest, { name });
  checkLength(`the source type of dataset ${quote(name)}`, sourceType, DATASET_LENGTHS.sourceType, { name });
  checkLength(`the source of dataset ${quote(name)}`, source, DATASET_LENGTHS.source, { name });
  checkLength(`the schema of dataset ${quote(name)}`, schema ?? '', DATASET_LENGTHS.schema, { name });
  checkLength(`the profile of dataset ${quote(name)}`, profile ?? '', DATASET_LENGTHS.profile, { name });
  for (const [key, value] of Object.entries(tags)) {
    checkLength(`a tag key of dataset ${quote(name)}`, key, INPUT_TAG.key, { name, key });
    checkLength(`tag ${quote(key)} of dataset ${quote(name)}`, value, INPUT_TAG.value, { name, key });
  }
}

/** Characters, not code units. */
function checkLength(what: string, text: string, limit: number, details: Readonly<Record<string, unknown>>): void {
  if (text.length <= limit) return;
  const length = [...text].length;
  if (length > limit)
    throw refused(`${what} has ${length} characters`, `at most ${limit} fit; nothing was stored`, {
      ...details,
      length,
      limit,
    });
}

/** MLflow's file store makes files of keys, so a key has to be the path that it says. */
function isPlainPath(key: string): boolean {
  return !key.startsWith('..') && key.split('/').every(part => part !== '' && part !== '.' && part !== '..');
}

function refused(message: string, hint: string, details: Readonly<Record<string, unknown>>): SentopsError {
  return new SentopsError('FLAG_INVALID', message, { hint, details });
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
