import fs from 'node:fs';
import path from 'node:path';
import { displayPath } from '../../config/display-path.ts';
import { SentopsError } from '../../core/errors.ts';
import { inParallel } from '../../tracking/artifacts/in-parallel.ts';
import { TRANSFERS_AT_ONCE } from '../../tracking/artifacts/transfer.ts';
import type { RemoteFile } from '../types.ts';
import { type AskedSource, askOrRecall } from './ask-source.ts';
import { byPath } from './by-path.ts';
import { isArchive } from './check-head.ts';
import { checkPlaces } from './check-path.ts';
import { type ChosenDataset, chooseDataset, type DatasetCall } from './choose-dataset.ts';
import { cameAs, changeOf } from './compare-remote.ts';
import { writeDatasetLock } from './dataset-lock.ts';
import { type Arrived, type FetchWork, fetchInto, partsFolder } from './fetch-into.ts';
import { FilledPlaces } from './filled-places.ts';
import { findRowsFile } from './find-rows-file.ts';
import { openRecord } from './folder-record.ts';
import { type Folder, judgeContent, judgeFile, type WantedFile } from './judge-file.ts';
import { lockEntry } from './lock-entry.ts';
import type { DatasetLock, LockedDataset, LockedFile } from './lock-types.ts';
import { filesOfOthers, lookUp } from './locked-folder.ts';
import { hiddenPlace, reuseArchive } from './reuse-archive.ts';
import { createMeter } from './transfer-meter.ts';
import { keptOfArchive, unpackArchive } from './unpack-archive.ts';
import { checkSpace, removeEmptyFolders, withFolder } from './with-folder.ts';

export interface DownloadCall extends DatasetCall {
  /** Take what changed at the source. */
  readonly update: boolean;
  /** Fetch everything again and replace what lies in the way. */
  readonly force: boolean;
  readonly dryRun: boolean;
}

interface DownloadedFile {
  /** Below the folder. */
  path: string;
  bytes: number | null;
  sha256: string | null;
  /** `kept`: it was there already; `resumed`: its beginning was; `planned`: with --dry-run. */
  state: 'fetched' | 'resumed' | 'unpacked' | 'kept' | 'planned';
  skipped: boolean;
  /** The archive that it came in. */
  archive: string | null;
}

export interface DownloadResult {
  dataset: string;
  source: string;
  version: string;
  title: string | null;
  license: string | null;
  outputDir: string;
  files: DownloadedFile[];
  bytes: number;
  /** What came over the network, or would with --dry-run; null where the source does not say. */
  fetchedBytes: number | null;
  lockFile: string;
  /** The file with the rows, where it is now. */
  rowsFile: string | null;
  /** False with --dry-run. */
  written: boolean;
}

/**
 * Brings a dataset to this machine as the lock file has it, or as it is and then locks it. What is there already is not
 * fetched again; an interrupted run is gone on with.
 */
export async function downloadDataset(call: DownloadCall): Promise<DownloadResult> {
  return (await fetchDataset(call)).result;
}

export interface FetchedDataset {
  readonly chosen: ChosenDataset;
  readonly result: DownloadResult;
}

export async function fetchDataset(call: DownloadCall): Promise<FetchedDataset> {
  const { chosen, locked, lock } = await lookUp(chooseDataset(call));
  const asked = await askOrRecall(chosen, locked, call);
  const { remote } = asked;
  checkPlaces(
    remote.files.map(file => file.path),
    chosen.shownRef,
  );
  const change = changeOf(chosen, locked, remote, call);
  const base = locked === null || change !== null ? null : locked;
  const shown = displayPath(chosen.outputDir, call.cwd);
  const work = {
    call,
    chosen,
    asked,
    lock,
    locked,
    base,
    came: locked === null ? byPath<LockedFile>([]) : cameAs(locked),
  };
  const outcome = call.dryRun ? await plan(work) : await withFolder(chosen.outputDir, shown, () => bring(work, shown));
  return { chosen, result: summarise(work, outcome) };
}

interface Work {
  readonly call: DownloadCall;
  readonly chosen: ChosenDataset;
  readonly asked: AskedSource;
  readonly lock: DatasetLock;
  /** What the lock file says; null where it says nothing. */
  readonly locked: LockedDataset | null;
  /** The same where it is still what the source has. */
  readonly base: LockedDataset | null;
  /** What came from the source when it was locked, by path. */
  readonly came: Readonly<Record<string, LockedFile>>;
}

interface Outcome {
  readonly files: readonly DownloadedFile[];
  readonly fetchedBytes: number | null;
}

function openFolder({ call, chosen, lock }: Work): Folder {
  const { outputDir: dir } = chosen;
  const others = filesOfOthers(chosen, lock);
  return { dir, record: openRecord(dir), others, force: call.force, signal: call.signal };
}

