import { requiredArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import type { Outputs } from '../../cli/ci/outputs.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import type { View } from '../../cli/output/view.ts';
import { placeFlags } from '../../cli/promotion-flags.ts';
import { worldOf } from '../../cli/world.ts';
import type { RollbackReport } from '../../lib/registry/rollback.ts';

export type Result = RollbackReport;

export default class ModelRollback extends SentopsCommand<Result> {
  static override summary = 'Return to the version that served before.';
  static override description =
    `Which one that was, the history of the model tells (model describe --history): not the version with the number below. A second rollback goes further back; it never returns to a version that was just left. To go forward again, promote.
Nothing is compared: this is for when something is wrong now.`;
  static override examples = [
    '<%= config.bin %> model rollback reviews',
    '<%= config.bin %> model rollback reviews --alias champion --dry-run',
    '<%= config.bin %> model rollback reviews --steps 2 --reason "drift since Monday"',
  ];
  static override args = { name: requiredArg({ description: 'Registered model.' }) };
  static override flags = {
    ...placeFlags,
    steps: Flags.integer({ summary: 'How many changes to go back.', min: 1, default: 1, helpValue: 'N' }),
    reason: Flags.string({ summary: 'Why; it is kept in the history.', helpValue: 'TEXT' }),
    ...fieldFlags(['mlflow.trackingUri']),
  };

  protected async work(context: Context<typeof ModelRollback>): Promise<Result> {
    const { args, flags } = context;
    const { rollbackModel } = await import('../../lib/registry/rollback.ts');
    return rollbackModel({
      project: await context.loadProject(['mlflow']),
      name: args.name,
      to: flags.to,
      alias: flags.alias,
      steps: flags.steps,
      reason: flags.reason,
      dryRun: flags['dry-run'] === true,
      ...worldOf(context),
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderRollback } = await import('../../cli/views/registry-change.ts');
    renderRollback(result, view);
  }

  protected override ids({ to }: Result): readonly string[] {
    return [String(to)];
  }

  protected override outputs({ to }: Result): Outputs {
    return { 'model-version': to, decision: 'rollback' };
  }
}
