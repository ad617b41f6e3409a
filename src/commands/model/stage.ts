import { requiredArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import type { Outputs } from '../../cli/ci/outputs.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import type { View } from '../../cli/output/view.ts';
import { worldOf } from '../../cli/world.ts';
import type { StageChange } from '../../lib/registry/set-pointer.ts';

export type Result = StageChange;

export default class ModelStage extends SentopsCommand<Result> {
  static override summary = 'Move a version to a stage.';
  static override description =
    'Versions that are in Staging or Production are archived unless --keep-existing is given. Sets the stage and nothing else, without a comparison; the history of the model tells of it. To let a better version take over, use model promote.';
  static override examples = [
    '<%= config.bin %> model stage reviews --version 4 --to Staging',
    '<%= config.bin %> model stage reviews --version 3 --to Archived',
    '<%= config.bin %> model stage reviews --version 4 --to Production --keep-existing',
  ];
  static override args = { name: requiredArg({ description: 'Registered model.' }) };
  static override flags = {
    version: Flags.integer({ required: true, summary: 'Version to move.', min: 1, helpValue: 'N' }),
    to: Flags.string({ required: true, summary: 'Stage.', helpValue: 'None|Staging|Production|Archived' }),
    'keep-existing': Flags.boolean({ summary: 'Leave the versions that are in the stage where they are.' }),
    ...fieldFlags(['mlflow.trackingUri']),
  };

  protected async work(context: Context<typeof ModelStage>): Promise<Result> {
    const { args, flags } = context;
    const { changeStage } = await import('../../lib/registry/set-pointer.ts');
    const { readStage } = await import('../../lib/registry/promotion-target.ts');
    return changeStage({
      to: readStage(flags.to, '--to'),
      project: await context.loadProject(['mlflow']),
      name: args.name,
      version: flags.version,
      keepExisting: flags['keep-existing'] === true,
      dryRun: flags['dry-run'] === true,
      ...worldOf(context),
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderStage } = await import('../../cli/views/registry-change.ts');
    renderStage(result, view);
  }

  protected override ids({ version }: Result): readonly string[] {
    return [String(version)];
  }

  protected override outputs({ version }: Result): Outputs {
    return { 'model-version': version };
  }
}
