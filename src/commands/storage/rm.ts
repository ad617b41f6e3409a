import { requiredArg, restArgs } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import type { SentopsError } from '../../cli/errors.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { recursiveFlag, STORAGE_SECTIONS, timeFlags } from '../../cli/storage-flags.ts';
import { worldOf } from '../../cli/world.ts';
import type { RemoveResult } from '../../lib/storage/operate/remove/remove-objects.ts';

export type Result = RemoveResult;

export default class StorageRm extends SentopsCommand<Result> {
  static override summary = 'Delete objects, or folders with all that is in them.';
  static override description =
    `It asks first, and says how much would go; --yes answers. Everything in a bucket goes only with -r. An object that was replaced since it was listed stays, and links are not followed. Locations and patterns are those of storage ls.`;
  static override examples = [
    '<%= config.bin %> storage rm gs://my-bucket/data/old.csv',
    '<%= config.bin %> storage rm -r checkpoint:streaming --yes',
    '<%= config.bin %> storage rm "predictions:**/*.tmp" --dry-run',
  ];
  static override strict = false;
  static override args = {
    location: requiredArg({ description: 'URI, path or pattern.' }),
    more: restArgs({ description: 'More of them.' }),
  };
  static override flags = {
    recursive: recursiveFlag('Delete folders with all that is in them.'),
    ...timeFlags,
    ...fieldFlags(['storage.concurrency', 'storage.userProject']),
  };

  private failure: SentopsError | undefined;

  protected async work(context: Context<typeof StorageRm>): Promise<Result> {
    const { args, flags, ask } = context;
    const { removeObjects } = await import('../../lib/storage/operate/remove/remove-objects.ts');
    const { verdictOf } = await import('../../lib/storage/operate/failed-item.ts');
    const { describeRemoval } = await import('../../cli/views/storage.ts');
    const result = await removeObjects({
      ...worldOf(context),
      project: await context.loadProject(STORAGE_SECTIONS),
      locations: [args.location, ...(args.more ?? [])],
      recursive: flags.recursive === true,
      newer: flags.newer,
      date: flags.date,
      dryRun: flags['dry-run'] === true,
      confirm: plan => ask.consent(describeRemoval(plan)),
    });
    this.failure = verdictOf(result.items, 'deleted');
    return result;
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderRemoval } = await import('../../cli/views/storage.ts');
    renderRemoval(result, view);
  }

  protected override rows({ items }: Result): Rows {
    return { columns: ['uri', 'bytes', 'state'], items };
  }

  protected override ids({ items }: Result): readonly string[] {
    return items.filter(({ state }) => state === 'deleted' || state === 'planned').map(({ uri }) => uri);
  }

  protected override verdict(): SentopsError | undefined {
    return this.failure;
  }
}
