import { requiredArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import type { SentopsError } from '../../cli/errors.ts';
import { Flags } from '../../cli/framework.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { noClobberFlag, recursiveFlag, STORAGE_SECTIONS, transferFlags } from '../../cli/storage-flags.ts';
import { worldOf } from '../../cli/world.ts';
import type { SyncResult } from '../../lib/storage/operate/sync/sync-folders.ts';

export type Result = SyncResult;

export default class StorageRsync extends SentopsCommand<Result> {
  static override summary = 'Make a folder hold what another one holds, sending only what differs.';
  static override description =
    `What has the same size and checksum on both sides is left alone; --by-time compares times instead of checksums, which saves reading files. An object that somebody else replaces meanwhile stays (exit code 6).
--delete-extra deletes what the source does not have, after asking, once everything was copied; it refuses an empty source.`;
  static override examples = [
    '<%= config.bin %> storage rsync -r models gs://my-bucket/models',
    '<%= config.bin %> storage rsync -r gs://my-bucket/predictions predictions --exclude "_spark_metadata/**"',
    '<%= config.bin %> storage rsync -r code code: --delete-extra --dry-run',
  ];
  static override args = {
    source: requiredArg({ description: 'Folder or bucket to read.' }),
    target: requiredArg({ description: 'Folder or bucket to write.' }),
  };
  static override flags = {
    recursive: recursiveFlag('Folders, too, not only what lies there directly.'),
    'delete-extra': Flags.boolean({ summary: 'Delete from the target what the source does not have.' }),
    'by-time': Flags.boolean({ summary: 'Take what has the same size and is not older for the same.' }),
    exclude: Flags.string({
      summary: 'Leave alone what matches, by its path below the folders; may be repeated.',
      helpValue: 'PATTERN',
      multiple: true,
      multipleNonGreedy: true,
    }),
    'no-clobber': noClobberFlag,
    ...transferFlags(),
  };

  private failure: SentopsError | undefined;

  protected async work(context: Context<typeof StorageRsync>): Promise<Result> {
    const { args, flags, ask } = context;
    const { syncFolders } = await import('../../lib/storage/operate/sync/sync-folders.ts');
    const { verdictOf } = await import('../../lib/storage/operate/failed-item.ts');
    const { describeExtra } = await import('../../cli/views/storage.ts');
    const result = await syncFolders({
      ...worldOf(context),
      project: await context.loadProject(STORAGE_SECTIONS),
      source: args.source,
      target: args.target,
      recursive: flags.recursive === true,
      deleteExtra: flags['delete-extra'] === true,
      byTime: flags['by-time'] === true,
      exclude: flags.exclude ?? [],
      noClobber: flags['no-clobber'] === true,
      dryRun: flags['dry-run'] === true,
      confirm: plan => ask.consent(describeExtra(plan, args.target)),
    });
    this.failure = verdictOf(result.items, 'synchronised');
    return result;
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderSync } = await import('../../cli/views/storage.ts');
    renderSync(result, view);
  }

  protected override rows({ items }: Result): Rows {
    return { columns: ['from', 'to', 'bytes', 'state', 'crc32c', 'generation'], items };
  }

  protected override ids({ items }: Result): readonly string[] {
    return items.filter(({ state }) => state !== 'failed' && state !== 'left').map(({ to }) => to);
  }

  protected override verdict(): SentopsError | undefined {
    return this.failure;
  }
}
