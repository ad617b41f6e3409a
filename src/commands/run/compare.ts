import { restArgs } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { selectionFlags } from '../../cli/run-flags.ts';
import { findFlags } from '../../cli/search-flags.ts';
import { comparisonRows } from '../../cli/views/run-compare-rows.ts';
import { worldOf } from '../../cli/world.ts';
import type { RunComparison } from '../../lib/runs/compare-rows.ts';

export type Result = RunComparison;

export default class RunCompare extends SentopsCommand<Result> {
  static override summary = 'Compare runs: only what differs, with the best values marked.';
  static override description =
    'Without runs the newest of the experiment are compared. Metrics whose name says which way is better are marked and drawn as bars; --plot draws a metric over its steps.';
  static override strict = false;
  static override examples = [
    '<%= config.bin %> run compare 3f2a91c0 77b0c2d4',
    '<%= config.bin %> run compare --parent last --all',
    '<%= config.bin %> run compare --experiment reviews --filter "metrics.f1 > 0.8" --format md',
    '<%= config.bin %> run compare 3f2a91c0 77b0c2d4 --metric loss --plot loss.svg',
  ];
  static override args = { runs: restArgs({ description: 'Ids of runs, the first digits of them, or names.' }) };
  static override flags = {
    ...fieldFlags(['mlflow.trackingUri']),
    ...selectionFlags,
    ...findFlags({ filter: 'metrics.accuracy > 0.75', orderBy: 'metrics.accuracy DESC' }),
    limit: Flags.integer({ summary: 'Compare at most this many.', min: 2, max: 1000, default: 10, helpGroup: 'LIST' }),
    'only-changed': Flags.boolean({
      summary: 'Leave out what is the same in all runs (the default).',
      exclusive: ['all'],
    }),
    all: Flags.boolean({ summary: 'Also what is the same in all runs.' }),
    tags: Flags.boolean({ summary: 'Also tags.' }),
    metric: Flags.string({
      summary: 'Only this metric; may be repeated.',
      helpValue: 'NAME',
      multiple: true,
      multipleNonGreedy: true,
    }),
    plot: Flags.string({ summary: 'Picture to write, .svg or .png.', helpValue: 'FILE' }),
  };

  protected async work(context: Context<typeof RunCompare>): Promise<Result> {
    const { args, flags } = context;
    const { compareRuns } = await import('../../lib/runs/compare-runs.ts');
    return compareRuns({
      project: await context.loadProject(['mlflow']),
      runs: args.runs ?? [],
      experiments: flags.experiment ?? [],
      everywhere: flags['all-experiments'] === true,
      filter: flags.filter,
      parent: flags.parent,
      orderBy: flags['order-by'],
      limit: flags.limit,
      all: flags.all === true,
      tags: flags.tags === true,
      metrics: flags.metric ?? [],
      plot: flags['dry-run'] === true ? undefined : flags.plot,
      ...worldOf(context),
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderComparison } = await import('../../cli/views/run-compare.ts');
    await renderComparison(result, view, this.settings?.unicode === true);
  }

  protected override ids({ runs }: Result): readonly string[] {
    return runs.map(({ runId }) => runId);
  }

  protected override rows(result: Result): Rows {
    return comparisonRows(result);
  }
}
