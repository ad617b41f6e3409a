import { optionalArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import type { Outputs } from '../../cli/ci/outputs.ts';
import { SentopsError } from '../../cli/errors.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import type { View } from '../../cli/output/view.ts';
import { RUN_STATUS_FLAG } from '../../cli/run-flags.ts';
import { worldOf } from '../../cli/world.ts';
import type { LoggedRun } from '../../lib/runs/log-run.ts';
import type { RunStatus } from '../../lib/tracking/entities.ts';

export type Result = LoggedRun;

const several = (summary: string, helpValue: string) =>
  Flags.string({ summary, helpValue, multiple: true, multipleNonGreedy: true });

export default class RunLog extends SentopsCommand<Result> {
  static override summary = 'Record metrics, parameters, tags and the status of a run, from a script or a pipe.';
  static override description =
    `With --new a run is made first; -q prints its id. Values also come as lines of JSON with -i: {"metrics":{"loss":0.3},"step":12}, beside them params, tags and status, or as run export writes them. Each line is recorded as it arrives.`;
  static override examples = [
    'RUN_ID=$(<%= config.bin %> run log --new --experiment reviews --name nightly --param seed=42 -q)',
    '<%= config.bin %> run log $RUN_ID --metric accuracy=0.91 --metric loss=0.3@12',
    'python train.py | <%= config.bin %> run log --new -i - --status FINISHED',
    '<%= config.bin %> run log last --status FINISHED',
  ];
  static override args = {
    run: optionalArg({ description: 'Id of the run, the first digits of it, its name, or last; or --new.' }),
  };
  static override flags = {
    ...fieldFlags(['mlflow.trackingUri']),
    new: Flags.boolean({ summary: 'Make a run.' }),
    experiment: Flags.string({ summary: "Experiment; the project's for a new run.", helpValue: 'NAME' }),
    name: Flags.string({ summary: 'Name of the new run.', helpValue: 'NAME', dependsOn: ['new'] }),
    parent: Flags.string({ summary: 'Run to nest the new one in.', helpValue: 'RUN', dependsOn: ['new'] }),
    metric: several('Value of a metric, with its step; may be repeated.', 'NAME=VALUE[@STEP]'),
    param: several('Parameter; may be repeated.', 'NAME=VALUE'),
    tag: several('Tag; may be repeated.', 'NAME=VALUE'),
    status: Flags.string({ ...RUN_STATUS_FLAG, summary: 'What becomes of the run, at last.' }),
    input: Flags.string({ char: 'i', summary: 'File with lines of JSON; - for standard input.', helpValue: 'FILE' }),
  };

  protected async work(context: Context<typeof RunLog>): Promise<Result> {
    const { args, flags } = context;
    if ((args.run === undefined) !== (flags.new === true))
      throw new SentopsError('USAGE', args.run === undefined ? 'no run is named' : 'either a run or --new', {
        hint: 'name a run by id or name, or make one with --new',
      });
    const { logRun } = await import('../../lib/runs/log-run.ts');
    return logRun({
      project: await context.loadProject(['mlflow']),
      run: args.run,
      experiment: flags.experiment,
      name: flags.name,
      parent: flags.parent,
      metrics: flags.metric ?? [],
      params: flags.param ?? [],
      tags: flags.tag ?? [],
      status: flags.status as RunStatus | undefined,
      input: flags.input,
      dryRun: flags['dry-run'] === true,
      ...worldOf(context),
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderLoggedRun } = await import('../../cli/views/run.ts');
    renderLoggedRun(result, view);
  }

  protected override ids({ runId }: Result): readonly string[] {
    return runId === null ? [] : [runId];
  }

  protected override outputs({ runId }: Result): Outputs {
    return runId === null ? {} : { 'run-id': runId };
  }
}