function wantedFile(file: RemoteFile, { call, base, came }: Work): WantedFile {
  const locked = came[file.path];
  return { file, locked, bound: base === null || call.update || call.force ? undefined : locked };
}

/** An archive that is unpacked is out of sight of whatever reads the folder. */
function placeOf(file: RemoteFile, { unzip }: ChosenDataset): string {
  return unzip && isArchive(file.path) ? hiddenPlace(file.path) : file.path;
}

async function plan(work: Work): Promise<Outcome> {
  const { asked, chosen } = work;
  const folder = openFolder(work);
  const files: DownloadedFile[] = [];
  let fetchedBytes: number | null = 0;
  for (const file of asked.remote.files) {
    const kept = await findKept(file, work, folder);
    if (kept !== null) {
      files.push(...kept.map(each => show(each.path, each.known, 'kept', each.archive)));
      continue;
    }
    const place = placeOf(file, chosen);
    const judged = await judgeFile(folder, place, { ...wantedFile(file, work), dataset: asked.remote });
    const { path: name, bytes, sha256 } = file;
    if (judged.isThere && place === name) files.push(show(name, judged.file, 'kept', null));
    else files.push({ path: name, bytes, sha256, state: 'planned', skipped: false, archive: null });
    if (!judged.isThere) fetchedBytes = fetchedBytes === null || bytes === null ? null : fetchedBytes + bytes;
  }
  return { files, fetchedBytes };
}

interface Kept {
  readonly path: string;
  readonly known: { readonly bytes: number; readonly sha256: string };
  readonly archive: string | null;
}

/** What came out of an archive and is still there makes the archive itself unnecessary. */
async function findKept(file: RemoteFile, { chosen, base }: Work, folder: Folder) {
  const { only } = chosen;
  const member = only === null ? undefined : base?.files[only];
  // A single file that came in the archive of the whole dataset.
  if (only !== null && member?.from !== undefined) {
    const judged = await judgeContent(folder, only, member, member);
    const known = judged.isThere ? { ...judged.file, from: member.from } : null;
    return known === null ? null : [{ path: only, known, state: 'kept' as const, archive: member.from }];
  }
  if (!chosen.unzip || !isArchive(file.path) || base?.archives[file.path] === undefined) return null;
  const kept = await keptOfArchive(folder, file.path, base);
  return kept?.map((each): Kept & (typeof kept)[number] => ({ ...each, archive: file.path })) ?? null;
}

/** One file of the source with all that it became. */
interface Brought {
  readonly file: RemoteFile;
  /** Null where it was not needed: what came out of it is there. */
  readonly arrived: Arrived | null;
  readonly unpacked: Awaited<ReturnType<typeof unpackArchive>> | null;
}

async function bring(work: Work, shown: string): Promise<Outcome> {
  const { call, chosen, asked } = work;
  const folder = openFolder(work);
  const { files } = asked.remote;
  const sizes = files.map(({ bytes }) => bytes);
  const meter = createMeter(call.report, { id: 'download', label: 'Downloading', sizes });
  await checkSpace(chosen.outputDir, shown, spaceFor(files, work));
  const fetching: Fetching = { ...asked, folder, meter, places: new FilledPlaces() };
  const bringAll = (some: readonly RemoteFile[]) =>
    inParallel(some, TRANSFERS_AT_ONCE, file => bringFile(file, work, fetching));
  // Archives come last: by then it is known where the other files are.
  const plain = await bringAll(files.filter(file => placeOf(file, chosen) === file.path));
  const brought = [...plain, ...(await bringAll(files.filter(file => placeOf(file, chosen) !== file.path)))];
  const entry = lockEntry({ ...work, brought });
  await writeDatasetLock(chosen.lockFile, chosen.key, entry);
  tidy(work, brought);
  tellStale(work, entry);
  const done = brought.flatMap(each => showBrought(each, chosen));
  const before = brought.reduce((sum, { arrived }) => sum + (arrived?.resumedFrom ?? 0), 0);
  return { files: done, fetchedBytes: meter.done - before };
}

/** Without what lies there already: a rough look that only wants to save a long wait. */
function spaceFor(files: readonly RemoteFile[], { chosen, base, came }: Work): number {
  const isNew = ({ path: name }: RemoteFile) => base === null || came[name] === undefined;
  const missing = files.filter(
    file => isNew(file) && !fs.existsSync(path.join(chosen.outputDir, placeOf(file, chosen))),
  );
  return missing.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
}

interface Fetching extends FetchWork {
  readonly places: FilledPlaces;
}

