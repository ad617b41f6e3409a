import { requiredArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import type { View } from '../../cli/output/view.ts';
import { worldOf } from '../../cli/world.ts';
import type { ChangedExperiment } from '../../lib/runs/experiments.ts';

export type Result = ChangedExperiment;

export default class ExperimentDelete extends SentopsCommand<Result> {
  static override summary = 'Mark an experiment and its runs deleted.';
  static override description =
    'Asks first. Nothing is lost: experiment restore brings it back, with its runs, until store gc removes what is marked. The name stays taken.';
  static override examples = [
    '<%= config.bin %> experiment delete old-reviews',
    '<%= config.bin %> experiment delete 3 --yes',
  ];
  static override args = {
    experiment: requiredArg({ description: 'Name or id of the experiment.' }),
  };
  static override flags = { ...fieldFlags(['mlflow.trackingUri']) };

  protected async work(context: Context<typeof ExperimentDelete>): Promise<Result> {
    const { args, flags, ask } = context;
    const { moveExperiment } = await import('../../lib/runs/experiments.ts');
    return moveExperiment({
      project: await context.loadProject(['mlflow']),
      experiment: args.experiment,
      to: 'deleted',
      consent: ask.consent,
      dryRun: flags['dry-run'] === true,
      ...worldOf(context),
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderChangedExperiment } = await import('../../cli/views/experiment.ts');
    renderChangedExperiment(result, view, 'deleted');
  }

  protected override ids({ experimentId }: Result): readonly string[] {
    return experimentId === null ? [] : [experimentId];
  }
}
