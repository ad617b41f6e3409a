import path from 'node:path';
import type { World } from '../../../extend/world.ts';
import { openStore } from '../../embedded/open-store.ts';
import { embeddedTracker } from '../../embedded/tracker.ts';
import { withTracker } from '../../open-tracker.ts';
import { isEmbedded, storeFile, type TrackingProject } from '../../store-file.ts';
import type { Artifacts } from '../../types.ts';
import { type Counting, noCounts, type TransferCounts } from './counts.ts';
import { embeddedTarget } from './embedded-target.ts';
import { importRecords } from './import-records.ts';
import type { ImportTarget, Renamed } from './import-target.ts';
import { readRecords } from './read-records.ts';
import type { TransferRecord } from './records.ts';
import { trackerTarget } from './tracker-target.ts';

export interface ImportRequest extends World {
  readonly project: TrackingProject;
  readonly input: string;
  readonly dryRun: boolean;
}

export interface StoreImport {
  readonly path: string;
  /** Where the file was exported from. */
  readonly from: string;
  /** Where it went. */
  readonly uri: string;
  /** What the file holds. */
  readonly found: TransferCounts;
  /** What of it was not there yet. */
  readonly made: TransferCounts;
  readonly renamed: readonly Renamed[];
  readonly written: boolean;
}

/** Brings an exported store into this one. The file is read to its end first: a damaged one changes nothing. */
export async function importStore({ project, input, dryRun, ...world }: ImportRequest): Promise<StoreImport> {
  const file = path.resolve(world.cwd, input);
  const { from, found, withArtifacts } = await survey(file, world);
  const base = { path: file, from, found };
  if (dryRun) return { ...base, uri: describePlace(project, world), made: noCounts(), renamed: [], written: false };
  const write = async (target: ImportTarget, artifacts: Artifacts, uri: string) => {
    const made = await importRecords(file, target, artifacts, world);
    return { ...base, uri, made, renamed: target.renamed, written: true };
  };
  if (!isEmbedded(project))
    return withTracker(project, world, 'write', tracker =>
      write(trackerTarget(tracker), tracker.artifacts, tracker.uri),
    );
  const store = await openStore({ file: storeFile(project, world.cwd), mode: 'write', signal: world.signal });
  try {
    const { artifacts, uri } = embeddedTracker(store, `sqlite:///${store.file}`);
    return await write(embeddedTarget(store, withArtifacts), artifacts, uri);
  } finally {
    store.close();
  }
}

function describePlace(project: TrackingProject, { cwd }: World): string {
  return isEmbedded(project) ? `sqlite:///${storeFile(project, cwd)}` : project.config.mlflow.trackingUri;
}

/** Reads the whole file once: what is in it, and that it is whole. */
async function survey(file: string, { signal, report }: World) {
  const found = noCounts();
  let from = '';
  let withArtifacts = false;
  let done = 0;
  for await (const record of readRecords(file, signal)) {
    if (record.type === 'store') {
      from = record.uri;
      withArtifacts = record.artifacts;
    }
    count(found, record);
    if (++done % 1000 === 0) report?.({ type: 'progress', id: 'survey', label: 'reading', done, unit: 'items' });
  }
  return { from, found, withArtifacts };
}

const COUNTED = {
  experiment: 'experiments',
  run: 'runs',
  loggedModel: 'loggedModels',
  model: 'models',
  version: 'versions',
  file: 'files',
} as const;

function count(counts: Counting, record: TransferRecord): void {
  if (record.type === 'metrics') counts.metricValues += record.values.length;
  else if (record.type in COUNTED) counts[COUNTED[record.type as keyof typeof COUNTED]] += 1;
  if (record.type === 'file') counts.bytes += record.bytes;
}
