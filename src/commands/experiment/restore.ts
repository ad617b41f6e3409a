import { requiredArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import type { View } from '../../cli/output/view.ts';
import { worldOf } from '../../cli/world.ts';
import type { ChangedExperiment } from '../../lib/runs/experiments.ts';

export type Result = ChangedExperiment;

export default class ExperimentRestore extends SentopsCommand<Result> {
  static override summary = 'Bring a deleted experiment back, with its runs.';
  static override examples = ['<%= config.bin %> experiment restore old-reviews'];
  static override args = {
    experiment: requiredArg({ description: 'Name or id of the experiment.' }),
  };
  static override flags = { ...fieldFlags(['mlflow.trackingUri']) };

  protected async work(context: Context<typeof ExperimentRestore>): Promise<Result> {
    const { args, flags, ask } = context;
    const { moveExperiment } = await import('../../lib/runs/experiments.ts');
    return moveExperiment({
      project: await context.loadProject(['mlflow']),
      experiment: args.experiment,
      to: 'active',
      consent: ask.consent,
      dryRun: flags['dry-run'] === true,
      ...worldOf(context),
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderChangedExperiment } = await import('../../cli/views/experiment.ts');
    renderChangedExperiment(result, view, 'restored');
  }

  protected override ids({ experimentId }: Result): readonly string[] {
    return experimentId === null ? [] : [experimentId];
  }
}
