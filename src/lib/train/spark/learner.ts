import { SentopsError } from '../../core/errors.ts';
import { expandGrid, type Grid } from '../../learn/grid.ts';
import { countDocuments, fitIdf } from '../../learn/idf.ts';
import { scoreStage } from '../../learn/score/classifier.ts';
import type { RowScores } from '../../learn/score/types.ts';
import type { LabelledRows, Parameters, Trainer } from '../../learn/types.ts';
import { compileFeatures } from '../../model/compile/features.ts';
import type { FeatureMaker } from '../../model/compile/types.ts';
import { fromFitted } from '../../model/from-fitted.ts';
import type { Stage } from '../../model/stages.ts';
import { PART, type PartName, type PartScores, type TextBatch } from '../batch.ts';
import { calibrateByFolds } from '../fit/calibrate.ts';
import { crossValidate, type SearchRun } from '../fit/cross-validate.ts';
import { fitAll } from '../fit/fit-all.ts';
import { pluginScores } from '../fit/run-fit.ts';
import type { FitOutcome, FitRun } from '../fit/types.ts';
import type { FitRequest, FittedText, LiveMetric, TextLearner } from '../learner.ts';
import { takesClasses } from '../models.ts';
import { type CountStages, countStages, idfStage } from './feature-stages.ts';
import { PartRows, weigh } from './part-rows.ts';

/** A model to fit: by the name of one of ours, or a trainer that a plugin brought. */
export interface SparkTask {
  readonly name: string;
  readonly trainer: string | Trainer;
  readonly params: Parameters;
  /** What cross-validation tries; null: the parameters as they are. */
  readonly grid: Grid | null;
}

export interface SparkLearnerOptions {
  readonly tasks: readonly SparkTask[];
  readonly numFeatures: number;
  readonly seed: number;
  readonly cvFolds: number | null;
  readonly calibrate: boolean;
}

/** Fits the classifiers of the reference pipeline, all on the same features: tf-idf of hashed words without stop words. */
export function createSparkLearner(options: SparkLearnerOptions): TextLearner {
  return new SparkLearner(options);
}

class SparkLearner implements TextLearner {
  readonly #options: SparkLearnerOptions;
  readonly #stages: CountStages;
  readonly #maker: FeatureMaker;
  readonly #parts: Readonly<Record<PartName, PartRows>>;
  readonly #labelled = new Map<PartName, LabelledRows>();

