import { SentopsError } from '../../core/errors.ts';
import { schemeOf } from '../artifacts/local-folder.ts';
import type { ModelVersion } from '../entities.ts';
import type { Tracker } from '../types.ts';
import { refuseWaysOut } from './artifact-root.ts';
import type { Service } from './service.ts';
import { stageOf } from './stage.ts';

/** Prompts are registered models whose text is a tag; this stands where other models have files. */
const PROMPTS = ['dummy-source', 'prompt-template'];

/**
 * The source of a new model version as the store keeps it. A path of this machine is taken only below the artifact
 * folder; an alias or a stage of another model is fixed to the version that it means now.
 */
export async function checkSource(service: Service, source: string): Promise<string> {
  if (PROMPTS.includes(source)) return source;
  const scheme = schemeOf(source);
  if (scheme !== 'models' && scheme !== 'runs') return service.root.toStore(source, 'source');
  refuseWaysOut(source, 'source');
  if (/^\w+:\/\/[^/]/.test(source)) throw refuse(source, 'it names another server');
  return scheme === 'runs' ? source : await fixVersion(service, source);
}

/** `models:/m-<id>` and `models:/name/3` are fixed already. */
async function fixVersion({ tracker }: Service, source: string): Promise<string> {
  const text = source.replace(/^models:\/+/i, '');
  const [, name, mark, which] = /^([^/@]+)([/@])([^/]+)$/.exec(text) ?? [];
  if (name === undefined || which === undefined || /^\d+$/.test(which)) return source;
  const found = await findFixed(tracker, name, mark === '@', which);
  if (found === null) throw new SentopsError('NOT_FOUND', `There is no ${source}`);
  return `models:/${name}/${found.version}`;
}

async function findFixed(
  { models }: Tracker,
  name: string,
  isAlias: boolean,
  which: string,
): Promise<ModelVersion | null> {
  if (isAlias) return models.find(name, { alias: which });
  if (which.toLowerCase() !== 'latest') return models.find(name, { stage: stageOf(which) });
  const latest = (await models.get(name))?.latest ?? [];
  return latest.toSorted((a, b) => b.version - a.version)[0] ?? null;
}

function refuse(source: string, why: string): SentopsError {
  return new SentopsError('FLAG_INVALID', `Invalid model version source: '${source}': ${why}`, {
    hint: 'name a folder of this server: mlflow-artifacts:/…, runs:/<run>/<path> or models:/<name>/<version>',
  });
}
