import { restArgs } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { SentopsError } from '../../cli/errors.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { noClobberFlag, recursiveFlag, STORAGE_SECTIONS, timeFlags, transferFlags } from '../../cli/storage-flags.ts';
import { worldOf } from '../../cli/world.ts';
import type { CopyResult } from '../../lib/storage/operate/copy/copy-objects.ts';

export type Result = CopyResult;

export default class StorageCp extends SentopsCommand<Result> {
  static override summary = 'Copy files, objects and folders, in any direction.';
  static override description =
    `The last location is the target. With a slash at its end, or where it is a folder already, copies go into it under their names; otherwise it is the name of the copy. A folder (-r) that is copied to a name that is not there becomes that folder. - is standard input or output.
Checksums are compared on the way. An interrupted command goes on where it stopped when it is run again; storage rsync leaves out what is there already. An object that cannot be copied does not keep the others back.`;
  static override examples = [
    '<%= config.bin %> storage cp reviews.csv gs://my-bucket/data/',
    '<%= config.bin %> storage cp -r models gs://my-bucket/',
    '<%= config.bin %> storage cp "gs://my-bucket/data/*.csv" .',
    '<%= config.bin %> storage cp raw:data_raw/sentiment140/reviews.csv - | head',
    'zcat reviews.csv.gz | <%= config.bin %> storage cp - raw:reviews.csv',
  ];
  static override strict = false;
  static override args = {
    locations: restArgs({ description: 'What to copy (URIs, paths, patterns), and at the end the target.' }),
  };
  static override flags = {
    recursive: recursiveFlag('Copy folders with all that is in them.'),
    'no-clobber': noClobberFlag,
    ...timeFlags,
    ...transferFlags(),
  };

  protected async work(context: Context<typeof StorageCp>): Promise<Result> {
    const { args, flags, output, stream } = context;
    const locations = args.locations ?? [];
    const dryRun = flags['dry-run'] === true;
    if (locations.length < 2)
      throw new SentopsError('USAGE', 'storage cp needs a source and a target', {
        hint: 'for instance: sentops storage cp reviews.csv gs://my-bucket/data/',
      });
    if (locations.at(-1) === '-' && !dryRun && (output.json || output.format !== 'table'))
      throw new SentopsError('USAGE', 'a copy to - is the object itself: there is no place for a result beside it', {
        hint: 'leave the format out, or copy to a file',
      });
    const { copyObjects } = await import('../../lib/storage/operate/copy/copy-objects.ts');
    const { verdictOf } = await import('../../lib/storage/operate/failed-item.ts');
    const result = await copyObjects({
      ...worldOf(context),
      project: await context.loadProject(STORAGE_SECTIONS),
      locations,
      recursive: flags.recursive === true,
      noClobber: flags['no-clobber'] === true,
      newer: flags.newer,
      date: flags.date,
      dryRun,
      stream,
    });
    this.failure = verdictOf(result.items, 'copied');
    return result;
  }

  private failure: SentopsError | undefined;

  protected async render(result: Result, view: View): Promise<void> {
    const { renderCopies } = await import('../../cli/views/storage.ts');
    renderCopies(result, view);
  }

  protected override rows({ items }: Result): Rows {
    return { columns: ['from', 'to', 'bytes', 'state', 'crc32c', 'generation'], items };
  }

  protected override ids({ items }: Result): readonly string[] {
    return items.filter(({ state }) => state === 'copied' || state === 'planned').map(({ to }) => to);
  }

  protected override verdict(): SentopsError | undefined {
    return this.failure;
  }
}
