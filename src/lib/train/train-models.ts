import path from 'node:path';
import { readGitHead } from '../config/interpolate/git-head.ts';
import { SentopsError } from '../core/errors.ts';
import { withLock } from '../core/lock-file.ts';
import { createLabelIds } from '../data/label-ids.ts';
import { createLabelOrder } from '../data/label-order.ts';
import { resolveLabels } from '../data/labels.ts';
import { type Input, openInput } from '../data/open-input.ts';
import { createSplitter } from '../data/split.ts';
import { PART } from './batch.ts';
import { checkModels, checkParts } from './check-parts.ts';
import { chooseRows } from './choose-rows.ts';
import { createLearners } from './create-learners.ts';
import { describeData, describeLabels, type ReadInput } from './describe.ts';
import { describeEnvironment } from './describe-environment.ts';
import { type Judged, judgeModel, type Learned } from './judge-models.ts';
import type { FittedText, TextLearner } from './learner.ts';
import { readRows } from './read-rows.ts';
import type { TrainRequest } from './request.ts';
import type { TrainReport } from './result.ts';
import type { TrainSpec } from './spec.ts';
import { writeModels } from './write-models.ts';

/** Reads the rows once, trains every model on them, judges them on the same test rows and writes everything down. */
export async function trainModels(spec: TrainSpec, request: TrainRequest, warnings: string[]): Promise<TrainReport> {
  const started = performance.now();
  refuseRemote(spec.output);
  const main = await openInput(spec.input, spec.table, request).catch(sayHowToNameIt);
  const test = spec.testInput === null ? null : await openInput(spec.testInput, spec.table, request);
  const head = {
    dryRun: request.dryRun,
    layout: main.describe(),
    seed: spec.seed,
    gitCommit: readGitHead(spec.projectDir).sha ?? null,
    environment: describeEnvironment(),
    output: spec.output,
    warnings,
  };
  if (request.dryRun) return { ...head, ...NOTHING, data: describeData(main, null, spec.testInput), seconds: 0 };
  const { mkdirSync } = await import('node:fs');
  mkdirSync(spec.output, { recursive: true });
  const work = async () => {
    const learned = await learn(spec, main, test, request);
    const facts = {
      ...head,
      labels: describeLabels(learned.main.mapping),
      data: describeData(main, learned.main, learned.test),
    };
    return writeModels({ spec, request, facts, learned, started });
  };
  return withLock(path.join(spec.output, 'training.json'), work, { waitMs: 0 });
}

function sayHowToNameIt(error: unknown): never {
  if (!(error instanceof SentopsError) || error.code !== 'NOT_FOUND') throw error;
  throw new SentopsError('NOT_FOUND', error.message, {
    hint: `${error.hint}; name the rows with --input FILE, or make some with sentops dataset generate`,
    details: error.details,
    cause: error,
  });
}

const NOTHING = { models: [], best: null, gate: null, labels: null, report: null };

async function learn(spec: TrainSpec, main: Input, test: Input | null, request: TrainRequest): Promise<Learned> {
  const stop = new AbortController();
  const world = { ...request, signal: AbortSignal.any([request.signal, stop.signal]) };
  const learners = await createLearners(spec, world);
  try {
    const read = await readMain(spec, main, learners, world);
    const fitting = fitAll(learners, read, world);
    // The test file is read while worker threads fit.
    const reading = test ? readTest(spec, test, learners, read, world) : Promise.resolve(null);
    const [fitted, tested] = await allOrStop([fitting, reading], stop);
    const judged: Judged[] = [];
    for (const model of fitted) judged.push(await judgeModel(model, tested?.mapping.classOf ?? null));
    return { main: read, test: tested, judged };
  } finally {
    for (const learner of learners) await learner.close();
  }
}

/** The first failure ends the others too; none is left running. */
async function allOrStop<A, B>(work: readonly [Promise<A>, Promise<B>], stop: AbortController): Promise<[A, B]> {
  for (const each of work) each.catch(error => stop.abort(error));
  const [first, second] = await Promise.allSettled(work);
  if (stop.signal.aborted) throw stop.signal.reason;
  return [(first as PromiseFulfilledResult<A>).value, (second as PromiseFulfilledResult<B>).value];
}

