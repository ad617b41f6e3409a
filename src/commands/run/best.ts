import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import type { Outputs } from '../../cli/ci/outputs.ts';
import { SentopsError } from '../../cli/errors.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { RUN_STATUS_FLAG, selectionFlags } from '../../cli/run-flags.ts';
import { worldOf } from '../../cli/world.ts';
import type { BestRun } from '../../lib/runs/best-run.ts';
import type { RunStatus } from '../../lib/tracking/entities.ts';

export type Result = BestRun;

export default class RunBest extends SentopsCommand<Result> {
  static override summary = 'Find the run with the best value of a metric, and hold it to a bound.';
  static override description =
    'Only runs that have the metric count. Which end is best follows from its name (of loss, error or seconds the least) unless --mode says so. The exit code is 5 where no run has the metric, 12 where the best one misses --min or --max; it is printed all the same.';
  static override examples = [
    '<%= config.bin %> run best --metric accuracy --min 0.75',
    '<%= config.bin %> run best --metric loss --experiment reviews --json',
    'RUN_ID=$(<%= config.bin %> run best --metric f1 -q)',
  ];
  static override flags = {
    ...fieldFlags(['mlflow.trackingUri']),
    ...selectionFlags,
    metric: Flags.string({ summary: 'Metric to go by.', helpValue: 'NAME', default: 'accuracy' }),
    mode: Flags.string({
      summary: 'Which end is best; by the name of the metric where absent.',
      options: ['max', 'min'],
    }),
    min: Flags.string({ summary: 'Least value (exit 12 below it).', helpValue: 'N', helpGroup: 'GATE' }),
    max: Flags.string({ summary: 'Greatest value (exit 12 above it).', helpValue: 'N', helpGroup: 'GATE' }),
    filter: Flags.string({ summary: `MLflow filter, for instance "tags.team = 'nlp'".`, helpValue: 'EXPR' }),
    status: Flags.string(RUN_STATUS_FLAG),
  };

  protected async work(context: Context<typeof RunBest>): Promise<Result> {
    const { flags } = context;
    const { findBestRun } = await import('../../lib/runs/best-run.ts');
    return findBestRun({
      project: await context.loadProject(['mlflow']),
      metric: flags.metric,
      mode: flags.mode as 'max' | 'min' | undefined,
      min: flags.min,
      max: flags.max,
      experiments: flags.experiment ?? [],
      everywhere: flags['all-experiments'] === true,
      filter: flags.filter,
      parent: flags.parent,
      status: flags.status as RunStatus | undefined,
      ...worldOf(context),
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderBestRun } = await import('../../cli/views/run.ts');
    renderBestRun(result, view);
  }

  protected override ids({ run }: Result): readonly string[] {
    return [run.runId];
  }

  protected override rows({ run, runnersUp, value }: Result): Rows {
    return { columns: ['runId', 'name', 'value'], items: [{ ...run, value }, ...runnersUp] };
  }

  protected override outputs({ run, metric, value }: Result): Outputs {
    const accuracy = metric === 'accuracy' ? value : run.metrics['accuracy'];
    return { 'run-id': run.runId, ...(typeof accuracy === 'number' ? { accuracy } : {}) };
  }

  protected override verdict({ gate, metric, value, run }: Result): SentopsError | undefined {
    if (gate === null || gate.met) return undefined;
    const bound = gate.min !== null && value < gate.min ? `below ${gate.min}` : `above ${gate.max}`;
    return new SentopsError('GATE_NOT_MET', `${metric} of the best run, ${run.name}, is ${value}, ${bound}`, {
      hint: `look at it with: sentops run describe ${run.runId}`,
      details: { runId: run.runId, metric, value, min: gate.min, max: gate.max },
    });
  }
}
