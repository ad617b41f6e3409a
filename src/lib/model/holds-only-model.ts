import fs from 'node:fs';
import path from 'node:path';
import { SentopsError } from '../core/errors.ts';
import type { FormatName } from './load.ts';

/**
 * Whether a folder is a model and nothing else, so that another model may take its place: each of its files has a name
 * that the format gives, and the file that says what the model is says so. A damaged model is one, a folder with a
 * letter in it that somebody put beside the model is not.
 */
export async function holdsOnlyModel(dir: string, format: FormatName): Promise<boolean> {
  for (const file of walkFiles(dir, '')) if (!BELONGS[format](file)) return false;
  return await SAYS_SO[format](dir);
}

const BELONGS: Readonly<Record<FormatName, (file: string) => boolean>> = {
  native: file => file === 'model.sentops',
  spark: isOfSpark,
  mlflow: file => OF_MLFLOW.test(file) || (file.startsWith('sparkml/') && isOfSpark(file.slice('sparkml/'.length))),
};

/** What MLflow and we put beside the pipeline; Python leaves compiled code where it read some. */
const OF_MLFLOW = new RegExp(
  [
    String.raw`^(metadata/)?(MLmodel|(conda|python_env)\.yaml|requirements\.txt)$`,
    String.raw`^(serving_)?input_example\.json$|^registered_model_meta$|^data/model\.sentops$`,
    String.raw`^code/(sentops_pyfunc\.py|__pycache__/sentops_pyfunc\.[\w.-]+\.pyc)$`,
  ].join('|'),
  'u',
);

/** Part files and Hadoop's marks in the folders of a stage; the folders that Spark makes around those. */
function isOfSpark(file: string): boolean {
  const parts = file.split('/');
  const [name = '', folder = ''] = [parts.pop(), parts.pop()];
  const isPart = folder === 'metadata' ? /^\.?part-[\w.-]+$/u : /^\.?part-[\w.-]+\.parquet(\.crc)?$/u;
  return (
    ['metadata', 'data', 'treesMetadata'].includes(folder) &&
    (isPart.test(name) || /^(_SUCCESS|\._SUCCESS\.crc|_(started|committed)_\d+)$/u.test(name)) &&
    parts.every(part =>
      /^(stages|\d+_.+|bestModel|subModels|fold\d+|\d+|estimator|evaluator|classifier|model_\d+)$/u.test(part),
    )
  );
}

const SAYS_SO: Readonly<Record<FormatName, (dir: string) => boolean | Promise<boolean>>> = {
  native: async dir => {
    const { isNative } = await import('./formats/native/read.ts');
    return isNative(readStart(path.join(dir, 'model.sentops')));
  },
  spark: async dir => {
    const { parseMetadata } = await import('./formats/spark/metadata.ts');
    const folder = path.join(dir, 'metadata');
    const parts = fs.readdirSync(folder).filter(name => name.startsWith('part-'));
    const bytes = parts.map(name => readStart(path.join(folder, name))).find(each => each.length > 0);
    if (bytes === undefined) return false;
    return isSaid(() => PIPELINES.has(parseMetadata(bytes, what => new SentopsError('DATA_INVALID', what)).className));
  },
  mlflow: async dir => {
    const { readFlavors } = await import('./formats/mlflow/read.ts');
    return isSaid(async () => (await readFlavors(readStart(path.join(dir, 'MLmodel')))) !== null);
  },
};

const PIPELINES: ReadonlySet<string> = new Set(['PipelineModel', 'CrossValidatorModel', 'TrainValidationSplitModel']);

async function isSaid(work: () => boolean | Promise<boolean>): Promise<boolean> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SentopsError && error.code === 'DATA_INVALID') return false;
    throw error;
  }
}

/** More than any of these descriptions has; of a file of gigabytes the rest is not needed. */
const MAX_START = 16 * 1024 * 1024;

function readStart(file: string): Uint8Array {
  const handle = fs.openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(Math.min(MAX_START, fs.fstatSync(handle).size));
    return bytes.subarray(0, fs.readSync(handle, bytes));
  } finally {
    fs.closeSync(handle);
  }
}

/** One after the other, so that the first that does not belong ends the walk; links are files. */
function* walkFiles(dir: string, below: string): Generator<string> {
  for (const entry of fs.readdirSync(path.join(dir, below), { withFileTypes: true })) {
    const name = `${below}${entry.name}`;
    if (entry.isDirectory()) yield* walkFiles(dir, `${name}/`);
    else yield name;
  }
}
