import { requiredArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import type { View } from '../../cli/output/view.ts';
import { worldOf } from '../../cli/world.ts';
import type { DeletedModel } from '../../lib/registry/delete-model.ts';

export type Result = DeletedModel;

export default class ModelDelete extends SentopsCommand<Result> {
  static override summary = 'Delete a version, or a registered model with all of its versions.';
  static override description =
    'Asks first. A version that serves, in stage Production or under the alias that stands for it, needs --force. The files stay where they are, and numbers of versions are not used again.';
  static override examples = [
    '<%= config.bin %> model delete reviews --version 2',
    '<%= config.bin %> model delete reviews --yes',
    '<%= config.bin %> model delete reviews --dry-run --json',
  ];
  static override args = { name: requiredArg({ description: 'Registered model.' }) };
  static override flags = {
    version: Flags.integer({ summary: 'Delete only this version.', min: 1, helpValue: 'N' }),
    force: Flags.boolean({ summary: 'Delete what serves, too.' }),
    ...fieldFlags(['mlflow.trackingUri']),
  };

  protected async work(context: Context<typeof ModelDelete>): Promise<Result> {
    const { args, flags, ask } = context;
    const { deleteModel } = await import('../../lib/registry/delete-model.ts');
    return deleteModel({
      project: await context.loadProject(['mlflow']),
      name: args.name,
      version: flags.version,
      force: flags.force === true,
      dryRun: flags['dry-run'] === true,
      consent: question => ask.consent(question),
      ...worldOf(context),
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderDeletion } = await import('../../cli/views/registry-change.ts');
    renderDeletion(result, view);
  }

  protected override ids({ model, version }: Result): readonly string[] {
    return [version === null ? model : String(version)];
  }
}
