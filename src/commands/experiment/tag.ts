import { requiredArg, restArgs } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { untagFlag } from '../../cli/run-flags.ts';
import { worldOf } from '../../cli/world.ts';
import type { TaggedExperiment } from '../../lib/runs/experiments.ts';

export type Result = TaggedExperiment;

export default class ExperimentTag extends SentopsCommand<Result> {
  static override summary = 'Set and delete tags of an experiment.';
  static override strict = false;
  static override examples = [
    '<%= config.bin %> experiment tag reviews team=nlp reviewed=yes',
    '<%= config.bin %> experiment tag reviews --delete reviewed',
  ];
  static override args = {
    experiment: requiredArg({ description: 'Name or id of the experiment.' }),
    tags: restArgs({ description: 'Tags to set, as key=value.' }),
  };
  static override flags = {
    ...fieldFlags(['mlflow.trackingUri']),
    delete: untagFlag,
  };

  protected async work(context: Context<typeof ExperimentTag>): Promise<Result> {
    const { args, flags } = context;
    const { parsePairs } = await import('../../lib/runs/read-entries.ts');
    const { tagExperiment } = await import('../../lib/runs/experiments.ts');
    return tagExperiment({
      project: await context.loadProject(['mlflow']),
      experiment: args.experiment,
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

  protected override ids({ experimentId }: Result): readonly string[] {
    return [experimentId];
  }

  protected override rows({ changes }: Result): Rows {
    return { columns: ['key', 'before', 'after'], items: changes };
  }
}
