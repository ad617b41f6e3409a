import { requiredArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { worldOf } from '../../cli/world.ts';
import type { ExperimentDescription } from '../../lib/runs/experiments.ts';

export type Result = ExperimentDescription;

export default class ExperimentDescribe extends SentopsCommand<Result> {
  static override summary = 'Show an experiment and its newest runs.';
  static override examples = [
    '<%= config.bin %> experiment describe sentiment-analysis-pipeline',
    '<%= config.bin %> experiment describe 1 --limit 50 --json',
  ];
  static override args = { experiment: requiredArg({ description: 'Name or id of the experiment.' }) };
  static override flags = {
    ...fieldFlags(['mlflow.trackingUri']),
    limit: Flags.integer({ summary: 'Runs to show.', min: 1, max: 10_000, default: 10 }),
  };

  protected async work(context: Context<typeof ExperimentDescribe>): Promise<Result> {
    const { describeExperiment } = await import('../../lib/runs/experiments.ts');
    const project = await context.loadProject(['mlflow']);
    const { args, flags } = context;
    return describeExperiment({ project, experiment: args.experiment, limit: flags.limit, ...worldOf(context) });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderExperiment } = await import('../../cli/views/experiment.ts');
    renderExperiment(result, view, this.settings?.unicode === true);
  }

  protected override ids({ experiment }: Result): readonly string[] {
    return [experiment.experimentId];
  }

  protected override rows({ runs }: Result): Rows {
    return { columns: ['runId', 'name', 'status', 'startedAt', 'seconds', 'metrics', 'params'], items: runs.items };
  }
}
