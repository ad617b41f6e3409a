import { restArgs } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { moveFlags } from '../../cli/run-flags.ts';
import { worldOf } from '../../cli/world.ts';
import type { MovedRuns } from '../../lib/runs/change-runs.ts';

export type Result = MovedRuns;

export default class RunDelete extends SentopsCommand<Result> {
  static override summary = 'Mark runs deleted.';
  static override description =
    'Asks first. Nothing is lost: run restore brings them back until store gc removes what is marked.';
  static override strict = false;
  static override examples = [
    '<%= config.bin %> run delete 3f2a91c0',
    '<%= config.bin %> run delete 3f2a91c0 77b0c2d4 --children --yes',
  ];
  static override args = {
    runs: restArgs({ description: 'Ids of runs, the first digits of them, or names.' }),
  };
  static override flags = {
    ...fieldFlags(['mlflow.trackingUri']),
    ...moveFlags,
  };

  protected async work(context: Context<typeof RunDelete>): Promise<Result> {
    const { args, flags, ask } = context;
    const { moveRuns } = await import('../../lib/runs/change-runs.ts');
    return moveRuns({
      project: await context.loadProject(['mlflow']),
      runs: args.runs ?? [],
      experiment: flags.experiment,
      children: flags.children === true,
      to: 'deleted',
      consent: ask.consent,
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
