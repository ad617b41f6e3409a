import fs from 'node:fs';
import path from 'node:path';
import type { Project } from '../config/types.ts';
import { SentopsError } from '../core/errors.ts';
import { isUri } from '../core/is-uri.ts';
import { isModelUri } from '../registry/model-uri.ts';
import { checkChoice, isChosen } from '../registry/registered-choice.ts';
import type { ChosenModel, ModelChoice } from './model-choice.ts';

/** What `train` leaves in its output folder. */
const REPORT = 'training.json';

/** The model that was named, wherever it lies, or the best one of the project. */
export async function chooseModel(choice: ModelChoice): Promise<ChosenModel> {
  const { modelPath, registered, loadProject } = choice;
  if (registered !== undefined && isChosen(registered)) {
    if (modelPath !== undefined) throw saidTwice(modelPath);
    checkChoice(registered);
    const { fetchRegistered } = await import('./registered-model.ts');
    return await fetchRegistered(registered, choice);
  }
  if (modelPath !== undefined) return await fetchNamed(modelPath, choice);
  return { place: findBest(await loadProject(['train'])), version: null };
}

/** A model by its place: a folder as `findNamed` takes it, or a `models:/…` or `runs:/…` URI. */
export async function fetchNamed(named: string, choice: Omit<ModelChoice, 'modelPath'>): Promise<ChosenModel> {
  if (!isModelUri(named)) return { place: findNamed(named, choice.cwd), version: null };
  const { fetchByUri } = await import('./registered-model.ts');
  return await fetchByUri(named, choice);
}

/** A model as `openModel` takes it, or the whole output folder of a training, whose best model is taken. */
export function findNamed(named: string, cwd: string): string {
  const place = path.resolve(cwd, named);
  return fs.existsSync(path.join(place, REPORT)) ? readBest(place, path.dirname(place)) : place;
}

function saidTwice(modelPath: string): SentopsError {
  return new SentopsError('FLAG_INVALID', `both ${modelPath} and flags of the registry name a model`, {
    hint: 'give the place of a model, or --model-name with --model-stage, --model-alias or --model-version',
  });
}

function findBest({ config, dir }: Pick<Project, 'dir' | 'config'>): string {
  const { output } = config.train;
  const isRemote = isUri(output);
  const folder = path.resolve(dir, output);
  if (!isRemote && fs.existsSync(path.join(folder, REPORT))) return readBest(folder, dir);
  throw new SentopsError('NOT_FOUND', 'there is no trained model in this project', {
    hint: 'train one with sentops train, or name a model folder with --model-path DIR',
    details: { looked: isRemote ? output : path.join(folder, REPORT) },
  });
}

/** Folders move: a path that no longer leads anywhere is looked for beside the report, by its name. */
function readBest(folder: string, dir: string): string {
  const file = path.join(folder, REPORT);
  const best = readReport(file);
  const places = [
    path.resolve(folder, best),
    path.resolve(dir, best),
    path.join(folder, path.basename(best)),
    path.join(folder, path.basename(path.dirname(best))),
  ];
  const found = places.find(place => place !== folder && fs.existsSync(place));
  if (found !== undefined) return found;
  throw new SentopsError('NOT_FOUND', `the best model of ${file} is not there: ${best}`, {
    hint: 'train again with sentops train, or name a model folder with --model-path DIR',
    details: { path: best },
  });
}

function readReport(file: string): string {
  try {
    const { best } = JSON.parse(fs.readFileSync(file, 'utf8')) as { best?: { path?: unknown } | null };
    if (typeof best?.path === 'string' && best.path !== '') return best.path;
  } catch (error) {
    throw new SentopsError('DATA_INVALID', `${file} is no training report`, {
      hint: 'train again with sentops train, or name a model folder with --model-path DIR',
      place: { file },
      cause: error,
    });
  }
  throw new SentopsError('NOT_FOUND', `${file} names no best model`, {
    hint: 'train again with sentops train, or name a model folder with --model-path DIR',
    place: { file },
  });
}
