import { type Context, SentopsCommand } from '../cli/base-command.ts';
import type { Outputs } from '../cli/ci/outputs.ts';
import { SentopsError } from '../cli/errors.ts';
import { Flags } from '../cli/framework.ts';
import { modelFlags, registeredChoice } from '../cli/model-flags.ts';
import type { Rows } from '../cli/output/records.ts';
import type { View } from '../cli/output/view.ts';
import { worldOf } from '../cli/world.ts';
import type { EvaluationReport } from '../lib/score/evaluation-result.ts';

export type Result = EvaluationReport;

const share = (summary: string) => Flags.string({ summary, helpValue: 'N', helpGroup: 'GATE' });

export default class Evaluate extends SentopsCommand<Result> {
  static override summary = 'Measure a model on labelled texts: metrics, plots, slices, and whether it beats another.';
  static override description =
    `Labels are read as in training: 0/1, 0/4, positive/negative, stars, or the names of the classes.
Rows are also judged apart as short, medium and long texts, a third of them each. With --compare a second model judges the same rows and McNemar's test says whether the difference is more than chance.
The exit code is 12 when --min-accuracy or --min-f1 is not met; the report is written all the same.`;
  static override examples = [
    '<%= config.bin %> evaluate --data test.csv',
    '<%= config.bin %> evaluate --model-path models/ngram --data test.csv.zst --out evaluation',
    '<%= config.bin %> evaluate --data test.csv --compare models/logisticregression --json',
    '<%= config.bin %> evaluate --data test.csv --model-name reviews --model-version 3 --compare models:/reviews@champion',
    '<%= config.bin %> evaluate --data test.csv --min-accuracy 0.9 --min-f1 0.88',
  ];
  static override flags = {
    data: Flags.string({
      char: 'i',
      aliases: ['input'],
      required: true,
      summary: 'File with labelled rows; - for standard input.',
      helpValue: 'FILE',
    }),
    'model-path': Flags.string({
      summary: 'Model folder, or a models:/ or runs:/ URI; the best model of the project where absent.',
      helpValue: 'DIR',
    }),
    ...modelFlags,
    'text-column': Flags.string({ summary: 'Column of the text; found by its name where absent.', helpValue: 'NAME' }),
    'label-column': Flags.string({
      summary: 'Column of the label; found by its name where absent.',
      helpValue: 'NAME',
    }),
    compare: Flags.string({ summary: 'Folder or URI of a second model to try on the same rows.', helpValue: 'DIR' }),
    out: Flags.string({ summary: 'Folder for report.md, report.html, metrics.json and plots.', helpValue: 'DIR' }),
    'min-accuracy': share('Least accuracy, such as 0.9 (exit 12 below it).'),
    'min-f1': share('Least F1 (exit 12 below it).'),
    math: Flags.string({
      summary: 'Which exp makes the probabilities: as Spark on x86-64 computes it, or as aarch64 does.',
      options: ['hotspot-x64', 'fdlibm'],
      default: 'hotspot-x64',
    }),
  };

  protected async work(context: Context<typeof Evaluate>): Promise<Result> {
    const { flags } = context;
    const { runEvaluation } = await import('../lib/score/run-evaluation.ts');
    return runEvaluation({
      modelPath: flags['model-path'],
      registered: registeredChoice(flags),
      compare: flags.compare,
      input: flags.data,
      textColumn: flags['text-column'],
      labelColumn: flags['label-column'],
      out: flags['dry-run'] === true ? undefined : flags.out,
      minimum: { accuracy: flags['min-accuracy'], f1: flags['min-f1'] },
      math: flags.math === 'fdlibm' ? 'fdlibm' : 'hotspot-x64',
      ...worldOf(context),
      loadProject: sections => context.loadProject(sections),
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderEvaluation } = await import('../cli/views/evaluation.ts');
    renderEvaluation(result, view);
  }

  protected override ids({ metrics }: Result): readonly string[] {
    return [String(metrics.accuracy)];
  }

  protected override rows({ perClass }: Result): Rows {
    return { columns: ['label', 'support', 'predicted', 'precision', 'recall', 'f1', 'auc'], items: perClass };
  }

  protected override outputs({ metrics }: Result): Outputs {
    return { accuracy: String(metrics.accuracy) };
  }

  protected override verdict({ gate }: Result): SentopsError | undefined {
    if (gate === null || gate.met) return undefined;
    const missed = gate.checks.filter(check => !check.met);
    const said = missed.map(
      ({ metric, value, bound }) => `${metric} is ${value?.toFixed(4) ?? 'unknown'}, below ${bound}`,
    );
    return new SentopsError('GATE_NOT_MET', `${gate.model}: ${said.join('; ')}`, { details: { checks: missed } });
  }
}
