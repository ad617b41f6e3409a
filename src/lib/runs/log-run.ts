import { createReadStream } from 'node:fs';
import path from 'node:path';
import { SentopsError } from '../core/errors.ts';
import { orAbort } from '../core/or-abort.ts';
import type { World } from '../extend/world.ts';
import type { Run, RunStatus } from '../tracking/entities.ts';
import { ensureExperiment } from '../tracking/find-experiment.ts';
import { type TrackingProject, withTracker } from '../tracking/open-tracker.ts';
import type { Tracker } from '../tracking/types.ts';
import { findRun } from './find-run.ts';
import { addLine, type Entries, noEntries, parseMetric, parsePairs } from './read-entries.ts';

export interface LogRunRequest extends World {
  readonly project: TrackingProject;
  /** The run to add to; a new one where absent. */
  readonly run?: string | undefined;
  readonly experiment?: string | undefined;
  /** Of a new run. */
  readonly name?: string | undefined;
  readonly parent?: string | undefined;
  readonly metrics: readonly string[];
  readonly params: readonly string[];
  readonly tags: readonly string[];
  readonly status?: RunStatus | undefined;
  /** A file of JSON lines, `-` for standard input. */
  readonly input?: string | undefined;
  readonly dryRun: boolean;
}

export interface LoggedRun {
  /** Null where a new run would be made. */
  runId: string | null;
  name: string | null;
  created: boolean;
  metrics: number;
  params: number;
  tags: number;
  status: RunStatus | null;
  dryRun: boolean;
}

/** Records values of a run, a new one or one that is there. What comes from a file is recorded as it comes in. */
export async function logRun(request: LogRunRequest): Promise<LoggedRun> {
  const { dryRun, run: given } = request;
  const first = readFlags(request);
  if (given !== undefined && (request.name !== undefined || request.parent !== undefined))
    throw new SentopsError('USAGE', '--name and --parent are for a new run', { hint: 'leave RUN or these flags out' });
  return withTracker(request.project, request, dryRun ? 'read' : 'write', async tracker => {
    const run = given === undefined ? null : await findRun(tracker, given, { experiment: request.experiment });
    const target = run ?? (dryRun ? null : await createRun(tracker, request));
    const result: LoggedRun = {
      runId: target?.runId ?? null,
      name: target?.name ?? request.name ?? null,
      created: run === null,
      metrics: 0,
      params: 0,
      tags: 0,
      status: null,
      dryRun,
    };
    const write = async (entries: Entries) => {
      if (target !== null && !dryRun) await writeEntries(tracker, target.runId, entries);
      count(result, entries);
    };
    try {
      await write(first);
      if (request.input !== undefined) await logLines(request, write);
      if (request.status !== undefined) await write({ ...noEntries(), status: request.status });
    } catch (error) {
      // A run that nobody else knows yet would stay RUNNING for ever.
      if (run === null && target !== null)
        await tracker.runs.update(target.runId, { status: 'FAILED' }).catch(() => {});
      throw error;
    }
    return result;
  });
}

function readFlags({ metrics, params, tags }: LogRunRequest): Entries {
  const now = Date.now();
  return {
    metrics: metrics.map(text => parseMetric(text, now)),
    params: parsePairs(params, '--param'),
    tags: parsePairs(tags, '--tag'),
    status: null,
  };
}

async function createRun(tracker: Tracker, request: LogRunRequest): Promise<Run> {
  const { project, name, parent, env } = request;
  const parentRun = parent === undefined ? undefined : await findRun(tracker, parent);
  const chosen = request.experiment ?? project.config.mlflow.experiment;
  const experimentId = parentRun?.experimentId ?? (await ensureExperiment(tracker, chosen)).experimentId;
  const userId = env['LOGNAME'] || env['USER'] || env['USERNAME'] || '';
  return tracker.runs.create({
    experimentId,
    ...(name === undefined ? {} : { name }),
    ...(userId === '' ? {} : { userId }),
    ...(parentRun === undefined ? {} : { parentRunId: parentRun.runId }),
    tags: {
      ...(userId === '' ? {} : { 'mlflow.user': userId }),
      'mlflow.source.name': 'sentops',
      'mlflow.source.type': 'LOCAL',
    },
  });
}

async function writeEntries(
  tracker: Tracker,
  runId: string,
  { metrics, params, tags, status }: Entries,
): Promise<void> {
  if (metrics.length + Object.keys(params).length + Object.keys(tags).length > 0)
    await tracker.runs.log(runId, { metrics, params, tags });
  if (status !== null) await tracker.runs.update(runId, { status });
}

function count(result: LoggedRun, { metrics, params, tags, status }: Entries): void {
  result.metrics += metrics.length;
  result.params += Object.keys(params).length;
  result.tags += Object.keys(tags).length;
  result.status = status ?? result.status;
}

/** Lines are recorded with each piece that arrives: a program that prints one now and then can be watched. */
async function logLines(request: LogRunRequest, write: (entries: Entries) => Promise<void>): Promise<void> {
  const { input = '-', signal } = request;
  let number = 0;
  let rest = '';
  const take = async (lines: readonly string[]) => {
    const entries = noEntries();
    let wrong: unknown;
    for (const line of lines) {
      number += 1;
      if (line.trim() === '') continue;
      try {
        addLine(entries, line, number, Date.now());
      } catch (error) {
        wrong = error;
        break;
      }
    }
    await write(entries);
    if (wrong !== undefined) throw wrong;
  };
  const pieces = openInput(input, request)[Symbol.asyncIterator]();
  for (;;) {
    const piece = await orAbort(pieces.next(), signal);
    if (piece.done) break;
    const lines = (rest + piece.value).split('\n');
    rest = lines.pop() ?? '';
    if (lines.length > 0) await take(lines);
  }
  if (rest !== '') await take([rest]);
}

async function* openInput(input: string, { stdin, cwd }: World): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const stream = input === '-' ? stdin : createReadStream(path.resolve(cwd, input));
  try {
    for await (const piece of stream)
      yield typeof piece === 'string' ? piece : decoder.decode(piece as Uint8Array, { stream: true });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ENOENT') throw error;
    throw new SentopsError('NOT_FOUND', `there is no file ${input}`, { hint: 'check its name', cause: error });
  }
  yield decoder.decode();
}
