import fs from 'node:fs';
import path from 'node:path';
import { SentopsError } from '../../../core/errors.ts';
import { createOutputFile, type OutputFile, readOutputKind } from '../../../core/output-file.ts';
import type { World } from '../../../extend/world.ts';
import { allPages } from '../../all-pages.ts';
import type { Experiment, LoggedModel, Metric, Run } from '../../entities.ts';
import { findExperiment } from '../../find-experiment.ts';
import { type TrackingProject, withTracker } from '../../open-tracker.ts';
import type { Page, Tracker } from '../../types.ts';
import { type Counting, noCounts, type TransferCounts } from './counts.ts';
import { readExports, type Scope } from './export-registry.ts';
import { FORMAT, type MetricsRecord, type TransferRecord, writeMetricValue } from './records.ts';

export interface ExportRequest extends World {
  readonly project: TrackingProject;
  /** `.jsonl`, with `.gz` or `.zst` behind it to pack. */
  readonly output: string;
  /** Names or ids; all where absent. */
  readonly experiments?: readonly string[];
  readonly artifacts: boolean;
  readonly force: boolean;
  readonly dryRun: boolean;
}

export interface StoreExport extends TransferCounts {
  readonly uri: string;
  readonly path: string;
  readonly written: boolean;
}

/** Or a device, such as a pipe. */
const NAME = /\.(?:jsonl|ndjson)(?:\.(?:gz|zst))?$|^\/dev\//i;
const PAGE = 1000;
/** Each page of a history is sorted out of all of it: few large ones keep a million values fast. */
const HISTORY_PAGE = 50_000;
/** Bytes of artifacts in a line; a multiple of three, so that base64 has no padding inside. */
const CHUNK = 3 * 256 * 1024;

/** Writes a store, or some of its experiments, into one file: complete or not at all. */
export async function exportStore({ project, output, force, dryRun, ...rest }: ExportRequest): Promise<StoreExport> {
  const { experiments, artifacts, ...world } = rest;
  if (!NAME.test(output))
    throw new SentopsError('FLAG_INVALID', `${output}: a store is exported as JSON lines`, {
      hint: 'let the name end in .jsonl, .jsonl.gz or .jsonl.zst',
    });
  const { compression } = readOutputKind(output, 'jsonl');
  const file = path.resolve(world.cwd, output);
  if (!force && !dryRun && fs.statSync(file, { throwIfNoEntry: false })?.isFile())
    throw new SentopsError('CONFLICT', `${file} is there already`, { hint: 'add --force to replace it' });
  return withTracker(project, world, 'read', async tracker => {
    const target = dryRun ? null : await createOutputFile(file, compression);
    try {
      const counts = await writeStore(tracker, target, { experiments, artifacts, world });
      await target?.finish();
      return { uri: tracker.uri, path: file, ...counts, written: !dryRun };
    } finally {
      await target?.discard();
    }
  });
}

interface Wish {
  readonly experiments: readonly string[] | undefined;
  readonly artifacts: boolean;
  readonly world: World;
}

async function writeStore(tracker: Tracker, target: OutputFile | null, { experiments, artifacts, world }: Wish) {
  const counts = noCounts();
  const writer = new RecordWriter(target, world);
  await writer.write({ type: 'store', format: FORMAT, uri: tracker.uri, createdAt: Date.now(), artifacts });
  const scope: Scope = { runs: new Set(), loggedModels: new Set(), isWhole: experiments === undefined };
  const files: FileOwner[] = [];
  for (const experiment of await chooseExperiments(tracker, experiments)) {
    await writer.write({ type: 'experiment', ...experiment });
    counts.experiments += 1;
    await writeRuns(tracker, writer, experiment, counts, scope, files);
  }
  for (const record of await readExports(tracker, scope)) {
    await writer.write(record);
    counts[record.type === 'model' ? 'models' : 'versions'] += 1;
  }
  if (artifacts) for (const owner of files) await writeFiles(tracker, writer, owner, counts);
  await writer.end();
  return counts;
}

async function chooseExperiments(tracker: Tracker, names: readonly string[] | undefined): Promise<Experiment[]> {
  if (names !== undefined) {
    const found = await Promise.all(names.map(name => findExperiment(tracker, name)));
    return [...new Map(found.map(experiment => [experiment.experimentId, experiment])).values()];
  }
  return pages(paging => tracker.experiments.search({ ...paging, view: 'all', orderBy: ['experiment_id ASC'] }));
}

type Paging = { readonly limit: number; readonly pageToken?: string };

function pages<Item>(search: (paging: Paging) => Promise<Page<Item>>): Promise<Item[]> {
  return allPages(pageToken => search({ limit: PAGE, ...(pageToken === undefined ? {} : { pageToken }) }));
}

interface FileOwner {
  readonly owner: 'run' | 'loggedModel';
  readonly id: string;
  readonly root: string;
}

