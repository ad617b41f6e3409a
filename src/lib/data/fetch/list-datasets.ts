import fs from 'node:fs';
import path from 'node:path';
import { displayPath } from '../../config/display-path.ts';
import { PRESETS } from '../presets.ts';
import { chooseDataset, type DatasetCall } from './choose-dataset.ts';
import { datasetKey } from './dataset-key.ts';
import { readDatasetLock } from './dataset-lock.ts';
import type { LockedDataset } from './lock-types.ts';
import { lockedFolder } from './locked-folder.ts';

export interface DatasetRow {
  /** By which it can be asked for: a preset, or its reference. */
  name: string;
  source: string;
  ref: string;
  /** Null where it was never downloaded. */
  version: string | null;
  folder: string | null;
  files: number | null;
  bytes: number | null;
  /** `incomplete`: some files are missing or have another size; `elsewhere`: none of them is on this machine. */
  state: 'here' | 'incomplete' | 'elsewhere' | 'known';
  /** The one that the project is about. */
  isProject: boolean;
}

/** The datasets that the project has locked, its own one, and those that are known by name. Nothing is asked for. */
export async function listDatasets(call: Omit<DatasetCall, 'named'>): Promise<DatasetRow[]> {
  const own = chooseDataset({ ...call, named: undefined });
  const lock = await readDatasetLock(own.lockFile);
  const locked = Object.entries(lock).map(([key, entry]) => {
    const folder = key === own.key || entry.folder === null ? own.outputDir : lockedFolder(own.lockFile, entry.folder);
    const isPlaced = key === own.key || entry.folder !== null;
    return describeLocked(key, entry, isPlaced ? folder : null, { cwd: call.cwd, ownKey: own.key });
  });
  const presets = PRESETS.map(({ name, source, ref }) => unfetched(name, source, ref, own.key));
  const project = unfetched(own.preset?.name ?? own.shownRef, own.source, own.shownRef, own.key);
  const known = [project, ...presets].filter(({ source, ref }) => lock[datasetKey(source, ref)] === undefined);
  const rows = [...locked, ...known];
  const first = rows.filter(
    (row, at) => rows.findIndex(one => one.source === row.source && one.ref === row.ref) === at,
  );
  return first.sort((a, b) => Number(b.isProject) - Number(a.isProject));
}

function unfetched(name: string, source: string, ref: string, ownKey: string): DatasetRow {
  const isProject = datasetKey(source, ref) === ownKey;
  return { name, source, ref, version: null, folder: null, files: null, bytes: null, state: 'known', isProject };
}

function describeLocked(
  key: string,
  { source, ref, version, files }: LockedDataset,
  folder: string | null,
  { cwd, ownKey }: { readonly cwd: string; readonly ownKey: string },
): DatasetRow {
  const entries = Object.entries(files);
  const sizes = entries.map(([name]) => (folder === null ? undefined : sizeOf(path.join(folder, name))));
  const whole = entries.filter(([, { bytes }], index) => sizes[index] === bytes).length;
  const isNone = sizes.every(size => size === undefined);
  return {
    name: PRESETS.find(preset => preset.source === source && preset.ref === ref)?.name ?? ref,
    source,
    ref,
    version,
    folder: folder === null ? null : displayPath(folder, cwd),
    files: entries.length,
    bytes: entries.reduce((sum, [, { bytes }]) => sum + bytes, 0),
    state: whole === entries.length ? 'here' : isNone ? 'elsewhere' : 'incomplete',
    isProject: key === ownKey,
  };
}

function sizeOf(file: string): number | undefined {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  return stat?.isFile() ? stat.size : undefined;
}
