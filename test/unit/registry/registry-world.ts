import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { Config } from '../../../src/lib/config/fields/index.ts';
import { type Report, silent } from '../../../src/lib/core/report.ts';
import type { World } from '../../../src/lib/extend/world.ts';
import { saveModel } from '../../../src/lib/model/save.ts';
import type { LogisticRegressionStage, Stage as ModelStage } from '../../../src/lib/model/stages.ts';
import type { FittedModel } from '../../../src/lib/model/types.ts';
import type { PromotionRules } from '../../../src/lib/registry/decide.ts';
import type { PromoteCall } from '../../../src/lib/registry/promotion-scene.ts';
import type { RollbackCall } from '../../../src/lib/registry/rollback.ts';
import { uploadTree } from '../../../src/lib/tracking/artifacts/upload-tree.ts';
import type { DatasetInput, Run } from '../../../src/lib/tracking/entities.ts';
import { ensureExperiment } from '../../../src/lib/tracking/find-experiment.ts';
import { openTracker, type TrackingProject } from '../../../src/lib/tracking/open-tracker.ts';
import type { Tracker } from '../../../src/lib/tracking/types.ts';
import { createTestContext } from '../../helpers/extension-context.ts';

export const MODEL = 'reviews';

export const RULES: PromotionRules = {
  metric: 'accuracy',
  minDelta: 0,
  minAccuracy: null,
  minF1: null,
  test: 'mcnemar',
  alpha: 0.05,
  minSamples: 10,
};

type Mlflow = Config['mlflow'];

/** A project of its own in a temporary folder, with the store that commands would use. */
export class RegistryWorld {
  readonly dir: string;
  readonly project: TrackingProject;
  readonly world: World;
  #opened: Promise<Tracker> | undefined;

