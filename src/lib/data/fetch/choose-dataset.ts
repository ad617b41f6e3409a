import path from 'node:path';
import { displayPath } from '../../config/display-path.ts';
import { getAt } from '../../config/tree.ts';
import type { Project } from '../../config/types.ts';
import { SentopsError } from '../../core/errors.ts';
import { isUri } from '../../core/is-uri.ts';
import { suggest } from '../../core/suggest.ts';
import type { World } from '../../extend/world.ts';
import type { StorageProject } from '../../storage/open-storage.ts';
import { CALL_LAYERS, isOfCall, layerOf } from '../dataset-layout.ts';
import { PRESETS, type Preset, presetNamed, presetOf } from '../presets.ts';
import { datasetKey, withoutCredentials } from './dataset-key.ts';
import { inferSource, shortNameOf } from './infer-source.ts';
import { readRef } from './read-ref.ts';

/** The parts of a project that say which dataset is meant and where it belongs. */
type DatasetProject = StorageProject & Pick<Project, 'dir' | 'layers' | 'config'>;

export interface DatasetCall extends World {
  readonly project: DatasetProject;
  /** A preset or a reference, as the argument of the command; the dataset of the project where absent. */
  readonly named: string | undefined;
}

/** One dataset, and where everything of it is. */
export interface ChosenDataset {
  readonly source: string;
  /** As the source is asked: a path is absolute. */
  readonly ref: string;
  /** As it is told to people and written down. */
  readonly shownRef: string;
  /** Under which the lock file keeps it. */
  readonly key: string;
  readonly preset: Preset | null;
  readonly version: string | null;
  /** The only file that is wanted; null for all. */
  readonly only: string | null;
  /** The file with the rows; null where nobody said. */
  readonly rowsFile: string | null;
  readonly outputDir: string;
  /** The project or the command line names the folder. */
  readonly isFolderSaid: boolean;
  readonly lockFile: string;
  readonly unzip: boolean;
  readonly keepArchive: boolean;
  /** A folder or a bucket, with the prefix and without a slash at its end. */
  readonly objects: string;
  /** Where `train` reads when it is told nothing; null where that is not of this dataset. */
  readonly trainInput: string | null;
}

/** Layers that speak of this one call, not of the project. */

/**
 * The dataset of the project, or another one that the command line names: what the project file says of its own
 * dataset (folder, file, version) is then not meant for it.
 */
export function chooseDataset(call: DatasetCall): ChosenDataset {
  const { project, cwd } = call;
  const { dataset } = project.config;
  const named = readName(call);
  const isOwn = named === undefined || isProjects(project, named);
  const preset = presetNamed(named ?? dataset.ref);
  const written = preset?.ref ?? named ?? dataset.ref;
  const isSaid = (key: string) => isOfCall(project, key) || (isOwn && layerOf(project, key) !== 'default');
  const source = isSaid('dataset.source') ? dataset.source : (preset?.source ?? inferSource(written, cwd));
  if (source === 'kaggle' && !isSaid('dataset.source') && !isOfKaggle(written)) throw unknownName(written);
  const base = named === undefined && !isOfCall(project, 'dataset.ref') ? project.dir : cwd;
  const { ref, version } = readRef(source, written, base);
  const shownRef = source === 'local' ? toSlashes(displayPath(ref, project.dir)) : withoutCredentials(ref);
  const known = preset ?? presetOf(source, ref);
  const home = `data_raw/${known?.name ?? shortNameOf(ref)}`;
  const ours = <T>(key: string, value: T, other: T): T => (isOwn || isOfCall(project, key) ? value : other);
  const only = layerOf(project, 'dataset.file') === 'flag' ? dataset.file : null;
  const prefix = ours('dataset.gcsPrefix', dataset.gcsPrefix, home);
  return {
    source,
    ref,
    shownRef,
    key: datasetKey(source, shownRef),
    preset: known,
    version: oneVersion(shownRef, version, ours('dataset.version', dataset.version, undefined) ?? null),
    only,
    rowsFile: only ?? (isSaid('dataset.file') ? dataset.file : (known?.file ?? null)),
    outputDir: locate(project, 'dataset.outputDir', ours('dataset.outputDir', dataset.outputDir, home), cwd),
    isFolderSaid: isOwn || isOfCall(project, 'dataset.outputDir'),
    lockFile: locate(project, 'dataset.lock', dataset.lock, cwd),
    unzip: dataset.unzip,
    keepArchive: dataset.keepArchive,
    objects: joinPrefix(locateBucket(project, dataset.gcsBucket, cwd), prefix),
    trainInput: isOwn && !OBJECT_FIELDS.some(key => isOfCall(project, key)) ? readTrainInput(project) : null,
  };
}

