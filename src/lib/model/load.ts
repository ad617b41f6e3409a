import fs from 'node:fs';
import path from 'node:path';
import { SentopsError } from '../core/errors.ts';
import { lookAt } from './look-at.ts';
import { readSparkFiles, readWhole } from './read-files.ts';
import type { FittedModel } from './types.ts';

export type FormatName = 'mlflow' | 'native' | 'spark';

export interface OpenedModel {
  readonly model: FittedModel;
  readonly format: FormatName;
  /** The folder or file that was read. */
  readonly dir: string;
}

export interface LoadOptions {
  /** What to read where a folder holds several; the fastest that holds everything where it is not said. */
  readonly format?: FormatName;
}

/** Loads a model wherever it stands: see `findModel`. */
export async function loadModel(location: string, options: LoadOptions = {}): Promise<FittedModel> {
  return (await openModel(location, options)).model;
}

/** Loads a model and says what it was. Reads only the files that are needed. */
export async function openModel(location: string, options: LoadOptions = {}): Promise<OpenedModel> {
  const found = findModel(location);
  if (found === null) throw notFound(location);
  const opened = await read(found, options.format);
  return { model: opened.model, format: opened.format ?? found.format, dir: found.dir };
}

interface Found {
  readonly format: FormatName;
  readonly dir: string;
}

const NATIVE_FILE = 'model.sentops';

/**
 * What a path is: a model.sentops file, a folder with one, an MLflow folder, a pipeline as Spark saves it, or a folder
 * of `sentops train` with one of these in `model`. Null where it is nothing of that.
 */
export function findModel(location: string): Found | null {
  const stat = lookAt(location);
  if (stat === undefined) return null;
  if (stat.isFile()) return findByFile(location);
  const has = (name: string) => fs.existsSync(path.join(location, name));
  if (isFile(path.join(location, 'MLmodel'))) return { format: 'mlflow', dir: location };
  if (isFile(path.join(location, NATIVE_FILE))) return { format: 'native', dir: location };
  if (has('metadata')) return { format: 'spark', dir: location };
  for (const inner of ['model', 'sparkml']) {
    const found = has(inner) ? findModel(path.join(location, inner)) : null;
    if (found !== null) return found;
  }
  return null;
}

function isFile(location: string): boolean {
  return lookAt(location)?.isFile() === true;
}

function findByFile(file: string): Found | null {
  const name = path.basename(file);
  if (name === 'MLmodel') return { format: 'mlflow', dir: path.dirname(file) };
  return name.endsWith('.sentops') ? { format: 'native', dir: file } : null;
}

interface Read {
  readonly model: FittedModel;
  readonly format?: FormatName;
}

async function read({ format, dir }: Found, wanted: FormatName | undefined): Promise<Read> {
  if (format === 'mlflow') return await readFromMlflow(dir, wanted);
  if (wanted !== undefined && wanted !== format) throw otherFormat(dir, wanted, format);
  if (format === 'spark') return { model: await readSparkFolder(dir) };
  const file = fs.statSync(dir).isFile() ? dir : path.join(dir, NATIVE_FILE);
  return { model: await readNativeFile(file) };
}

async function readFromMlflow(dir: string, wanted: FormatName | undefined): Promise<Read> {
  const { choosePart, readFlavors } = await import('./formats/mlflow/read.ts');
  const flavors = await readFlavors(readWhole(path.join(dir, 'MLmodel')));
  const part = choosePart(flavors, wanted, name => isFile(path.join(dir, name)));
  if (part === null) throw otherFormat(dir, wanted ?? 'native', 'mlflow');
  const place = path.join(dir, part.path);
  const format = wanted ?? 'mlflow';
  if (part.form === 'native') {
    if (!isFile(place)) throw missingPart(dir, `file ${part.path}`);
    return { model: await readNativeFile(place), format };
  }
  if (lookAt(place)?.isDirectory() !== true) throw missingPart(dir, `folder ${part.path}`);
  return { model: await readSparkFolder(place), format };
}

function missingPart(dir: string, part: string): SentopsError {
  return new SentopsError('DATA_INVALID', `${dir}: the ${part} that MLmodel names is missing`, {
    hint: 'copy the model again from where it was logged',
  });
}

async function readNativeFile(file: string): Promise<FittedModel> {
  const { readNative } = await import('./formats/native/read.ts');
  return await naming(file, () => readNative(readWhole(file)));
}

async function readSparkFolder(dir: string): Promise<FittedModel> {
  const { readSpark } = await import('./formats/spark/read.ts');
  return await naming(dir, () => readSpark(readSparkFiles(dir)));
}

/** Readers know bytes only: which model it was is said here. */
async function naming<T>(place: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SentopsError) || error.code !== 'DATA_INVALID') throw error;
    const { hint, details } = error;
    throw new SentopsError('DATA_INVALID', `${place}: ${error.message}`, { hint, details, cause: error });
  }
}

function otherFormat(dir: string, wanted: FormatName, format: FormatName): SentopsError {
  return new SentopsError('NOT_FOUND', `${dir} holds no ${wanted} model, it is a ${format} one`, {
    hint: `convert it first, or leave out the format`,
  });
}

function notFound(location: string): SentopsError {
  const looked = `looked for MLmodel, ${NATIVE_FILE}, metadata/ and model/`;
  const stat = lookAt(location);
  if (stat === undefined) {
    return new SentopsError('NOT_FOUND', `there is no model at ${location}: the path does not exist`, {
      hint: 'check the path; train a model with: sentops train',
    });
  }
  if (!stat.isDirectory()) {
    return new SentopsError('DATA_INVALID', `${location} is not a model file`, {
      hint: `give the folder of a model, or a file ${NATIVE_FILE}`,
    });
  }
  const inner = fs
    .readdirSync(location)
    .filter(name => findModel(path.join(location, name)) !== null)
    .slice(0, 10);
  return new SentopsError('NOT_FOUND', `${location} is not a model: ${looked}`, {
    hint: inner.length === 0 ? 'give the folder of a model' : `there are models in it: ${inner.join(', ')}`,
    details: { looked: ['MLmodel', NATIVE_FILE, 'metadata', 'model', 'sparkml'], models: inner },
  });
}
