import { requiredArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import type { Outputs } from '../../cli/ci/outputs.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import type { View } from '../../cli/output/view.ts';
import { worldOf } from '../../cli/world.ts';
import type { CopyReport } from '../../lib/registry/copy.ts';

export type Result = CopyReport;

export default class ModelCopy extends SentopsCommand<Result> {
  static override summary = 'Make a version of another registered model of the same thing, here or on another server.';
  static override description =
    `In one registry the new version refers to the old one, as MLflow's copy_model_version makes it. With --to-uri the files go along, with a run that has the metrics, parameters and data of the old one.
Credentials are never sent to a second server: it gets those in SENTOPS_TO_TOKEN, or SENTOPS_TO_USERNAME and SENTOPS_TO_PASSWORD. The same version copied again gives the same copy.`;
  static override examples = [
    '<%= config.bin %> model copy reviews@champion reviews-production',
    '<%= config.bin %> model copy reviews/4 reviews --to-uri https://mlflow.example.com',
    '<%= config.bin %> model copy reviews/Staging reviews --to-uri sqlite:///backup.db --dry-run',
  ];
  static override args = {
    from: requiredArg({
      description: 'NAME, NAME/3, NAME/Production or NAME@champion; the newest version of a bare name.',
    }),
    to: requiredArg({ description: 'Registered model to copy to; made where there is none.' }),
  };
  static override flags = {
    'to-uri': Flags.string({ summary: 'MLflow server or database to copy to.', helpValue: 'URI' }),
    ...fieldFlags(['mlflow.trackingUri', 'mlflow.experiment']),
  };

  protected async work(context: Context<typeof ModelCopy>): Promise<Result> {
    const { args, flags } = context;
    const { copyModel } = await import('../../lib/registry/copy.ts');
    return copyModel({
      project: await context.loadProject(['mlflow']),
      from: args.from,
      to: args.to,
      toUri: flags['to-uri'],
      dryRun: flags['dry-run'] === true,
      ...worldOf(context),
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderCopy } = await import('../../cli/views/registry.ts');
    renderCopy(result, view);
  }

  protected override ids({ to }: Result): readonly string[] {
    return to.version === null ? [] : [String(to.version)];
  }

  protected override outputs({ to }: Result): Outputs {
    return to.version === null ? {} : { 'model-version': to.version };
  }
}
