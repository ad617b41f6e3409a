import fs from 'node:fs';
import path from 'node:path';
import { explainWriteFailure, writeFilesAtomic } from '../core/atomic.ts';
import { SentopsError } from '../core/errors.ts';
import { replaceFolder } from '../core/replace-folder.ts';
import { holdsOnlyModel } from './holds-only-model.ts';
import { type FormatName, findModel } from './load.ts';
import type { FittedModel, ModelFormat } from './types.ts';

export interface SaveOptions {
  /** An MLflow folder, which holds the native form and Spark's beside each other, where it is not said. */
  readonly format?: FormatName;
  readonly signal?: AbortSignal;
  /** Writes into a folder that holds other things than a model, too. */
  readonly overwrite?: boolean;
}

const FORMATS: Readonly<Record<FormatName, () => Promise<{ readonly default: () => ModelFormat }>>> = {
  mlflow: () => import('./formats/mlflow/format.ts'),
  native: () => import('./formats/native/format.ts'),
  spark: () => import('./formats/spark/format.ts'),
};

/**
 * Writes a model into a folder, as a whole or not at all. A model that is there is replaced, files of other kinds are
 * left alone: throws CONFLICT for a folder with anything else in it, be it beside a model.
 */
export async function saveModel(model: FittedModel, dir: string, options: SaveOptions = {}): Promise<void> {
  const { format = 'mlflow', signal, overwrite = false } = options;
  const state = await stateOf(dir);
  if (state === 'other' && !overwrite) {
    throw new SentopsError('CONFLICT', `${dir} holds something that is not a model`, {
      hint: 'choose another folder, or move everything that is not part of a model out of this one',
    });
  }
  signal?.throwIfAborted();
  const { default: create } = await FORMATS[format]();
  const files = Array.from(await create().write(model), ([name, data]) => ({ path: name, data }));
  const how = signal === undefined ? {} : { signal };
  // Part files of the old model would be read with those of the new one: the folder is exchanged as a whole. A link to
  // it stays a link.
  if (state === 'model') await replaceFolder(fs.realpathSync(dir), staged => writeFilesAtomic(staged, files, how));
  else await writeFilesAtomic(dir, files, how);
}

type State = 'free' | 'model' | 'other';

async function stateOf(dir: string): Promise<State> {
  const stat = lookAt(dir);
  if (stat === undefined) return 'free';
  if (!stat.isDirectory() || fs.readdirSync(dir).length === 0) return stat.isDirectory() ? 'free' : 'other';
  const found = findModel(dir);
  if (found === null || path.resolve(found.dir) !== path.resolve(dir)) return 'other';
  return (await holdsOnlyModel(dir, found.format)) ? 'model' : 'other';
}

function lookAt(dir: string): fs.Stats | undefined {
  try {
    return fs.statSync(dir, { throwIfNoEntry: false });
  } catch (error) {
    throw explainWriteFailure(error, dir);
  }
}
