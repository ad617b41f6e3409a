import { parseDocument } from '../config/parse/parse-document.ts';
import { parseValues } from '../config/parse/parse-values.ts';
import { SentopsError } from '../core/errors.ts';
import { isRecord } from '../model/formats/check-fields.ts';
import { isNative } from '../model/formats/native/read.ts';
import { parseMetadata } from '../model/formats/spark/metadata.ts';
import type { ArtifactFile } from '../tracking/entities.ts';
import type { Artifacts } from '../tracking/types.ts';

export interface FoundModel {
  readonly format: 'mlflow' | 'native' | 'spark';
  /** Of an MLflow model; nothing for the others. */
  readonly flavors: readonly string[];
}

/** More than any description of a model has. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * What a folder of artifacts is, by its listing and its description alone; null where nothing lies there. MLflow itself
 * registers whatever it is told, and the mistake shows when somebody loads it (its issue 4630). Throws DATA_INVALID for
 * a folder that is no model.
 */
export async function checkFiles(artifacts: Artifacts, root: string, path: string): Promise<FoundModel | null> {
  const entries = await artifacts.list(root, path);
  if (entries.length === 0) return null;
  const where = path === '' ? root : `${root}/${path}`;
  const named = (name: string) => entries.find(entry => entry.path.split('/').at(-1) === name);
  const description = named('MLmodel');
  if (description && !description.isFolder) {
    const bytes = await readStart(artifacts, root, description.path);
    return { format: 'mlflow', flavors: await readFlavorNames(bytes, where) };
  }
  const own = named('model.sentops');
  if (own && isNative(await readStart(artifacts, root, own.path, 64))) return { format: 'native', flavors: [] };
  const metadata = named('metadata');
  if (metadata?.isFolder && (await isSparkModel(artifacts, root, metadata))) return { format: 'spark', flavors: [] };
  throw new SentopsError('DATA_INVALID', `${where} is no model: there is no MLmodel, model.sentops or metadata in it`, {
    hint: `it holds ${listNames(entries)}: name the folder of a model`,
    details: { where, files: entries.map(entry => entry.path).slice(0, 100) },
  });
}

/** The first names of a listing, for a message. */
export function listNames(entries: readonly ArtifactFile[]): string {
  const names = entries.map(({ path }) => path.split('/').at(-1));
  return names.length === 0 ? 'nothing' : `${names.slice(0, 8).join(', ')}${names.length > 8 ? ', …' : ''}`;
}

async function readFlavorNames(bytes: Uint8Array, where: string): Promise<string[]> {
  const yaml = await parseYaml(new TextDecoder().decode(bytes));
  const flavors = isRecord(yaml) && isRecord(yaml['flavors']) ? Object.keys(yaml['flavors']) : [];
  if (flavors.length > 0) return flavors.sort();
  throw new SentopsError('DATA_INVALID', `${where}/MLmodel names no flavors: it is damaged`, {
    hint: 'log the model again',
  });
}

/** Others may write what a project file must not hold: all that counts here are the flavors. */
async function parseYaml(text: string): Promise<unknown> {
  return (await parseValues(text)) ?? (await parseDocument(text, 'MLmodel')).values;
}

async function isSparkModel(artifacts: Artifacts, root: string, metadata: ArtifactFile): Promise<boolean> {
  const parts = (await artifacts.list(root, metadata.path)).filter(({ path }) => /(^|\/)part-[^/]*$/.test(path));
  const part = parts.find(({ bytes }) => bytes !== 0);
  if (part === undefined) return false;
  try {
    const bytes = await readStart(artifacts, root, part.path);
    parseMetadata(bytes, what => new SentopsError('DATA_INVALID', what));
    return true;
  } catch (error) {
    if (error instanceof SentopsError && error.code === 'DATA_INVALID') return false;
    throw error;
  }
}

async function readStart(artifacts: Artifacts, root: string, path: string, most = MAX_BYTES): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of artifacts.read(root, path)) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= most) break;
  }
  return Buffer.concat(chunks).subarray(0, most);
}
