import { countNoun } from '../core/count-noun.ts';
import { SentopsError } from '../core/errors.ts';
import { createLabelIds, type LabelIds } from '../data/label-ids.ts';
import { createLabelOrder } from '../data/label-order.ts';
import { type LabelMapping, resolveLabels } from '../data/labels.ts';
import { matchLabels } from '../data/match-labels.ts';
import type { Input } from '../data/open-input.ts';
import { createSplitter } from '../data/split.ts';
import { PART } from './batch.ts';
import { checkModels, checkParts } from './check-parts.ts';
import { chooseRows } from './choose-rows.ts';
import { countByClass, countKept, describeLabels, type ReadInput } from './describe.ts';
import type { TextLearner } from './learner.ts';
import { readRows } from './read-rows.ts';
import type { TrainRequest } from './request.ts';
import type { TrainSpec } from './spec.ts';

/** Reads the training file; every learner sees every row. */
export async function readMain(
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
  warnOfFewRows(read, spec, world);
  for (const name of checkModels(spec.models, read.mapping.classes))
    note(
      world,
      'warn',
      `${name} is left out: it tells two classes apart, and the labels are of ${read.mapping.classes.length}`,
    );
  return read;
}

/** Reads the file to test on. */
export async function readTest(
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
  const read = { input, rows, mapping: matchTest(input, labels, main.mapping) };
  warnOfRows(read, world);
  for (const { value, rows: lost, why } of read.mapping.dropped)
    note(
      world,
      'warn',
      `${input.location}: ${countNoun(lost, 'row')} labelled ${JSON.stringify(value)} ${were(lost)} left out: ${why}`,
    );
  if (input.table.statistics().sha256 === main.input.table.statistics().sha256)
    note(world, 'warn', 'the test file is the training file: the metrics say nothing about texts that are new');
  if (countKept(read, PART.test) > 0) return read;
  throw new SentopsError('DATA_INVALID', `${input.location} has no row with a text and a label to test on`, {
    hint: 'give a file with the columns of the training rows, or name them with --text-column and --label-column',
  });
}

function mapLabels(input: Input, labels: ReturnType<typeof createLabelIds>, explicit: TrainSpec['labels']) {
  return resolveLabels(labels.counts(), {
    columnName: input.table.layout.labelColumn ?? 'label',
    blank: labels.blank,
    ...(explicit ? { explicit } : {}),
  });
}

/** A label means in the test file what it meant in training; others are understood by themselves. */
function matchTest(input: Input, labels: LabelIds, main: LabelMapping): LabelMapping {
  const known = { labels: main.classes, about: { labelMapping: describeLabels(main).mapping } };
  const counts = labels.counts();
  const column = input.table.layout.labelColumn ?? 'label';
  const { scheme, classOf, dropped } = matchLabels(counts, known, column, labels.blank, input.location);
  const ofClass = (index: number) => counts.filter((_, id) => classOf[id] === index);
  return {
    ...main,
    scheme,
    classOf,
    dropped,
    rows: main.classes.map((_, index) => ofClass(index).reduce((sum, { rows }) => sum + rows, 0)),
    labels: main.classes.map((_, index) => ofClass(index).map(({ value }) => value)),
  };
}

/** Below this a metric or a class is mostly chance. */
const FEW_TEST_ROWS = 30;
const FEW_TRAIN_ROWS = 10;

function warnOfFewRows(read: ReadInput, spec: TrainSpec, world: TrainRequest): void {
  const rare = countByClass(read, PART.train).flatMap((rows, index) =>
    rows < FEW_TRAIN_ROWS ? [`${read.mapping.classes[index]} (${rows})`] : [],
  );
  if (rare.length > 0)
    note(world, 'warn', `few rows to train on: ${rare.slice(0, 8).join(', ')}${rare.length > 8 ? ', …' : ''}`);
  const test = countKept(read, PART.test);
  if (spec.testInput === null && test < FEW_TEST_ROWS)
    note(world, 'warn', `only ${countNoun(test, 'row')} to test on: the metrics are rough`);
}

function warnOfRows({ input, rows }: ReadInput, world: TrainRequest): void {
  const { badRows, badExamples, replacedFields } = input.table.statistics();
  const [first] = badExamples;
  if (badRows > 0)
    note(
      world,
      'warn',
      `${input.location}: ${countNoun(badRows, 'row')} could not be read and ${were(badRows)} left out${first ? `; the first is line ${first.line}: ${first.reason}` : ''}`,
    );
  if (replacedFields > 0)
    note(
      world,
      'warn',
      `${input.location}: ${countNoun(replacedFields, 'field')} had bytes that are not valid in the encoding: U+FFFD stands in their place`,
    );
  if (rows.blank > 0)
    note(
      world,
      'warn',
      `${input.location}: ${countNoun(rows.blank, 'row')} without a text ${were(rows.blank)} left out`,
    );
}

function were(amount: number): string {
  return amount === 1 ? 'was' : 'were';
}

function note(world: TrainRequest, level: 'info' | 'warn', message: string): void {
  world.report({ type: 'note', level, message });
}
