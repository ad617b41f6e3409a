import fs from 'node:fs';
import path from 'node:path';
import { readGitHead } from '../config/interpolate/git-head.ts';
import { explainWriteFailure } from '../core/atomic.ts';
import { SentopsError } from '../core/errors.ts';
import { withLock } from '../core/lock-file.ts';
import { recoverFolders } from '../core/replace-folder.ts';
import { type Input, openInput } from '../data/open-input.ts';
import { checkOutput } from './check-output.ts';
import { createLearners } from './create-learners.ts';
import { describeData, describeLabels, type ReadInput } from './describe.ts';
import { describeEnvironment } from './describe-environment.ts';
import { type Judged, judgeModel, type Learned } from './judge-models.ts';
import type { FittedText, TextLearner } from './learner.ts';
import { takesClasses } from './models.ts';
import { readMain, readTest } from './read-inputs.ts';
import type { TrainRequest } from './request.ts';
import type { TrainReport } from './result.ts';
import type { TrainSpec } from './spec.ts';
import { recordTraining } from './track/record-training.ts';
import type { OpenTrainingLog, TrainingLog } from './track/types.ts';
import { writeModels, writeTrainingJson } from './write-models.ts';

/**
 * Reads the rows once, trains every model on them, judges them on the same test rows and writes everything down, then
 * into the log where there is one.
 */
export async function trainModels(
  spec: TrainSpec,
  request: TrainRequest,
  warnings: string[],
  openLog: OpenTrainingLog | null = null,
): Promise<TrainReport> {
  const started = performance.now();
  checkOutput(spec.output, spec.models);
  const main = await openInput(spec.input, spec.table, request).catch(sayHowToNameIt);
  const test = spec.testInput === null ? null : await openInput(spec.testInput, spec.table, request);
  const head = {
    dryRun: request.dryRun,
    seed: spec.seed,
    gitCommit: readGitHead(spec.projectDir).sha ?? null,
    environment: describeEnvironment(),
    output: spec.output,
    warnings,
  };
  const tell = (read: ReadInput, tested: ReadInput | null) => ({
    ...head,
    layout: main.describe(),
    labels: describeLabels(read.mapping),
    data: describeData(main, read, tested),
  });
  if (request.dryRun) {
    const read = await readMain(spec, main, [], request);
    const tested = test && (await readTest(spec, test, [], read, request));
    return { ...tell(read, tested), ...NOTHING, seconds: secondsSince(started) };
  }
  const train = async (log: TrainingLog | null) => {
    const learned = await learn(spec, main, test, request, log);
    const report = await writeModels({ spec, request, facts: tell(learned.main, learned.test), learned, started, log });
    if (log === null) return report;
    const recorded = await recordTraining(log, { spec, request, learned, report });
    return writeTrainingJson({ ...recorded, seconds: secondsSince(started) });
  };
  return inOutput(spec.output, () => logged(openLog, head.gitCommit, train));
}

/** Works with a log that is closed in the end, and told what went wrong. */
async function logged(
  openLog: OpenTrainingLog | null,
  gitCommit: string | null,
  work: (log: TrainingLog | null) => Promise<TrainReport>,
): Promise<TrainReport> {
  const log = (await openLog?.(gitCommit)) ?? null;
  let reason: unknown;
  try {
    const report = await work(log);
    reason = report.tracking?.failure?.message;
    return report;
  } catch (error) {
    reason = error;
    throw error;
  } finally {
    await log?.close(reason).catch(() => {});
  }
}

/** Works while no other run writes into the folder; one that was made for nothing goes away again. */
async function inOutput<T>(output: string, work: () => Promise<T>): Promise<T> {
  const isNew = !fs.existsSync(output);
  try {
    fs.mkdirSync(output, { recursive: true });
  } catch (error) {
    throw explainWriteFailure(error, output);
  }
  try {
    return await withLock(
      path.join(output, 'training.json'),
      async () => {
        recoverFolders(output);
        return await work();
      },
      { waitMs: 0 },
    );
  } finally {
    if (isNew && fs.readdirSync(output).length === 0) fs.rmdirSync(output);
  }
}

function secondsSince(started: number): number {
  return (performance.now() - started) / 1000;
}

function sayHowToNameIt(error: unknown): never {
  if (!(error instanceof SentopsError) || error.code !== 'NOT_FOUND') throw error;
  throw new SentopsError('NOT_FOUND', error.message, {
    hint: `${error.hint}; name the rows with --input FILE, or make some with sentops dataset generate`,
    details: error.details,
    cause: error,
  });
}

const NOTHING = { models: [], best: null, gate: null, tracking: null, report: null };

async function learn(
  spec: TrainSpec,
  main: Input,
  test: Input | null,
  request: TrainRequest,
  log: TrainingLog | null,
): Promise<Learned> {
  const stop = new AbortController();
  const world = { ...request, signal: AbortSignal.any([request.signal, stop.signal]) };
  const learners = await createLearners(spec, world);
  try {
    const read = await readMain(spec, main, learners, world);
    await log?.begin(
      read,
      spec.models.filter(name => takesClasses(name, read.mapping.classes.length)),
    );
    // The test file is read while worker threads fit.
    const reading = test ? readTest(spec, test, learners, read, world) : null;
    const [tested, ...fits] = await allOrStop([reading, ...fitAll(learners, read, world, log)] as const, stop);
    const fitted = fits.flat();
    const judged: Judged[] = [];
    for (const model of fitted) judged.push(await judgeModel(model, tested?.mapping.classOf ?? null));
    return { main: read, test: tested, judged };
  } finally {
    for (const learner of learners) await learner.close();
  }
}

/** The first failure ends the others too; none is left running. */
async function allOrStop<First, Rest>(
  work: readonly [Promise<First> | null, ...Promise<Rest>[]],
  stop: AbortController,
): Promise<[First | null, ...Rest[]]> {
  for (const each of work) each?.catch(error => stop.abort(error));
  await Promise.allSettled(work);
  if (stop.signal.aborted) throw stop.signal.reason;
  return (await Promise.all(work)) as [First | null, ...Rest[]];
}

function fitAll(
  learners: readonly TextLearner[],
  read: ReadInput,
  world: TrainRequest,
  log: TrainingLog | null,
): Promise<readonly FittedText[]>[] {
  const { classOf, classes } = read.mapping;
  return learners.map(learner =>
    learner.fit({
      classOf,
      classes: classes.length,
      signal: world.signal,
      progress: (model, done, total) =>
        world.report({ type: 'progress', id: `fit ${model}`, label: `fit ${model}`, done, total }),
      reached: (model, live) => log?.reached(model, live),
    }),
  );
}
