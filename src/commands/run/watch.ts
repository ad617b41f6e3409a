import { optionalArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { SentopsError } from '../../cli/errors.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { worldOf } from '../../cli/world.ts';
import type { WatchedRun } from '../../lib/runs/watch-run.ts';

export type Result = WatchedRun;

export default class RunWatch extends SentopsCommand<Result> {
  static override summary = 'Follow a run: its metrics as a plot that grows, until the run ends.';
  static override description =
    'Runs nested in it are followed with it. At a terminal plots are redrawn in place; elsewhere each new value is a line, with --format jsonl an event. The exit code is 10 when the run failed, 11 when it was killed. Ctrl-C ends the watching, not the run.';
  static override examples = [
    '<%= config.bin %> run watch',
    '<%= config.bin %> run watch 3f2a91c0 --metric loss --metric accuracy --interval 5s',
    '<%= config.bin %> run watch last --format jsonl',
    '<%= config.bin %> run watch last --once',
  ];
  static override args = {
    run: optionalArg({ description: 'Id of the run, the first digits of it, or its name; the newest where absent.' }),
  };
  static override flags = {
    ...fieldFlags(['mlflow.trackingUri']),
    experiment: Flags.string({ summary: 'Experiment to look for the run in.', helpValue: 'NAME' }),
    metric: Flags.string({
      summary: 'Only this metric; may be repeated.',
      helpValue: 'NAME',
      multiple: true,
      multipleNonGreedy: true,
    }),
    interval: Flags.string({ summary: 'Time between two looks.', helpValue: 'DURATION', default: '2s' }),
    once: Flags.boolean({ summary: 'Show how it stands now and do not wait.' }),
  };

  private follows = true;
  private streams = false;

  protected async work(context: Context<typeof RunWatch>): Promise<Result> {
    const { args, flags } = context;
    const once = flags.once === true;
    this.follows = !once;
    const project = await context.loadProject(['mlflow']);
    const { watchRun } = await import('../../lib/runs/watch-run.ts');
    const { openWatchOutput } = await import('../../cli/views/run-watch.ts');
    const output = await openWatchOutput(context, once);
    this.streams = output.streams;
    const { experiment, metric: metrics = [], interval } = flags;
    const run = args.run ?? 'last';
    try {
      return await watchRun({ project, run, experiment, metrics, interval, once, ...output, ...worldOf(context) });
    } finally {
      output.close();
    }
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderWatchedRun } = await import('../../cli/views/run-watch.ts');
    if (this.settings) await renderWatchedRun(result, view, this.settings, this.streams);
  }

  protected override ids({ run }: Result): readonly string[] {
    return [run.runId];
  }

  protected override rows({ series }: Result): Rows {
    return { columns: ['run', 'metric', 'points', 'last'], items: series };
  }

  protected override verdict({ run }: Result): SentopsError | undefined {
    if (!this.follows || (run.status !== 'FAILED' && run.status !== 'KILLED')) return undefined;
    const [code, ended] =
      run.status === 'FAILED' ? (['JOB_FAILED', 'failed'] as const) : (['JOB_CANCELLED', 'was killed'] as const);
    return new SentopsError(code, `run ${run.name} ${ended}`, {
      hint: `look at it with: sentops run describe ${run.runId}`,
    });
  }
}
