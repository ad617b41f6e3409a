import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { explainWriteFailure } from '../core/atomic.ts';
import { SentopsError } from '../core/errors.ts';
import { withLock } from '../core/lock-file.ts';
import type { Report } from '../core/report.ts';
import { locateHere } from '../tracking/artifacts/as-local.ts';
import { downloadTree } from '../tracking/artifacts/download-tree.ts';
import { type ArtifactTree, listTree } from '../tracking/artifacts/list-tree.ts';
import { isLocal, localFolder } from '../tracking/artifacts/local-folder.ts';
import type { ModelVersion } from '../tracking/entities.ts';
import type { Artifacts, Tracker } from '../tracking/types.ts';
import { type ArtifactPlace, placeOfVersion } from './locate-files.ts';
import { trimCache } from './trim-cache.ts';

export interface FetchOptions {
  /** Where fetched models are kept: the folder `models` of the user's cache folder. */
  readonly cacheDir: string;
  readonly signal: AbortSignal;
  readonly report: Report;
}

const WAIT_MS = 500;

/**
 * The folder of a model as `openModel` takes it. Files of this machine are used where they are; others are fetched once
 * and kept by a digest of what the store lists and of MLmodel, so that a model that was logged anew is fetched anew.
 */
export async function fetchModel(
  tracker: Pick<Tracker, 'artifacts'>,
  version: ModelVersion,
  options: FetchOptions,
): Promise<string> {
  return await fetchFiles(tracker, placeOfVersion(version), options);
}

/** The same for models that are not registered. */
export async function fetchFiles(
  { artifacts }: Pick<Tracker, 'artifacts'>,
  model: ArtifactPlace,
  options: FetchOptions,
): Promise<string> {
  const here = localPlace(artifacts, model);
  if (here !== null) return here;
  const tree = await listModel(artifacts, model, options.signal);
  const entry = path.join(options.cacheDir, await digestOf(artifacts, model, tree));
  if (isWhole(entry, tree, model.path)) return touch(entry);
  await whileAlone(entry, options, async () => {
    // Another process may have fetched it while this one waited.
    if (isWhole(entry, tree, model.path)) return;
    fs.rmSync(entry, { recursive: true, force: true });
    // What a kill left there is gone on with.
    const draft = path.join(options.cacheDir, 'partial', path.basename(entry));
    await downloadTree(artifacts, model.artifactUri, model.path, draft, options);
    fs.renameSync(draft, entry);
  });
  trimCache(options.cacheDir, path.basename(entry));
  return touch(entry);
}

/** A root of another machine may look like a folder of this one: then the tracker is asked. */
function localPlace(artifacts: Artifacts, { artifactUri, path: below }: ArtifactPlace): string | null {
  const known = locateHere(artifacts, artifactUri, below);
  const isAbsolute = isLocal(artifactUri) && (path.isAbsolute(artifactUri) || artifactUri.includes(':/'));
  const place = known ?? (isAbsolute ? path.join(localFolder(artifactUri), below) : null);
  return place !== null && fs.existsSync(place) ? place : null;
}

async function listModel(artifacts: Artifacts, model: ArtifactPlace, signal: AbortSignal): Promise<ArtifactTree> {
  const tree = await listTree(artifacts, model.artifactUri, model.path, { signal }).catch(error => {
    // A path that was named is told with what lies beside it.
    if (error instanceof SentopsError && error.code === 'NOT_FOUND' && model.path === '') return null;
    throw error;
  });
  if (tree !== null && tree.files.length > 0) return tree;
  const { artifactUri, source, title } = model;
  const where = model.path === '' ? artifactUri : `${artifactUri}/${model.path}`;
  const said = source === null || source === where ? '' : ` (source ${source})`;
  throw new SentopsError('NOT_FOUND', `the files of ${title} are not there: ${where}${said}`, {
    hint: isLocal(artifactUri)
      ? 'they were moved or deleted, or lie on another machine: after a move run sentops store relocate, else choose another version'
      : 'they were deleted from the artifact store: choose another version, or register the model again',
    details: { artifactUri, source },
  });
}

/** One entry for one content: the address too, for two models may agree in every size. */
async function digestOf(artifacts: Artifacts, { artifactUri, path: below }: ArtifactPlace, tree: ArtifactTree) {
  const hash = createHash('sha256').update(`${artifactUri}\n${below}\n`);
  for (const file of tree.files) hash.update(`${JSON.stringify(file.path)} ${file.bytes}\n`);
  const description = tree.files.find(file => file.path === (below === '' ? 'MLmodel' : `${below}/MLmodel`));
  if (description !== undefined)
    for await (const chunk of artifacts.read(artifactUri, description.path)) hash.update(chunk);
  return hash.digest('hex').slice(0, 32);
}

/** An entry appears as a whole; this notices what somebody did to it later. */
function isWhole(entry: string, { files, isFolder }: ArtifactTree, below: string): boolean {
  const cut = below === '' ? 0 : below.length + 1;
  return files.every(file => {
    const name = isFolder ? file.path.slice(cut) : path.basename(file.path);
    const stat = fs.statSync(path.join(entry, name), { throwIfNoEntry: false });
    return stat?.isFile() === true && (file.bytes === null || stat.size === file.bytes);
  });
}

/** The oldest entry is the one that was not used for longest. */
function touch(entry: string): string {
  try {
    const now = new Date();
    fs.utimesSync(entry, now, now);
  } catch {
    // A cache that may only be read is as good.
  }
  return entry;
}

/** Another process may fetch the same for minutes: it is waited for as long as nobody gives up. */
async function whileAlone(entry: string, { signal, report }: FetchOptions, work: () => Promise<void>): Promise<void> {
  makeCache(path.dirname(entry));
  for (let isTold = false; ; ) {
    signal.throwIfAborted();
    let began = false;
    const once = async () => {
      began = true;
      await work();
    };
    try {
      return await withLock(entry, once, { waitMs: WAIT_MS });
    } catch (error) {
      if (began || !(error instanceof SentopsError) || error.code !== 'LOCKED') throw error;
    }
    if (!isTold)
      report({ type: 'note', level: 'info', message: 'waiting for another process that fetches the same model' });
    isTold = true;
  }
}

function makeCache(dir: string): void {
  try {
    fs.mkdirSync(dir, { recursive: true });
    fs.accessSync(dir, fs.constants.W_OK);
  } catch (error) {
    const told = explainWriteFailure(error, dir);
    if (!(told instanceof SentopsError) || told.code !== 'NOT_WRITABLE') throw told;
    throw new SentopsError('NOT_WRITABLE', `models cannot be kept in ${dir}: ${told.message}`, {
      hint: 'set SENTOPS_CACHE_DIR to a folder that can be written',
      place: { file: dir },
      cause: error,
    });
  }
}
