import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import type { View } from '../../cli/output/view.ts';
import { worldOf } from '../../cli/world.ts';
import type { GarbageCollection } from '../../lib/tracking/maintain/collect-garbage.ts';

export type Result = GarbageCollection;

export default class StoreGc extends SentopsCommand<Result> {
  static override summary = 'Delete for good what was deleted before, with its artifacts.';
  static override description =
    `Experiments, runs and logged models that were marked as deleted long enough ago, and old folders of runs that the store does not know, where no other database lies beside it. What a registered version is made of stays.
Only files beside the database are removed; links are not followed. Artifacts elsewhere (gs://) stay. A run of it that was broken off is completed by the next one.`;
  static override examples = [
    '<%= config.bin %> store gc --dry-run',
    '<%= config.bin %> store gc --older-than 7d',
    '<%= config.bin %> store gc --older-than 0s --yes',
  ];
  static override flags = {
    ...fieldFlags(['mlflow.trackingUri']),
    'older-than': Flags.string({
      summary: 'Only what was deleted at least so long ago.',
      default: '30d',
      helpValue: 'TIME',
    }),
  };

  protected async work(context: Context<typeof StoreGc>): Promise<Result> {
    const { flags, ask } = context;
    const { parseDuration } = await import('../../lib/core/duration.ts');
    const olderThanMs = parseDuration(flags['older-than'], '--older-than');
    const project = await context.loadProject(['mlflow']);
    const { collectGarbage } = await import('../../lib/tracking/maintain/collect-garbage.ts');
    const { describeGarbage } = await import('../../cli/views/store-upkeep.ts');
    return collectGarbage({
      ...worldOf(context),
      project,
      olderThanMs,
      dryRun: flags['dry-run'] === true,
      confirm: plan => ask.consent(`Delete for good ${describeGarbage(plan)} of ${plan.file}?`),
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderGarbage } = await import('../../cli/views/store-upkeep.ts');
    renderGarbage(result, view);
  }
}
