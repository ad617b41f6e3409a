import path from 'node:path';
import { getAt, isMap } from '../config/tree.ts';
import type { Json, Project } from '../config/types.ts';
import { SentopsError } from '../core/errors.ts';
import { isUri } from '../core/is-uri.ts';
import { isOfCall, layerOf, readLabelClasses, readRowFormat, valuesOfCall } from '../data/dataset-layout.ts';
import type { TableRequest } from '../data/rows.ts';
import type { Parameters } from '../learn/types.ts';
import { type GateRule, METRICS, type Metric, readGate } from './gate.ts';
import { resolveModelNames } from './models.ts';
import type { TrackSpec } from './track/track-spec.ts';

/** Everything that a training job is told, from the project file and the command line. */
export interface TrainSpec {
  readonly input: string;
  readonly table: TableRequest;
  /** A file of its own to test on; null where a share of the input is the test set. */
  readonly testInput: string | null;
  readonly output: string;
  readonly labels: Readonly<Record<string, number>> | null;
  readonly models: readonly string[];
  readonly numFeatures: number;
  readonly trainRatio: number;
  readonly valRatio: number;
  readonly sampleFraction: number;
  readonly maxRows: number;
  readonly seed: number;
  readonly cvFolds: number | null;
  readonly params: Readonly<Record<string, Parameters>>;
  readonly grid: Readonly<Record<string, Readonly<Record<string, readonly (string | number | boolean)[]>>>>;
  readonly select: { readonly metric: Metric; readonly on: 'test' | 'validation'; readonly mode: 'max' | 'min' };
  readonly gate: readonly GateRule[];
  /** Make probabilities for models that have none. */
  readonly calibrate: boolean;
  /** Null where nothing is to be recorded. */
  readonly tracking: TrackSpec | null;
  /** Where the project lives, for the git commit; the output is named relative to it. */
  readonly projectDir: string;
}

interface SpecOptions {
  readonly cwd: string;
  readonly textColumn?: string | undefined;
  readonly labelColumn?: string | undefined;
  readonly variant?: string | undefined;
  readonly calibrate?: boolean;
}

export function readTrainSpec(project: Project, options: SpecOptions): TrainSpec {
  const train = withVariant(project, options.variant);
  const spec: TrainSpec = {
    input: locate(project, 'train.input', train.input, options.cwd),
    table: { needsLabel: true, ...readRowFormat(project, options, isOurs(project)) },
    testInput: train.testInput ? locate(project, 'train.testInput', train.testInput, options.cwd) : null,
    output: locate(project, 'train.output', train.output, options.cwd),
    labels: isOurs(project) ? readLabelClasses(project) : null,
    models: resolveModelNames(train.models),
    numFeatures: train.numFeatures,
    trainRatio: train.trainRatio,
    valRatio: train.valRatio,
    sampleFraction: train.sampleFraction,
    maxRows: train.maxRows,
    seed: train.seed,
    cvFolds: train.enableCv ? train.cvFolds : null,
    params: train.params as TrainSpec['params'],
    grid: train.grid as TrainSpec['grid'],
    select: { ...train.select, metric: train.select.metric as Metric },
    gate: readGate(train.gate),
    calibrate: options.calibrate ?? false,
    tracking: readTracking(project, train),
    projectDir: project.dir,
  };
  checkSpec(spec);
  return spec;
}

/** A metric that does not exist would call any model the best, and a bound beyond its range is met by none or all. */
function checkJudging(metric: string, gate: readonly GateRule[]): void {
  if (!METRICS.some(known => known === metric))
    throw new SentopsError('CONFIG_INVALID', `train.select.metric cannot be ${JSON.stringify(metric)}`, {
      hint: `choose by ${METRICS.join(', ')}`,
    });
  const odd = gate.find(({ bound }) => !(bound >= 0 && bound <= 1));
  if (odd)
    throw new SentopsError('CONFIG_INVALID', `the gate ${odd.metric} ${odd.comparison} ${odd.bound} is out of reach`, {
      hint: 'metrics lie between 0 and 1: change train.gate or --min-accuracy',
    });
}

function checkSpec({ trainRatio, valRatio, testInput, models, select, gate }: TrainSpec): void {
  if (models.length === 0)
    throw new SentopsError('FLAG_INVALID', 'no model is named', { hint: 'name one: --models logisticregression' });
  checkJudging(select.metric, gate);
  const sum = trainRatio + valRatio;
  if (sum > 1 + 1e-9)
    throw new SentopsError(
      'CONFIG_INVALID',
      `--train-ratio ${trainRatio} and --val-ratio ${valRatio} add up to more than 1`,
      {
        hint: 'what they leave is the test set: 0.8 and 0.1 leave 0.1',
      },
    );
  if (testInput === null && sum > 1 - 1e-9)
    throw new SentopsError(
      'CONFIG_INVALID',
      `--train-ratio ${trainRatio} and --val-ratio ${valRatio} leave no rows to test on`,
      {
        hint: 'lower one of them, or give a test file: --test-input FILE',
      },
    );
}

type TrainConfig = Project['config']['train'] & { readonly experiment?: string };

/** A variant may have an experiment and a name of its own; the command line stays stronger. */
function readTracking(project: Project, train: TrainConfig): TrackSpec | null {
  if (!train.track) return null;
  const { experiment } = project.config.mlflow;
  const prefix = train.registeredModelName || null;
  const isDerived = layerOf(project, 'train.select.registerAs') === 'default';
  const derived = prefix === null ? null : `${prefix}-best`;
  return {
    experiment: isOfCall(project, 'mlflow.experiment') ? experiment : (train.experiment ?? experiment),
    prefix,
    best: isDerived ? derived : train.select.registerAs || null,
  };
}

/** The section with what the variant says in place of it; the command line stays stronger. */
function withVariant(project: Project, name: string | undefined): TrainConfig {
  const { config } = project;
  if (name === undefined) return config.train;
  const variant = Object.hasOwn(config.train.variants, name) ? config.train.variants[name] : undefined;
  if (variant === undefined) {
    const known = Object.keys(config.train.variants);
    throw new SentopsError('FLAG_INVALID', `there is no variant ${JSON.stringify(name)} in train.variants`, {
      hint: `known are ${known.join(', ')}`,
    });
  }
  const call = valuesOfCall(project);
  return overlay(config.train as unknown as Json, variant as unknown as Json, call, [
    'train',
  ]) as unknown as TrainConfig;
}

function overlay(base: Json, over: Json, call: readonly Json[], at: readonly string[]): Json {
  if (!isMap(base) || !isMap(over)) return over;
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const place = [...at, key];
    if (value === undefined || (!isMap(value) && call.some(values => getAt(values, place) !== undefined))) continue;
    merged[key] = overlay(base[key] ?? null, value, call, place);
  }
  return merged;
}

/** Where something lies: what the command line names lies below the working folder, everything else below the project. */
function locate(project: Project, key: string, value: string, cwd: string): string {
  if (value === '-' || isUri(value)) return value;
  return path.resolve(layerOf(project, key) === 'flag' ? cwd : project.dir, value);
}

/** True where the rows are those of the project's dataset, false for a file named on the command line. */
function isOurs(project: Project): boolean {
  return !isOfCall(project, 'train.input');
}