/** All runs first, then what refers to them. */
async function writeRuns(
  tracker: Tracker,
  writer: RecordWriter,
  { experimentId }: Experiment,
  counts: Counting,
  scope: Scope,
  files: FileOwner[],
): Promise<void> {
  const query = { experimentIds: [experimentId], view: 'all', orderBy: ['start_time ASC'] } as const;
  const runs = await pages(paging => tracker.runs.search({ ...query, ...paging }));
  for (const run of runs) {
    const { metrics: _, outputs: __, ...record } = run;
    await writer.write({ type: 'run', ...record });
    scope.runs.add(run.runId);
    files.push({ owner: 'run', id: run.runId, root: run.artifactUri });
  }
  counts.runs += runs.length;
  const models = await pages(paging => tracker.loggedModels.search({ experimentIds: [experimentId], ...paging }));
  for (const model of models) {
    await writer.write(loggedModelRecord(model));
    scope.loggedModels.add(model.modelId);
    files.push({ owner: 'loggedModel', id: model.modelId, root: model.artifactUri });
  }
  counts.loggedModels += models.length;
  for (const run of runs) counts.metricValues += await writeHistory(tracker, writer, run);
}

function loggedModelRecord(model: LoggedModel): TransferRecord {
  const metrics = model.metrics.map(
    ({ key, value, timestamp, step, runId, datasetName, datasetDigest }) =>
      [key, writeMetricValue(value), timestamp, step, runId, datasetName ?? null, datasetDigest ?? null] as const,
  );
  return { type: 'loggedModel', ...model, metrics };
}

async function writeHistory(tracker: Tracker, writer: RecordWriter, run: Run): Promise<number> {
  let values = 0;
  for (const { key } of run.metrics) {
    let pageToken: string | undefined;
    do {
      const paging = { limit: HISTORY_PAGE, ...(pageToken === undefined ? {} : { pageToken }) };
      const { items, nextPageToken } = await tracker.runs.history(run.runId, key, paging);
      for (let from = 0; from < items.length; from += PAGE) {
        const rows = items.slice(from, from + PAGE).map(metricRow);
        await writer.write({ type: 'metrics', runId: run.runId, values: rows });
      }
      values += items.length;
      pageToken = nextPageToken ?? undefined;
    } while (pageToken !== undefined);
  }
  if (run.outputs.length > 0) await writer.write({ type: 'outputs', runId: run.runId, models: run.outputs });
  return values;
}

function metricRow({ key, value, timestamp, step }: Metric): MetricsRecord['values'][number] {
  return [key, writeMetricValue(value), timestamp, step];
}

/** A file that changes its size while it is read is told by `end`: it has to be exported again. */
async function writeFiles(tracker: Tracker, writer: RecordWriter, owner: FileOwner, counts: Counting, folder = '') {
  for (const { path: name, isFolder, bytes } of await tracker.artifacts.list(owner.root, folder)) {
    if (isFolder) {
      await writeFiles(tracker, writer, owner, counts, name);
      continue;
    }
    await writer.write({ type: 'file', owner: owner.owner, id: owner.id, path: name, bytes: bytes ?? 0 });
    const read = await writer.body(tracker.artifacts.read(owner.root, name));
    if (read !== bytes)
      throw new SentopsError('CONFLICT', `${name} of ${owner.owner} ${owner.id} changed while it was exported`, {
        hint: 'run the command again when nothing writes to it',
      });
    counts.files += 1;
    counts.bytes += read;
  }
}

/** Lines, gathered so that a packer gets them in large pieces. */
class RecordWriter {
  private readonly target: OutputFile | null;
  private readonly world: World;
  private lines: string[] = [];
  private length = 0;
  private records = 0;

  constructor(target: OutputFile | null, world: World) {
    this.target = target;
    this.world = world;
  }

  async write(record: TransferRecord): Promise<void> {
    const line = `${JSON.stringify(record)}\n`;
    this.lines.push(line);
    this.length += line.length;
    this.records += 1;
    if (this.length > 1 << 18) await this.flush();
  }

  /** The content of a file, in lines of a fixed size. Returns its number of bytes. */
  async body(chunks: AsyncIterable<Uint8Array>): Promise<number> {
    let rest = Buffer.alloc(0);
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.length;
      rest = Buffer.concat([rest, chunk]);
      for (; rest.length >= CHUNK; rest = rest.subarray(CHUNK))
        await this.write({ type: 'bytes', data: rest.toString('base64', 0, CHUNK) });
    }
    if (rest.length > 0) await this.write({ type: 'bytes', data: rest.toString('base64') });
    return bytes;
  }

  async end(): Promise<void> {
    await this.write({ type: 'end', records: this.records });
    await this.flush();
  }

  private async flush(): Promise<void> {
    this.world.signal?.throwIfAborted();
    const text = this.lines.join('');
    this.lines = [];
    this.length = 0;
    await this.target?.write(Buffer.from(text));
    const { report } = this.world;
    report?.({ type: 'progress', id: 'export', label: 'exporting', done: this.records, unit: 'items' });
  }
}
