import path from 'node:path';
import { SentopsError } from '../../core/errors.ts';
import { quoteWord } from '../../core/shell-word.ts';
import type { World } from '../../extend/world.ts';
import type { ArtifactPlace } from '../../registry/locate-files.ts';
import { type DownloadedFile, downloadTree } from '../artifacts/download-tree.ts';
import { type ArtifactTree, listTree } from '../artifacts/list-tree.ts';
import { meter } from '../artifacts/transfer.ts';
import { type TrackingProject, withTracker } from '../open-tracker.ts';
import { type ArtifactChoice, type ChosenPlace, checkChoice, choosePlace } from './choose-place.ts';

export interface DownloadCall extends World, ArtifactChoice {
  readonly project: TrackingProject;
  /** Folder to download into, or `-` for one file to `stream`. */
  readonly into: string;
  /** Replace files that hold something else. */
  readonly force: boolean;
  readonly dryRun: boolean;
  stream(chunk: Uint8Array): Promise<void>;
}

export interface DownloadResult {
  artifactUri: string;
  /** As it was given; `-` for standard output. */
  into: string;
  files: {
    path: string;
    /** Where it is now; null where it went to standard output. */
    file: string | null;
    bytes: number | null;
    /** `kept`: it was there already; `planned`: with --dry-run. */
    state: DownloadedFile['state'] | 'planned';
  }[];
  bytes: number;
}

/** Brings artifacts of a run or a model to this machine. They keep their paths below the folder. */
export async function downloadArtifacts(call: DownloadCall): Promise<DownloadResult> {
  checkChoice(call);
  return await withTracker(call.project, call, 'read', async tracker => {
    const place = await choosePlace(tracker, call);
    const { signal } = call;
    if (call.into === '-') return await sendFile(place, call);
    const tree = await listTree(place.artifacts, place.artifactUri, place.path, { signal });
    if (tree.files.length === 0) throw nothingThere(place);
    if (call.dryRun) return describe(place, call, planFiles(tree, call.into));
    const into = path.resolve(call.cwd, call.into);
    const target = path.join(into, tree.isFolder ? place.path : path.dirname(place.path));
    const { artifactUri } = place;
    const options = { ...call, replace: call.force, tree };
    const files = await downloadTree(place.artifacts, artifactUri, place.path, target, options);
    const shown = files.map(file => ({ ...file, file: path.join(call.into, path.relative(into, file.file)) }));
    return describe(place, call, shown);
  });
}

function planFiles({ files }: ArtifactTree, into: string): DownloadResult['files'] {
  return files.map(file => ({ ...file, file: path.join(into, file.path), state: 'planned' }));
}

function describe(
  { artifactUri }: ArtifactPlace,
  { into }: DownloadCall,
  files: DownloadResult['files'],
): DownloadResult {
  return { artifactUri, into, files, bytes: files.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0) };
}

/** A file as it is, to whoever reads standard output. */
async function sendFile(place: ChosenPlace, call: DownloadCall): Promise<DownloadResult> {
  const { signal, report, dryRun, stream } = call;
  const { files } = await listTree(place.artifacts, place.artifactUri, place.path, { signal });
  const [file] = files;
  if (file === undefined) throw nothingThere(place);
  if (files.length > 1)
    throw new SentopsError('FLAG_INVALID', `${place.path || place.title} holds ${files.length} files`, {
      hint: `standard output takes one, for instance --path ${quoteWord(file.path)}; or download them with -d DIR`,
      details: { flag: '--dir', files: files.slice(0, 100).map(one => one.path) },
    });
  if (dryRun) return describe(place, call, [{ ...file, file: null, state: 'planned' }]);
  const tell = meter(report, { id: 'download', label: 'Downloading', total: file.bytes });
  let bytes = 0;
  for await (const chunk of place.artifacts.read(place.artifactUri, file.path)) {
    signal.throwIfAborted();
    await stream(chunk);
    bytes += chunk.length;
    tell(chunk.length);
  }
  if (file.bytes !== null && bytes !== file.bytes)
    throw new SentopsError('DATA_INVALID', `${file.path}: ${bytes} of ${file.bytes} bytes came`, {
      hint: 'the artifact changed while it was fetched: run the command again',
    });
  return describe(place, call, [{ path: file.path, file: null, bytes, state: 'fetched' }]);
}

function nothingThere({ title, artifactUri, path: at }: ArtifactPlace): SentopsError {
  return new SentopsError('NOT_FOUND', `${title} has no artifacts${at === '' ? '' : ` in ${at}`}`, {
    hint: 'see what there is with: sentops artifact list',
    details: { artifactUri, path: at },
  });
}
