import path from 'node:path';
import { SentopsError } from '../core/errors.ts';
import { findModel } from '../model/load.ts';
import { lookAt } from '../model/look-at.ts';
import { findNamed } from '../score/find-model.ts';

/** The folder that holds a model and nothing else, of a model folder or of the output of a training. */
export function findModelFolder(place: string): string {
  const found = findModel(findNamed(place, path.dirname(place)));
  if (found === null)
    throw new SentopsError('NOT_FOUND', lookAt(place) ? `${place} is no model` : `there is no model at ${place}`, {
      hint: 'give a folder with MLmodel, model.sentops or a Spark pipeline in it; train one with sentops train',
      details: { path: place },
    });
  // One file of ours is told apart by its name: its folder may hold anything.
  if (lookAt(found.dir)?.isDirectory()) return found.dir;
  throw new SentopsError('FLAG_INVALID', `--model-path: ${place} is a file`, {
    hint: `give its folder, or make one: sentops model convert ${place} --to mlflow --output model`,
    details: { flag: '--model-path', value: place },
  });
}
