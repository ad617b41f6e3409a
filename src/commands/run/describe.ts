import { requiredArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import type { Outputs } from '../../cli/ci/outputs.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { worldOf } from '../../cli/world.ts';
import type { RunDescription } from '../../lib/runs/describe-run.ts';

export type Result = RunDescription;

export default class RunDescribe extends SentopsCommand<Result> {
  static override summary = 'Show everything about a run: metrics and their course, parameters, nested runs, files.';
  static override examples = [
    '<%= config.bin %> run describe last',
    '<%= config.bin %> run describe 3f2a91c0',
    '<%= config.bin %> run describe LogisticRegression --experiment reviews --json',
  ];
  static override args = {
    run: requiredArg({ description: 'Id of the run, the first digits of it, its name, or last.' }),
  };
  static override flags = {
    ...fieldFlags(['mlflow.trackingUri']),
    experiment: Flags.string({ summary: 'Experiment to look for the run in.', helpValue: 'NAME' }),
  };

  protected async work(context: Context<typeof RunDescribe>): Promise<Result> {
    const { args, flags } = context;
    const { describeRun } = await import('../../lib/runs/describe-run.ts');
    const project = await context.loadProject(['mlflow']);
    return describeRun({ project, run: args.run, experiment: flags.experiment, ...worldOf(context) });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderRunDescription } = await import('../../cli/views/run.ts');
    renderRunDescription(result, view, this.settings?.unicode === true);
  }

  protected override ids({ run }: Result): readonly string[] {
    return [run.runId];
  }

  protected override outputs({ run }: Result): Outputs {
    return { 'run-id': run.runId };
  }

  protected override rows({ run }: Result): Rows {
    const metrics = Object.entries(run.metrics).map(([key, value]) => ({ kind: 'metric', key, value: value ?? 'NaN' }));
    const params = Object.entries(run.params).map(([key, value]) => ({ kind: 'param', key, value }));
    const tags = Object.entries(run.tags).map(([key, value]) => ({ kind: 'tag', key, value }));
    return { columns: ['kind', 'key', 'value'], items: [...metrics, ...params, ...tags] };
  }
}