async function bringFile(file: RemoteFile, work: Work, fetching: Fetching): Promise<Brought> {
  const { chosen, asked, call, locked } = work;
  const { folder, meter, places } = fetching;
  folder.signal.throwIfAborted();
  const kept = await findKept(file, work, folder);
  if (kept !== null) {
    meter.kept(file.bytes ?? 0);
    places.fill(
      kept.map(each => ({ path: each.path, sha256: each.known.sha256 })),
      file.path,
    );
    folder.record.put(Object.fromEntries(kept.map(each => [each.path, each.known])));
    return { file, arrived: null, unpacked: kept };
  }
  const place = placeOf(file, chosen);
  const wanted = wantedFile(file, work);
  await reuseArchive({ ...wanted, dataset: asked.remote }, folder, chosen);
  const arrived = await fetchInto({ ...wanted, place }, fetching);
  if (place === file.path) {
    places.fill([{ path: place, sha256: arrived.known.sha256 }], file.path);
    return { file, arrived, unpacked: null };
  }
  const archive = { file: path.join(chosen.outputDir, place), path: file.path, version: asked.remote.version };
  const unpacked = await unpackArchive(archive, folder, {
    locked: locked?.files ?? byPath([]),
    places,
    report: call.report,
  }).catch(error => {
    // Kept, it would be found damaged by every run to come.
    if (error instanceof SentopsError && error.code === 'DATA_INVALID') fs.rmSync(archive.file, { force: true });
    throw error;
  });
  return { file, arrived, unpacked };
}

function showBrought({ file, arrived, unpacked }: Brought, chosen: ChosenDataset): DownloadedFile[] {
  if (unpacked !== null)
    return unpacked.map(each => show(each.path, each.known, each.state, each.known.from ?? file.path));
  return arrived === null ? [] : [show(placeOf(file, chosen), arrived.known, arrived.state, null)];
}

function show(
  name: string,
  { bytes, sha256 }: Kept['known'],
  state: DownloadedFile['state'],
  archive: string | null,
): DownloadedFile {
  return { path: name, bytes, sha256, state, skipped: state === 'kept', archive };
}

/** Files of an older version that the dataset no longer has: whoever reads the whole folder would read them, too. */
function tellStale({ call, chosen, locked }: Work, entry: LockedDataset): void {
  const gone = Object.keys(locked?.files ?? {}).filter(name => entry.files[name] === undefined);
  const stale = gone.filter(name => fs.existsSync(path.join(chosen.outputDir, name)));
  if (stale.length === 0) return;
  const message = `no longer part of ${chosen.shownRef}, and still in the folder: ${stale.slice(0, 5).join(', ')}`;
  call.report({ type: 'note', level: 'warn', message });
}

/** After success nothing is left of the work but what saves the next run from repeating it. */
function tidy({ chosen }: Work, brought: readonly Brought[]): void {
  const { outputDir, keepArchive, only } = chosen;
  const parts = partsFolder(outputDir);
  if (only === null) fs.rmSync(parts, { recursive: true, force: true });
  else removeEmptyFolders(parts, outputDir);
  if (keepArchive) return;
  for (const { file, unpacked } of brought) {
    const archive = path.join(outputDir, hiddenPlace(file.path));
    if (unpacked === null) continue;
    fs.rmSync(archive, { force: true });
    removeEmptyFolders(path.dirname(archive), outputDir);
  }
}

function summarise({ call, chosen, asked }: Work, { files, fetchedBytes }: Outcome): DownloadResult {
  const { remote } = asked;
  const { cwd } = call;
  const names = files.map(file => file.path);
  const rows = findRowsFile(names, chosen.rowsFile);
  warnOfRows(call, chosen, names, rows);
  return {
    dataset: chosen.shownRef,
    source: chosen.source,
    version: remote.version,
    title: remote.title ?? chosen.preset?.title ?? null,
    license: remote.license ?? null,
    outputDir: displayPath(chosen.outputDir, cwd),
    files: [...files].sort((a, b) => (a.path < b.path ? -1 : 1)),
    bytes: files.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
    fetchedBytes,
    lockFile: displayPath(chosen.lockFile, cwd),
    rowsFile: rows === null ? null : displayPath(path.join(chosen.outputDir, rows), cwd),
    written: !call.dryRun,
  };
}

/** Training would look for a file that is not there: better told now. */
function warnOfRows(
  { report, dryRun }: DownloadCall,
  { rowsFile }: ChosenDataset,
  names: readonly string[],
  found: string | null,
): void {
  if (rowsFile === null || found === rowsFile || dryRun) return;
  const hint =
    found === null ? `it holds ${names.slice(0, 5).join(', ')}` : `set dataset.file to ${JSON.stringify(found)}`;
  report({
    type: 'note',
    level: 'warn',
    message: `dataset.file is ${JSON.stringify(rowsFile)}, and the dataset has no file of that name: ${hint}`,
  });
}
