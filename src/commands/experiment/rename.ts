import { requiredArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import type { View } from '../../cli/output/view.ts';
import { worldOf } from '../../cli/world.ts';
import type { ChangedExperiment } from '../../lib/runs/experiments.ts';

export type Result = ChangedExperiment;

export default class ExperimentRename extends SentopsCommand<Result> {
  static override summary = 'Give an experiment another name; its runs stay with it.';
  static override examples = ['<%= config.bin %> experiment rename reviews old-reviews'];
  static override args = {
    experiment: requiredArg({ description: 'Name or id of the experiment.' }),
    name: requiredArg({ description: 'The new name.' }),
  };
  static override flags = { ...fieldFlags(['mlflow.trackingUri']) };

  protected async work(context: Context<typeof ExperimentRename>): Promise<Result> {
    const { args, flags } = context;
    const { renameExperiment } = await import('../../lib/runs/experiments.ts');
    return renameExperiment({
      project: await context.loadProject(['mlflow']),
      experiment: args.experiment,
      name: args.name,
      dryRun: flags['dry-run'] === true,
      ...worldOf(context),
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderChangedExperiment } = await import('../../cli/views/experiment.ts');
    renderChangedExperiment(result, view, 'renamed');
  }

  protected override ids({ experimentId }: Result): readonly string[] {
    return experimentId === null ? [] : [experimentId];
  }
}
