import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describeCause, isRecord } from './failure.ts';
import { checkContract } from './load-plugin.ts';
import type { PluginSource } from './types.ts';

/** An oclif plugin as `sentops plugins` keeps it, with what its package.json says about extensions. */
export interface InstalledPlugin {
  readonly name: string;
  readonly version: string | null;
  readonly type: 'user' | 'link';
  readonly root: string;
  /** Absent where the plugin brings commands only. */
  readonly source?: PluginSource;
}

/** The plugins that were installed or linked, in that order. A damaged list is an error: nobody may lose plugins unseen. */
export function discoverPlugins(dataDir: string): InstalledPlugin[] {
  const list = readJson(path.join(dataDir, 'package.json'));
  if (!isRecord(list) || !isRecord(list['oclif']) || !Array.isArray(list['oclif']['plugins'])) return [];
  return list['oclif']['plugins'].filter(isRecord).flatMap(entry => readPlugin(dataDir, entry));
}

function readPlugin(dataDir: string, entry: Readonly<Record<string, unknown>>): InstalledPlugin[] {
  const { name, type, root: linked } = entry;
  if (typeof name !== 'string' || (type !== 'user' && type !== 'link')) return [];
  const root = type === 'link' && typeof linked === 'string' ? linked : path.join(dataDir, 'node_modules', name);
  const base = { name, type, root } as const;
  try {
    const manifest = readJson(path.join(root, 'package.json'));
    if (!isRecord(manifest)) throw new Error(`${root} has no package.json`);
    const version = typeof manifest['version'] === 'string' ? manifest['version'] : null;
    const source = readSource(name, root, manifest['sentops']);
    return [{ ...base, version, ...(source ? { source } : {}) }];
  } catch (error) {
    return [{ ...base, version: null, source: { name, provides: null, load: () => Promise.reject(error) } }];
  }
}

function readSource(name: string, root: string, section: unknown): PluginSource | undefined {
  if (section === undefined) return undefined;
  if (!isRecord(section)) throw new Error('the key "sentops" of its package.json is not an object');
  const { extensions, contract } = section;
  if (extensions === undefined) return undefined;
  return { name, provides: readProvides(section['provides']), load: () => importModule(root, extensions, contract) };
}

function readProvides(value: unknown): PluginSource['provides'] {
  if (!isRecord(value)) return null;
  const lists = Object.entries(value).filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]));
  return Object.fromEntries(lists.map(([kind, names]) => [kind, names.filter(name => typeof name === 'string')]));
}

async function importModule(root: string, extensions: unknown, contract: unknown): Promise<unknown> {
  checkContract(contract);
  const file = typeof extensions === 'string' ? path.resolve(root, extensions) : root;
  if (!file.startsWith(root + path.sep))
    throw new Error('"sentops.extensions" of its package.json is no path inside the package');
  if (!fs.existsSync(file)) throw new Error(`${path.relative(root, file)} does not exist; build the plugin`);
  return import(pathToFileURL(file).href);
}

function readJson(file: string): unknown {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new Error(`${file} is not valid JSON: ${describeCause(error)}`);
  }
}
