import { restArgs } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { moveFlags } from '../../cli/run-flags.ts';
import { worldOf } from '../../cli/world.ts';
import type { MovedRuns } from '../../lib/runs/change-runs.ts';

export type Result = MovedRuns;

export default class RunRestore extends SentopsCommand<Result> {
  static override summary = 'Bring deleted runs back.';
  static override description = 'A run that is active already is left as it is.';
  static override strict = false;
  static override examples = [
    '<%= config.bin %> run restore 3f2a91c0',
    '<%= config.bin %> run restore 3f2a91c0 --children',
  ];
  static override args = {
    runs: restArgs({ description: 'Ids of runs, the first digits of them, or names.' }),
  };
  static override flags = {
    ...fieldFlags(['mlflow.trackingUri']),
    ...moveFlags,
  };

  protected async work(context: Context<typeof RunRestore>): Promise<Result> {
    const { args, flags } = context;
    const { moveRuns } = await import('../../lib/runs/change-runs.ts');
    return moveRuns({
      project: await context.loadProject(['mlflow']),
      runs: args.runs ?? [],
      experiment: flags.experiment,
      children: flags.children === true,
      to: 'active',
      consent: async () => {},
      dryRun: flags['dry-run'] === true,
      ...worldOf(context),
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderMovedRuns } = await import('../../cli/views/run.ts');
    renderMovedRuns(result, view);
  }

  protected override ids({ runs }: Result): readonly string[] {
    return runs.map(({ runId }) => runId);
  }

  protected override rows({ runs }: Result): Rows {
    return { columns: ['runId', 'name', 'was', 'is'], items: runs };
  }
}
