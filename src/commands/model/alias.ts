import { requiredArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import type { Outputs } from '../../cli/ci/outputs.ts';
import { SentopsError } from '../../cli/errors.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import type { View } from '../../cli/output/view.ts';
import { worldOf } from '../../cli/world.ts';
import type { AliasChange } from '../../lib/registry/set-pointer.ts';

export type Result = AliasChange;

export default class ModelAlias extends SentopsCommand<Result> {
  static override summary = 'Point an alias at a version, or delete it.';
  static override description =
    'Sets this alias and nothing else, without a comparison; the history of the model tells of it. To let a better version take over, use model promote.';
  static override examples = [
    '<%= config.bin %> model alias reviews candidate --version 4',
    '<%= config.bin %> model alias reviews candidate --delete',
  ];
  static override args = {
    name: requiredArg({ description: 'Registered model.' }),
    alias: requiredArg({ description: 'Alias.' }),
  };
  static override flags = {
    version: Flags.integer({ summary: 'Version to point at.', min: 1, helpValue: 'N' }),
    delete: Flags.boolean({ summary: 'Delete the alias.' }),
    ...fieldFlags(['mlflow.trackingUri']),
  };

  protected async work(context: Context<typeof ModelAlias>): Promise<Result> {
    const { args, flags } = context;
    if ((flags.version === undefined) === (flags.delete !== true))
      throw new SentopsError('USAGE', 'say what to do with the alias: --version N or --delete');
    const { changeAlias } = await import('../../lib/registry/set-pointer.ts');
    return changeAlias({
      project: await context.loadProject(['mlflow']),
      name: args.name,
      alias: args.alias,
      version: flags.version ?? null,
      dryRun: flags['dry-run'] === true,
      ...worldOf(context),
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderAlias } = await import('../../cli/views/registry-change.ts');
    renderAlias(result, view);
  }

  protected override ids({ after }: Result): readonly string[] {
    return after === null ? [] : [String(after)];
  }

  protected override outputs({ after }: Result): Outputs {
    return after === null ? {} : { 'model-version': after };
  }
}