  constructor(mlflow: Partial<Mlflow> = {}, report: Report = silent) {
    this.dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-registry-'));
    onTestFinished(async () => {
      await (await this.#opened)?.close();
      fs.rmSync(this.dir, { recursive: true, force: true });
    });
    const config = {
      mlflow: {
        trackingUri: '',
        experiment: 'reviews',
        registryMode: 'both',
        stageAliases: { Production: 'champion', Staging: 'challenger' },
        auth: {},
        ...mlflow,
      },
    } as unknown as TrackingProject['config'];
    this.project = { config, dir: this.dir, profile: 'default', layers: [] };
    const env = { HOME: this.dir, USER: 'ann' };
    this.world = { ...createTestContext({ cwd: this.dir, env, report }), env, platform: process.platform };
  }

  /** The file of the store. */
  get file(): string {
    return path.join(this.dir, '.sentops/mlflow/mlflow.db');
  }

  /** Work on a tracker that stays open: closing the last one costs more than all the rest. */
  async on<T>(work: (tracker: Tracker) => Promise<T>): Promise<T> {
    this.#opened ??= openTracker(this.project, this.world, 'write');
    return work(await this.#opened);
  }

  promote(more: Partial<PromoteCall> = {}): PromoteCall {
    const { project, world } = this;
    return {
      ...world,
      project,
      name: MODEL,
      version: undefined,
      to: undefined,
      alias: undefined,
      evalData: undefined,
      rules: RULES,
      force: false,
      dryRun: false,
      ...more,
    };
  }

  rollback(more: Partial<RollbackCall> = {}): RollbackCall {
    const { project, world } = this;
    return {
      ...world,
      project,
      name: MODEL,
      to: undefined,
      alias: undefined,
      steps: 1,
      reason: undefined,
      dryRun: false,
      ...more,
    };
  }

  /** Writes labelled rows: texts with `good` in them are positive. */
  data(name: string, rows: number): string {
    const lines = Array.from({ length: rows }, (_, row) =>
      row % 2 === 0 ? `a good thing number ${row},positive` : `a bad thing number ${row},negative`,
    );
    const file = path.join(this.dir, name);
    fs.writeFileSync(file, `text,label\n${lines.join('\n')}\n`);
    return file;
  }

  /** Registers versions without files, with the metrics that their runs recorded. */
  versions(...accuracies: readonly (number | null)[]): Promise<void> {
    return this.on(async tracker => {
      for (const [index, accuracy] of accuracies.entries()) {
        const run = await newRun(tracker);
        if (accuracy !== null) await logTest(tracker, run, { accuracy, f1: accuracy });
        await registerBare(tracker, run, `key-${index}`);
      }
    });
  }

  /** Registers a version with a model that can be scored. */
  modelVersion(model: FittedModel): Promise<number> {
    return this.on(async tracker => {
      const run = await newRun(tracker);
      const dir = fs.mkdtempSync(path.join(this.dir, 'model-'));
      await saveModel(model, dir);
      await uploadTree(tracker.artifacts, dir, run.artifactUri, 'model', this.world);
      return (await registerBare(tracker, run, run.runId)).version;
    });
  }

  /** What the registry says of the model: who is where. */
  state(): Promise<{ stages: Record<string, number[]>; aliases: Record<string, number>; claims: string[] }> {
    return this.on(async tracker => {
      const model = await tracker.models.get(MODEL);
      const page = await tracker.models.searchVersions({ filter: `name = '${MODEL}'`, limit: 1000 });
      const stages: Record<string, number[]> = {};
      for (const { stage, version } of page.items.toSorted((a, b) => a.version - b.version))
        if (stage !== 'None') stages[stage] = [...(stages[stage] ?? []), version];
      const claims = Object.keys(model?.tags ?? {}).filter(key => key.startsWith('sentops.claim.'));
      return { stages, aliases: { ...model?.aliases }, claims };
    });
  }
}

export async function newRun(tracker: Tracker): Promise<Run> {
  const { experimentId } = await ensureExperiment(tracker, 'reviews');
  return tracker.runs.create({ experimentId, name: 'training' });
}

export function testData(digest: string, more: Partial<DatasetInput> = {}): DatasetInput {
  return {
    name: 'test.csv',
    digest,
    sourceType: 'local',
    source: '{"uri":"test.csv"}',
    schema: null,
    profile: JSON.stringify({ num_rows: 500 }),
    tags: { 'mlflow.data.context': 'testing' },
    ...more,
  };
}

export async function logTest(
  tracker: Tracker,
  run: Run,
  metrics: Readonly<Record<string, number>>,
  data: DatasetInput | null = testData('frozen'),
): Promise<void> {
  const entries = Object.entries(metrics).map(([key, value]) => ({
    key,
    value,
    timestamp: 1_700_000_000_000,
    step: 0,
  }));
  await tracker.runs.log(run.runId, { metrics: entries });
  if (data !== null) await tracker.runs.logInputs(run.runId, [data]);
}

export async function registerBare(tracker: Tracker, run: Run, key: string) {
  if ((await tracker.models.get(MODEL)) === null) await tracker.models.create({ name: MODEL });
  return tracker.models.createVersion({ name: MODEL, source: `${run.artifactUri}/model`, runId: run.runId, key });
}

/** A model of two words; what it makes of `good` and `bad` is said by two weights. */
export function wordModel(good: number, bad: number, intercept = 0): FittedModel {
  const columns = {
    featuresCol: 'features',
    labelCol: 'label',
    predictionCol: 'prediction',
    rawPredictionCol: 'rawPrediction',
  };
  const classifier: LogisticRegressionStage = {
    kind: 'LogisticRegression',
    uid: 'LogisticRegression_3',
    ...columns,
    probabilityCol: 'probability',
    numClasses: 2,
    numFeatures: 2,
    multinomial: false,
    coefficients: { type: 'dense', rows: 1, columns: 2, values: Float64Array.of(good, bad), transposed: true },
    intercepts: { type: 'dense', values: Float64Array.of(intercept) },
    threshold: 0.5,
    thresholds: null,
  };
  const stages: ModelStage[] = [
    { kind: 'Tokenizer', uid: 'Tokenizer_1', inputCol: 'text', outputCol: 'words' },
    {
      kind: 'CountVectorizer',
      uid: 'CountVectorizer_2',
      inputCol: 'words',
      outputCol: 'features',
      vocabulary: ['good', 'bad'],
      minTF: 1,
      binary: false,
    },
    classifier,
  ];
  return { stages, labels: ['negative', 'positive'], about: { name: 'words', writtenBy: 'sentops' } };
}

/** A model in a folder of its own. */
export async function writeModel(world: RegistryWorld, name: string, model: FittedModel): Promise<string> {
  const dir = path.join(world.dir, name);
  await saveModel(model, dir);
  return dir;
}
