import fs from 'node:fs';
import path from 'node:path';
import { errorFrom } from '../../config/error-from.ts';
import { parseDocument } from '../../config/parse/parse-document.ts';
import { parseValues } from '../../config/parse/parse-values.ts';
import { isMap, type JsonMap } from '../../config/tree.ts';
import type { Json } from '../../config/types.ts';
import { explainWriteFailure, writeFileAtomic } from '../../core/atomic.ts';
import { SentopsError } from '../../core/errors.ts';
import { withLock } from '../../core/lock-file.ts';
import { byPath } from './by-path.ts';
import { writeEntry } from './lock-text.ts';
import type { DatasetLock, LockedDataset, LockedFile } from './lock-types.ts';

/** Nothing is locked where there is no file. */
export async function readDatasetLock(file: string): Promise<DatasetLock> {
  return (await parseLock(readText(file), file)).lock;
}

/** Replaces one entry, or takes it out; the rest of the file stays as it is, comments included. True where it changed. */
export async function writeDatasetLock(file: string, key: string, entry: LockedDataset): Promise<boolean> {
  makeFolder(path.dirname(file));
  return await withLock(file, async () => {
    const text = readText(file);
    const { lock } = await parseLock(text, file);
    const edited = await writeEntry(text, lock, key, entry);
    if (edited === text) return false;
    writeFileAtomic(file, edited);
    return true;
  });
}

const NEWEST = 1;

async function parseLock(text: string, file: string): Promise<{ readonly lock: DatasetLock }> {
  const values = await parseValues(text);
  if (values === undefined) {
    const { problems } = await parseDocument(text, file);
    throw problems.length > 0 ? errorFrom(problems) : refuse(file, 'it is no YAML that can be read');
  }
  if (!isMap(values)) throw refuse(file, 'it must hold version: and datasets:');
  const { version = NEWEST, datasets = {} } = values;
  if (version !== NEWEST)
    throw refuse(file, `it is of version ${JSON.stringify(version)}, and this sentops knows ${NEWEST}`);
  if (datasets !== null && !isMap(datasets)) throw refuse(file, 'datasets: must be a map');
  const entries = Object.entries(datasets ?? {}).map(([key, entry]) => [key, readEntry(entry, key, file)]);
  return { lock: Object.fromEntries(entries) };
}

function readEntry(entry: Json, key: string, file: string): LockedDataset {
  if (!isMap(entry)) throw refuse(file, `the entry ${key} is no map`);
  const text = (name: string) => {
    const value = entry[name];
    if (typeof value === 'string') return value;
    throw refuse(file, `the entry ${key} has no ${name}`);
  };
  return {
    source: text('source'),
    ref: text('ref'),
    version: text('version'),
    folder: typeof entry['folder'] === 'string' ? entry['folder'] : null,
    partial: entry['partial'] === true,
    archives: readFiles(entry['archives'], key, file),
    files: readFiles(entry['files'], key, file),
  };
}

function readFiles(files: Json | undefined, key: string, file: string): Record<string, LockedFile> {
  if (files === undefined || files === null) return {};
  if (!isMap(files)) throw refuse(file, `the files of ${key} are no map`);
  return byPath(Object.entries(files).map(([name, said]) => [name, readFile(said, `${key}: ${name}`, file)]));
}

const SHA256 = /^[0-9a-f]{64}$/;

function readFile(said: Json, name: string, file: string): LockedFile {
  const { bytes, sha256 = null, crc32c, tag, from }: JsonMap = isMap(said) ? said : {};
  const isWhole = typeof bytes === 'number' && Number.isInteger(bytes) && bytes >= 0;
  const isHash = sha256 === null || (typeof sha256 === 'string' && SHA256.test(sha256));
  if (!isWhole || !isHash || typeof crc32c !== 'string')
    throw refuse(file, `${name} must have bytes, sha256 and crc32c`);
  return {
    bytes,
    sha256,
    crc32c,
    ...(typeof tag === 'string' ? { tag } : {}),
    ...(typeof from === 'string' ? { from } : {}),
  };
}

function refuse(file: string, why: string): SentopsError {
  return new SentopsError('CONFIG_INVALID', `${file} is no lock file of datasets: ${why}`, {
    hint: 'mend it, bring it back from git, or remove it and download again',
    place: { file },
  });
}

function readText(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw new SentopsError('CONFIG_UNREADABLE', `${file} cannot be read`, { place: { file }, cause: error });
  }
}

function makeFolder(folder: string): void {
  try {
    fs.mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw explainWriteFailure(error, folder);
  }
}
