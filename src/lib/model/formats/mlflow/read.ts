import { parseValues } from '../../../config/parse/parse-values.ts';
import { SentopsError } from '../../../core/errors.ts';
import type { FittedModel, ModelFiles } from '../../types.ts';
import { isRecord, isText } from '../check-fields.ts';
import { FILE_NAME } from '../native/damaged-file.ts';
import { readNative } from '../native/read.ts';
import { readSpark } from '../spark/read.ts';

/** Where the parts of an MLflow folder are; null where it has no such part. */
export interface Flavors {
  /** The file of our own form. */
  readonly native: string | null;
  /** The folder of the PipelineModel. */
  readonly spark: string | null;
}

const MAX_BYTES = 4 * 1024 * 1024;

/** Reads an MLmodel file. Throws DATA_INVALID where no flavor in it is one that we can score. */
export async function readFlavors(bytes: Uint8Array): Promise<Flavors> {
  if (bytes.length > MAX_BYTES) throw wrong(`MLmodel is ${bytes.length} bytes long, at most ${MAX_BYTES} are read`);
  const yaml = await parseYaml(new TextDecoder().decode(bytes));
  const flavors = isRecord(yaml) ? yaml['flavors'] : undefined;
  if (!isRecord(flavors)) throw wrong('MLmodel does not name any flavors');
  const spark = pathIn(flavors['spark'], 'model_data');
  const native = pathIn(flavors['sentops'], 'data');
  if (spark === null && native === null) {
    throw wrong(
      `the model has the flavors ${Object.keys(flavors).join(', ') || 'none'}; readable are spark and sentops`,
    );
  }
  return { native, spark };
}

/** Others may write what a project file must not hold (tags, endless numbers): all that counts here are the flavors. */
async function parseYaml(text: string): Promise<unknown> {
  const quick = await parseValues(text);
  if (quick !== undefined) return quick;
  const { parseDocument } = await import('../../../config/parse/parse-document.ts');
  const { values, brokenFrom } = await parseDocument(text, 'MLmodel');
  return Number.isFinite(brokenFrom) ? undefined : values;
}

export interface Part {
  readonly form: 'native' | 'spark';
  readonly path: string;
}

/**
 * What of an MLflow folder to read: our own form where it is there, because it holds everything and is read faster, else
 * Spark's. Null where the folder never had what is wanted; what it should have may be missing.
 */
export function choosePart(
  { native, spark }: Flavors,
  wanted: string | undefined,
  isThere: (file: string) => boolean,
): Part | null {
  const onlyNative = spark === null || wanted === 'native';
  if (native !== null && wanted !== 'spark' && (onlyNative || isThere(native))) return { form: 'native', path: native };
  return onlyNative ? null : { form: 'spark', path: spark };
}

export async function readMlflow(files: ModelFiles): Promise<FittedModel> {
  const flavors = await readFlavors(files.get('MLmodel') ?? new Uint8Array(0));
  const part = choosePart(flavors, undefined, name => files.has(name));
  const own = files.get(part?.path ?? '');
  if (part?.form === 'native' && own !== undefined) return readNative(own);
  if (part?.form !== 'spark') throw wrong(`${part?.path} is missing, and there is no flavor spark to read instead`);
  const prefix = `${part.path}/`;
  const inner = [...files].filter(([name]) => name.startsWith(prefix));
  if (inner.length === 0) throw wrong(`the folder ${part.path} of the flavor spark is missing`);
  return await readSpark(new Map(inner.map(([name, bytes]) => [name.slice(prefix.length), bytes])));
}

function pathIn(flavor: unknown, key: string): string | null {
  if (!isRecord(flavor)) return null;
  const value = flavor[key];
  if (!isText(value)) throw wrong(`MLmodel does not say where its model is (${key})`);
  const clean = value.replace(/^\.\//u, '').replace(/\/+$/u, '');
  if (clean === '' || clean.startsWith('/') || clean.split(/[/\\]/u).includes('..')) {
    throw wrong(`MLmodel points outside its folder: ${value}`);
  }
  return clean;
}

function wrong(what: string): SentopsError {
  return new SentopsError('DATA_INVALID', what, {
    hint: `readable are folders with a PipelineModel (mlflow.spark.log_model) or with our ${FILE_NAME}`,
  });
}