  constructor(options: SparkLearnerOptions) {
    const { numFeatures, seed } = options;
    this.#options = options;
    this.#stages = countStages(numFeatures, seed);
    this.#maker = compileFeatures(this.#stages);
    this.#parts = {
      train: new PartRows(numFeatures),
      validation: new PartRows(numFeatures),
      test: new PartRows(numFeatures),
    };
  }

  add({ rows, texts, labelIds, parts }: TextBatch): void {
    const { bytes, starts, ends } = texts;
    const ofPart = [this.#parts.train, this.#parts.validation, this.#parts.test];
    for (let row = 0; row < rows; row++) {
      const part = ofPart[parts[row] as number];
      if (part && parts[row] !== PART.left)
        part.add(this.#maker.fromBytes(bytes, starts[row] as number, ends[row] as number), labelIds[row] as number);
    }
  }

  async fit(request: FitRequest): Promise<FittedText[]> {
    const { classOf, classes } = request;
    const rows = this.#parts.train.label(classOf, classes);
    const docFreq = countDocuments(rows.features);
    const idf = fitIdf(docFreq, rows.labels.length);
    weigh(rows, idf);
    const features = [...this.#stages, idfStage(idf, docFreq, rows.labels.length, this.#options.seed)];
    const results = await translate(() => this.#fitTasks(rows, request));
    return results.map(result => this.#toFitted(result, features, idf, request));
  }

  async close(): Promise<void> {
    this.#labelled.clear();
  }

  async #fitTasks(rows: LabelledRows, request: FitRequest): Promise<TaskResult[]> {
    const { cvFolds, seed } = this.#options;
    const tasks = this.#options.tasks.filter(({ name }) => takesClasses(name, request.classes));
    const progress = untilTheEnd(request.progress);
    const run = (name: string): SearchRun => ({
      signal: request.signal,
      progress: (_, done, total) => progress.tell(name, done, total),
      judged: (step, value) => request.reached?.(name, { key: 'cvAccuracy', value, step }),
      improved: (step, value) => request.reached?.(name, { key: 'objective', value, step }),
    });
    const results: TaskResult[] = [];
    if (cvFolds !== null) {
      for (const task of tasks) results.push(await search(task, rows, { folds: cvFolds, seed, run: run(task.name) }));
    } else {
      const outcomes = await fitAll(
        tasks.map(({ trainer, params }) => ({ trainer, params, seed })),
        rows,
        {
          signal: request.signal,
          progress: (at, done, total, objective) => {
            const name = tasks[at]?.name ?? '';
            progress.tell(name, done, total);
            const live = describeStep(name, done, objective);
            if (live) request.reached?.(name, live);
          },
        },
      );
      for (const [at, task] of tasks.entries())
        results.push({ task, outcome: outcomes[at] as FitOutcome, params: task.params });
    }
    progress.finish();
    if (!this.#options.calibrate) return results;
    return Promise.all(results.map(result => calibrate(result, rows, seed, run(result.task.name))));
  }

  #toFitted(result: TaskResult, features: readonly Stage[], idf: Float64Array, request: FitRequest): FittedText {
    const { task, outcome, params, search: tried, calibration } = result;
    const classifier = fromFitted(outcome.stage, this.#options.numFeatures, request.classes);
    return {
      name: task.name,
      stages: [...features, classifier],
      params,
      seconds: outcome.seconds,
      ...(tried ? { search: tried } : {}),
      ...(calibration ? { calibration } : {}),
      scores: async (part, classOf = request.classOf) => {
        const rows = this.#weighed(part, classOf, request.classes, idf);
        return withProbabilities(score(result, rows), rows.labels, calibration);
      },
    };
  }

  /** Computed once, for all models: weighing is done in place. */
  #weighed(part: PartName, classOf: Int32Array, classes: number, idf: Float64Array): LabelledRows {
    const known = this.#labelled.get(part);
    if (known) return known;
    const rows = weigh(this.#parts[part].label(classOf, classes), idf);
    this.#labelled.set(part, rows);
    return rows;
  }
}

/** A forest has no objective; what grows is the number of its trees. */
function describeStep(name: string, step: number, objective: number | undefined): LiveMetric | null {
  if (objective !== undefined) return { key: 'objective', value: objective, step };
  return name === 'randomforest' ? { key: 'trees', value: step, step } : null;
}

/** A fit that converges early has not counted to its end: the last word on each model is that it is done. */
function untilTheEnd(report: FitRequest['progress']) {
  const open = new Map<string, number>();
  return {
    tell(model: string, done: number, total: number): void {
      if (done < total) open.set(model, total);
      else open.delete(model);
      report(model, done, total);
    },
    finish(): void {
      for (const [model, total] of open) report(model, total, total);
      open.clear();
    },
  };
}

interface TaskResult {
  readonly task: SparkTask;
  readonly outcome: FitOutcome;
  readonly params: Parameters;
  readonly search?: FittedText['search'];
  readonly calibration?: { readonly slope: number; readonly offset: number };
}

async function search(
  task: SparkTask,
  rows: LabelledRows,
  { folds, seed, run }: { readonly folds: number; readonly seed: number; readonly run: SearchRun },
): Promise<TaskResult> {
  const points = expandGrid(task.grid ?? {}, task.params);
  // The reference job chooses by accuracy.
  const found = await crossValidate(rows, { trainer: task.trainer, points, folds, seed, metric: 'accuracy' }, run);
  const tried = found.points.flatMap(({ params, metric }) => (metric === null ? [] : [{ params, metric }]));
  return { task, outcome: found.outcome, params: points[found.best] ?? task.params, search: tried };
}

async function calibrate(result: TaskResult, rows: LabelledRows, seed: number, run: FitRun): Promise<TaskResult> {
  if (result.task.name !== 'linearsvc') return result;
  const calibration = await calibrateByFolds(rows, { trainer: 'linearsvc', params: result.params, seed }, run);
  return { ...result, calibration };
}

/** Without a classifier it is a stage of ours, which a trainer of a plugin may give as well. */
function score({ outcome }: TaskResult, { features, classes }: LabelledRows): RowScores {
  const { classifier, stage } = outcome;
  return classifier ? pluginScores(classifier, features, classes) : scoreStage(stage, features);
}

function withProbabilities(scores: RowScores, labels: Int32Array, calibration: TaskResult['calibration']): PartScores {
  if (scores.probabilities || !calibration) return { ...scores, labels };
  const probabilities = new Float64Array(scores.rows * 2);
  for (let row = 0; row < scores.rows; row++) {
    const positive = 1 / (1 + Math.exp(calibration.slope * (scores.raw[2 * row + 1] as number) + calibration.offset));
    probabilities[2 * row] = 1 - positive;
    probabilities[2 * row + 1] = positive;
  }
  return { ...scores, labels, probabilities };
}

/** What a trainer refuses is a wrong parameter or a wrong set of rows, not a fault of the program. */
async function translate<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new SentopsError('CONFIG_INVALID', error.message, {
      hint: 'change the parameter in train.params, or train other models with --models',
      cause: error,
    });
  }
}