async function readMain(
  spec: TrainSpec,
  input: Input,
  learners: readonly TextLearner[],
  world: TrainRequest,
): Promise<ReadInput> {
  const { seed, sampleFraction, maxRows, trainRatio, valRatio } = spec;
  const labels = createLabelIds(input.table.layout.labelColumn ?? 'label');
  const order = createLabelOrder();
  const splitter = createSplitter({ seed, trainRatio, validationRatio: valRatio });
  // With a test file the whole input is there to learn from.
  const partOf = spec.testInput === null ? splitter.partOf : () => PART.train;
  const rows = await readRows({
    title: 'read rows',
    table: input.table,
    chosen: await chooseRows(input.table, {
      sample: { seed, fraction: sampleFraction, maxRows },
      again: input.again,
      signal: world.signal,
    }),
    labels,
    order,
    partOf,
    learners,
    report: world.report,
  });
  const read = { input, rows, mapping: mapLabels(input, labels, spec.labels) };
  const warning = order.warning(labels.counts().map(({ value }) => value));
  if (warning && maxRows === 0 && spec.testInput === null) note(world, 'info', `${input.location}: ${warning}`);
  warnOfRows(read, world);
  checkParts(read, spec);
  for (const name of checkModels(spec.models, read.mapping.classes))
    note(
      world,
      'warn',
      `${name} is left out: it tells two classes apart, and the labels are of ${read.mapping.classes.length}`,
    );
  return read;
}

async function readTest(
  spec: TrainSpec,
  input: Input,
  learners: readonly TextLearner[],
  main: ReadInput,
  world: TrainRequest,
): Promise<ReadInput> {
  const labels = createLabelIds(input.table.layout.labelColumn ?? 'label');
  const chosen = await chooseRows(input.table, {
    sample: { seed: spec.seed, fraction: 1, maxRows: 0 },
    again: null,
    signal: world.signal,
  });
  const { table } = input;
  const rows = await readRows({
    title: 'read test rows',
    table,
    chosen,
    labels,
    order: null,
    partOf: () => PART.test,
    learners,
    report: world.report,
  });
  const mapping = mapLabels(input, labels, spec.labels);
  const read = { input, rows, mapping: matchClasses(mapping, main.mapping.classes, input) };
  warnOfRows(read, world);
  return read;
}

function mapLabels(input: Input, labels: ReturnType<typeof createLabelIds>, explicit: TrainSpec['labels']) {
  return resolveLabels(labels.counts(), {
    columnName: input.table.layout.labelColumn ?? 'label',
    blank: labels.blank,
    ...(explicit ? { explicit } : {}),
  });
}

/** The classes of the test file are those of the training file, whatever their labels are written like. */
function matchClasses(mapping: ReadInput['mapping'], classes: readonly string[], input: Input): ReadInput['mapping'] {
  const numbers = mapping.classes.map(name => classes.indexOf(name));
  const unknown = mapping.classes.filter((_, index) => numbers[index] === -1);
  if (unknown.length > 0)
    throw new SentopsError(
      'DATA_INVALID',
      `${input.location} has rows of class ${unknown.slice(0, 5).join(', ')}, which the training rows do not have (${classes.join(', ')})`,
      { hint: 'test on rows with the same labels; which label means what can be set in dataset.format.labels' },
    );
  return { ...mapping, classes, classOf: mapping.classOf.map(klass => (klass < 0 ? -1 : (numbers[klass] ?? -1))) };
}

function warnOfRows({ input, rows }: ReadInput, world: TrainRequest): void {
  const { badRows, badExamples, replacedFields } = input.table.statistics();
  const [first] = badExamples;
  if (badRows > 0)
    note(
      world,
      'warn',
      `${input.location}: ${badRows} rows could not be read and were left out${first ? `; the first is line ${first.line}: ${first.reason}` : ''}`,
    );
  if (replacedFields > 0)
    note(
      world,
      'warn',
      `${input.location}: ${replacedFields} fields have bytes that are not valid in their encoding; they were read with U+FFFD in their place`,
    );
  if (rows.blank > 0) note(world, 'warn', `${input.location}: ${rows.blank} rows without a text were left out`);
}

async function fitAll(learners: readonly TextLearner[], read: ReadInput, world: TrainRequest): Promise<FittedText[]> {
  const { classOf, classes } = read.mapping;
  const fitting = learners.map(learner =>
    learner.fit({
      classOf,
      classes: classes.length,
      signal: world.signal,
      progress: (model, done, total) =>
        world.report({ type: 'progress', id: `fit ${model}`, label: `fit ${model}`, done, total }),
    }),
  );
  return (await Promise.all(fitting)).flat();
}

function note(world: TrainRequest, level: 'info' | 'warn', message: string): void {
  world.report({ type: 'note', level, message });
}

function refuseRemote(output: string): void {
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(output)) return;
  throw new SentopsError('CONFIG_INVALID', `models cannot be written to ${output} yet: the output has to be a folder`, {
    hint: 'give one with --output, or use a target whose buckets are folders',
  });
}
