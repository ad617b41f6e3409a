import { isoTime } from '../runs/run-row.ts';
import { inParallel } from '../tracking/artifacts/in-parallel.ts';
import type { ModelVersion, Run, Stage, Texts } from '../tracking/entities.ts';
import type { Tracker } from '../tracking/types.ts';
import { readMeasures } from './recorded-evidence.ts';

/** A version as commands show it. */
export interface VersionRow {
  model: string;
  version: number;
  stage: Stage;
  aliases: string[];
  status: string;
  statusMessage: string | null;
  runId: string | null;
  run: string | null;
  /** Of its run, else of its tags; null where nobody measured it. */
  accuracy: number | null;
  f1: number | null;
  createdAt: string | null;
  updatedAt: string | null;
  userId: string;
  source: string;
  artifactUri: string;
  description: string;
  tags: Texts;
}

/** Enough to hide the way to a server and back. */
const AT_ONCE = 8;

/** The rows of versions with what their runs measured; each run is asked for once. */
export async function toVersionRows(tracker: Tracker, versions: readonly ModelVersion[]): Promise<VersionRow[]> {
  const ids = [...new Set(versions.flatMap(({ runId }) => (runId === null || runId === '' ? [] : [runId])))];
  const runs = await inParallel(ids, AT_ONCE, id => tracker.runs.get(id));
  const byId = new Map(runs.flatMap(run => (run === null ? [] : [[run.runId, run] as const])));
  return versions.map(version => toVersionRow(version, byId.get(version.runId ?? '') ?? null));
}

function toVersionRow(version: ModelVersion, run: Run | null): VersionRow {
  const measures = run === null ? null : readMeasures(run);
  const { name, status, statusMessage, runId, createdAt, updatedAt, aliases, ...rest } = version;
  const { stage, userId, source, artifactUri, description, tags } = rest;
  return {
    model: name,
    version: version.version,
    stage,
    aliases: [...aliases],
    status,
    statusMessage,
    runId,
    run: run?.name ?? null,
    accuracy: measures?.accuracy ?? numberIn(tags['sentops.accuracy'] ?? tags['accuracy']),
    f1: measures?.f1 ?? numberIn(tags['f1']),
    createdAt: isoTime(createdAt),
    updatedAt: isoTime(updatedAt),
    userId,
    source,
    artifactUri,
    description,
    tags,
  };
}

function numberIn(text: string | undefined): number | null {
  const number = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isNaN(number) ? null : number;
}
