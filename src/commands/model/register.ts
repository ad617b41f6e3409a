import { requiredArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import type { Outputs } from '../../cli/ci/outputs.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import type { View } from '../../cli/output/view.ts';
import { worldOf } from '../../cli/world.ts';
import type { Registration } from '../../lib/registry/registration.ts';

export type Result = Registration;

export default class ModelRegister extends SentopsCommand<Result> {
  static override summary = 'Make a version of a registered model: of what a run logged, or of a folder.';
  static override description =
    `Before anything is registered the files are looked at: what is not there, or is no model, is refused. A folder is uploaded first, as the artifacts of a run that is made for it.
The same thing gives the same version, however often it is registered, also after a run of this command that was cut off.`;
  static override examples = [
    '<%= config.bin %> model register reviews --run 1f0c2d4e',
    '<%= config.bin %> model register reviews --run logisticregression --path model --tag team=search',
    'VERSION=$(<%= config.bin %> model register reviews --model-path models/ngram -q)',
  ];
  static override args = { name: requiredArg({ description: 'Registered model; made where there is none.' }) };
  static override flags = {
    run: Flags.string({ summary: 'Id, beginning of an id, or name of the run.', helpValue: 'RUN' }),
    path: Flags.string({
      summary: 'Folder of the model in the artifacts of the run, or name of a logged model.',
      helpValue: 'PATH',
      default: 'model',
    }),
    'model-path': Flags.string({ summary: 'Model folder of this machine, instead of a run.', helpValue: 'DIR' }),
    description: Flags.string({ summary: 'Description of the version.', helpValue: 'TEXT' }),
    tag: Flags.string({
      summary: 'Tag of the version; may be repeated.',
      helpValue: 'KEY=VALUE',
      multiple: true,
      multipleNonGreedy: true,
    }),
    ...fieldFlags(['mlflow.trackingUri', 'mlflow.experiment']),
  };

  protected async work(context: Context<typeof ModelRegister>): Promise<Result> {
    const { args, flags } = context;
    const { registerModel } = await import('../../lib/registry/register.ts');
    const { parsePairs } = await import('../../lib/runs/read-entries.ts');
    return registerModel({
      project: await context.loadProject(['mlflow']),
      name: args.name,
      run: flags.run,
      path: flags.path,
      modelPath: flags['model-path'],
      description: flags.description,
      tags: parsePairs(flags.tag ?? [], '--tag'),
      dryRun: flags['dry-run'] === true,
      ...worldOf(context),
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderRegistration } = await import('../../cli/views/registry.ts');
    renderRegistration(result, view);
  }

  protected override ids({ version }: Result): readonly string[] {
    return version === null ? [] : [String(version)];
  }

  protected override outputs({ version, runId }: Result): Outputs {
    return {
      ...(version === null ? {} : { 'model-version': version }),
      ...(runId === null ? {} : { 'run-id': runId }),
    };
  }
}
