import { type Context, SentopsCommand } from '../cli/base-command.ts';
import type { Outputs } from '../cli/ci/outputs.ts';
import { trainDriverFlags } from '../cli/driver-flags.ts';
import { SentopsError } from '../cli/errors.ts';
import { fieldFlag, fieldFlags } from '../cli/field-flags.ts';
import { Flags } from '../cli/framework.ts';
import type { Rows } from '../cli/output/records.ts';
import type { View } from '../cli/output/view.ts';
import type { TrainReport } from '../lib/train/result.ts';

export type Result = TrainReport;

const FIELDS = ['train.models', 'train.seed', 'train.testInput', 'train.track'];

export default class Train extends SentopsCommand<Result> {
  static override summary = 'Train models on labelled texts and say which one is best.';
  static override description =
    `Reads CSV, JSON lines or Parquet, plain, .gz or .zst; layout, encoding and labels are found by looking at the file.
Each model gets a folder below --output with the model itself (Spark ML, MLflow and our own form), metrics.json, plots and a report. The exit code is 12 when the best model misses a gate of the project; everything is written all the same. Runs and versions of the models go into the store of the project, or to the server that --mlflow-uri names.`;
  static override examples = [
    '<%= config.bin %> train',
    '<%= config.bin %> train --input reviews.csv --output models --models lr,ngram',
    '<%= config.bin %> train --input train.csv.zst --test-input test.csv.zst --output models --models ngram --min-accuracy 0.9',
    '<%= config.bin %> train --variant cv --json',
  ];
  static override flags = {
    ...trainDriverFlags(),
    ...fieldFlags(FIELDS),
    input: fieldFlag('train.input', { char: 'i' }),
    output: fieldFlag('train.output', { char: 'o' }),
    'min-accuracy': fieldFlag('train.gate.accuracy', {
      summary: 'Least accuracy of the best model on the test rows; below it the exit code is 12.',
    }),
    'text-column': Flags.string({ summary: 'Column of the text.', helpValue: 'NAME' }),
    'label-column': Flags.string({ summary: 'Column of the label.', helpValue: 'NAME' }),
    variant: Flags.string({ summary: 'Variant of train.variants to run, such as full or cv.', helpValue: 'NAME' }),
    calibrate: Flags.boolean({ summary: 'Give probabilities to models that have none (linearsvc).' }),
  };

  protected async work(context: Context<typeof Train>): Promise<Result> {
    const { flags, request, signal, report } = context;
    const project = await context.loadProject(['backend', 'dataset', 'train', 'mlflow']);
    const { runTraining } = await import('../lib/train/run-training.ts');
    return runTraining(project, {
      cwd: request.cwd,
      env: request.env,
      platform: process.platform,
      stdin: process.stdin,
      stdout: process.stdout,
      textColumn: flags['text-column'],
      labelColumn: flags['label-column'],
      variant: flags.variant,
      calibrate: flags.calibrate === true,
      dryRun: flags['dry-run'] === true,
      commandLine: this.argv,
      loadProject: sections => context.loadProject(sections),
      signal,
      report,
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderTraining } = await import('../cli/views/training.ts');
    renderTraining(result, view, process.cwd());
  }

  protected override ids({ best }: Result): readonly string[] {
    return best ? [best.path] : [];
  }

  protected override rows({ models }: Result): Rows {
    const items = models.map(({ name, metrics, seconds, path, runId, registered }) => {
      const version = registered && `${registered.name}/${registered.version}`;
      return { name, ...metrics, seconds, path, runId, version };
    });
    const columns = ['name', 'accuracy', 'auc', 'f1', 'precision', 'recall', 'logLoss', 'seconds', 'path'];
    return { columns: [...columns, 'runId', 'version'], items };
  }

  protected override outputs({ best, tracking }: Result): Outputs {
    return {
      ...(best?.value == null ? {} : { accuracy: String(best.accuracy), 'model-path': best.path }),
      ...(tracking ? { 'run-id': tracking.parentRunId } : {}),
      ...(best?.registered ? { 'model-version': best.registered.version } : {}),
    };
  }

  protected override verdict({ gate, tracking }: Result): SentopsError | undefined {
    const failure = tracking?.failure;
    if (failure && gate?.met !== false) return new SentopsError(failure.code, failure.message, { hint: failure.hint });
    if (!gate || gate.met) return undefined;
    return new SentopsError('GATE_NOT_MET', `${gate.model}: ${gate.missed}`, {
      hint: 'the models are written; train on more rows, try --models ngram, or change the gate (train.gate, --min-accuracy)',
      details: { model: gate.model, checks: gate.checks.filter(check => !check.met) },
    });
  }
}
