import { requiredArg, restArgs } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { untagFlag } from '../../cli/run-flags.ts';
import { worldOf } from '../../cli/world.ts';
import type { TaggedRun } from '../../lib/runs/change-runs.ts';

export type Result = TaggedRun;

export default class RunTag extends SentopsCommand<Result> {
  static override summary = 'Set and delete tags of a run.';
  static override strict = false;
  static override examples = [
    '<%= config.bin %> run tag last team=nlp reviewed=yes',
    '<%= config.bin %> run tag last --delete reviewed',
  ];
  static override args = {
    run: requiredArg({ description: 'Id of the run, the first digits of it, its name, or last.' }),
    tags: restArgs({ description: 'Tags to set, as key=value.' }),
  };
  static override flags = {
    ...fieldFlags(['mlflow.trackingUri']),
    experiment: Flags.string({ summary: 'Experiment to look for the run in.', helpValue: 'NAME' }),
    delete: untagFlag,
  };

  protected async work(context: Context<typeof RunTag>): Promise<Result> {
    const { args, flags } = context;
    const { parsePairs } = await import('../../lib/runs/read-entries.ts');
    const { tagRun } = await import('../../lib/runs/change-runs.ts');
    return tagRun({
      project: await context.loadProject(['mlflow']),
      run: args.run,
      experiment: flags.experiment,
      set: parsePairs(args.tags ?? [], 'TAGS'),
      remove: flags.delete ?? [],
      dryRun: flags['dry-run'] === true,
      ...worldOf(context),
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderTags } = await import('../../cli/views/run.ts');
    renderTags(result, view);
  }

  protected override ids({ runId }: Result): readonly string[] {
    return [runId];
  }

  protected override rows({ changes }: Result): Rows {
    return { columns: ['key', 'before', 'after'], items: changes };
  }
}