/** What is said of a place for one call alone: `train` will not know of it. */
const OBJECT_FIELDS = ['dataset.gcsBucket', 'dataset.gcsPrefix', 'dataset.file', 'dataset.ref'];

function oneVersion(ref: string, inRef: string | null, said: string | null): string | null {
  if (inRef === null || said === null || inRef === said) return said ?? inRef;
  throw new SentopsError('FLAG_INVALID', `${ref} is named with version ${inRef}, and version ${said} is asked for`, {
    hint: 'give one of them',
  });
}

function readName({ named, project }: DatasetCall): string | undefined {
  const flag = isOfCall(project, 'dataset.ref') ? project.config.dataset.ref : undefined;
  if (named !== undefined && flag !== undefined && named !== flag)
    throw new SentopsError(
      'FLAG_INVALID',
      `both ${withoutCredentials(named)} and --dataset ${withoutCredentials(flag)} name a dataset`,
      {
        hint: 'give one of them',
      },
    );
  return named ?? flag;
}

/** Whether the command line names the very dataset that the project has. */
function isProjects({ layers, config }: DatasetProject, named: string): boolean {
  const below = layers.filter(layer => !CALL_LAYERS.includes(layer.kind));
  const own = below.map(layer => getAt(layer.values, ['dataset', 'ref'])).find(value => value !== undefined);
  const ref = presetNamed(named)?.ref ?? named;
  // A value with a reference in it was resolved already where nothing stands above it.
  const resolved = typeof own === 'string' && own.includes('${') ? config.dataset.ref : own;
  return ref === resolved;
}

/** What nothing else was found for is taken for Kaggle's, which has names of two words alone. */
function isOfKaggle(written: string): boolean {
  return /^[^/:]+\/[^/:]/.test(written) || /^https?:\/\//i.test(written);
}

function unknownName(written: string): SentopsError {
  const names = PRESETS.map(({ name }) => name);
  const meant = suggest(written, names);
  const known = `known by name are ${names.join(', ')}; others are owner/name, an address, gs://bucket/folder/ or ./path`;
  return new SentopsError('FLAG_INVALID', `no dataset is known as ${JSON.stringify(written)}`, {
    hint: meant === undefined ? known : `did you mean ${meant}?`,
  });
}

/** A bare name is a bucket, as `--gcs-bucket sentiment-bucket-raw` has it; a folder has a slash or a dot before it. */
function locateBucket(project: DatasetProject, bucket: string, cwd: string): string {
  if (isUri(bucket)) return bucket;
  const isName = /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/.test(bucket);
  return isName ? `gs://${bucket}` : locate(project, 'dataset.gcsBucket', bucket, cwd);
}

function joinPrefix(place: string, prefix: string): string {
  const below = prefix
    .split('/')
    .filter(part => part !== '')
    .join('/');
  const base = place.replace(/(?<=[^/])\/+$/, '');
  return below === '' ? base : `${base}/${below}`;
}

function readTrainInput(project: DatasetProject): string | null {
  const input: string | undefined = project.config.train?.input;
  if (input === undefined) return null;
  return isUri(input) ? input : path.resolve(project.dir, input);
}

/** What a flag names lies below the working folder, everything else below the project. */
function locate(project: DatasetProject, key: string, value: string, cwd: string): string {
  return path.resolve(layerOf(project, key) === 'flag' ? cwd : project.dir, value);
}

function toSlashes(file: string): string {
  return file.split(path.sep).join('/');
}
