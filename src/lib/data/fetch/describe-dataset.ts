import { displayPath } from '../../config/display-path.ts';
import type { Preset } from '../presets.ts';
import { askSource } from './ask-source.ts';
import { chooseDataset, type DatasetCall } from './choose-dataset.ts';
import { compareRemote } from './compare-remote.ts';
import { lookUp } from './locked-folder.ts';

export interface DatasetInfo {
  dataset: string;
  source: string;
  version: string;
  title: string | null;
  license: string | null;
  /** Where a person can look at it. */
  page: string | null;
  files: { path: string; bytes: number | null; sha256: string | null; tag: string | null }[];
  /** Of all files; null where the source does not say. */
  bytes: number | null;
  /** What the lock file has of it; null where it was never downloaded. */
  locked: { version: string; changed: string[]; added: string[]; gone: string[] } | null;
  outputDir: string;
  preset: DatasetFacts | null;
}

/** What is known of a preset. */
interface DatasetFacts {
  name: string;
  file: string;
  header: boolean;
  encoding: string;
  columns: string[];
  text: string;
  label: string;
  labels: { [label: string]: number };
  rows: number;
  rowsOfLabels: { [label: string]: number } | null;
}

/** What a source says of a dataset, beside what was locked of it. */
export async function describeDataset(call: DatasetCall): Promise<DatasetInfo> {
  const { chosen, locked } = await lookUp(chooseDataset(call));
  const { remote } = await askSource(chosen, call);
  const sizes = remote.files.map(({ bytes }) => bytes);
  const change = locked === null ? null : compareRemote(locked, remote, chosen.only);
  const { changed = [], added = [], gone = [] } = change ?? {};
  return {
    dataset: chosen.shownRef,
    source: chosen.source,
    version: remote.version,
    title: remote.title ?? chosen.preset?.title ?? null,
    license: remote.license ?? null,
    page: remote.page ?? null,
    files: remote.files.map(({ path, bytes, sha256, tag }) => ({ path, bytes, sha256, tag: tag ?? null })),
    bytes: sizes.includes(null) ? null : sizes.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0),
    locked:
      locked === null ? null : { version: locked.version, changed: [...changed], added: [...added], gone: [...gone] },
    outputDir: displayPath(chosen.outputDir, call.cwd),
    preset: chosen.preset === null ? null : factsOf(chosen.preset),
  };
}

function factsOf({ name, file, format, expected }: Preset): DatasetFacts {
  const { header, encoding, columns, text, label, labels } = format;
  return {
    name,
    file,
    header,
    encoding,
    columns: [...columns],
    text,
    label,
    labels: { ...labels },
    rows: expected.rows,
    rowsOfLabels: expected.labels === undefined ? null : { ...expected.labels },
  };
}
