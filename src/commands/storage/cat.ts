import { requiredArg, restArgs } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { SentopsError } from '../../cli/errors.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import type { View } from '../../cli/output/view.ts';
import { formatAmount } from '../../cli/progress/amounts.ts';
import { STORAGE_SECTIONS } from '../../cli/storage-flags.ts';
import { worldOf } from '../../cli/world.ts';
import type { PrintResult } from '../../lib/storage/operate/print-objects.ts';

export type Result = PrintResult;

export default class StorageCat extends SentopsCommand<Result> {
  static override summary = 'Print objects to standard output as they are.';
  static override description =
    'All objects are found before the first byte is printed. What is read whole is compared with the checksum of the store: damage is exit code 9. Locations and patterns are those of storage ls.';
  static override examples = [
    '<%= config.bin %> storage cat raw:data_raw/sentiment140/README.md',
    '<%= config.bin %> storage cat "predictions:predictions/date=2026-11-01/*.json" | jq .prediction',
    '<%= config.bin %> storage cat gs://my-bucket/reviews.csv --range 0-999',
  ];
  static override strict = false;
  static override args = {
    location: requiredArg({ description: 'URI, path or pattern.' }),
    more: restArgs({ description: 'More of them.' }),
  };
  static override flags = {
    range: Flags.string({
      summary: 'First and last byte: 0-99, 100- for the rest, -100 for the last hundred.',
      helpValue: 'BYTES',
    }),
    ...fieldFlags(['storage.userProject']),
  };

  private isPlan = false;

  protected async work(context: Context<typeof StorageCat>): Promise<Result> {
    const { args, flags, output, stream } = context;
    const dryRun = flags['dry-run'] === true;
    this.isPlan = dryRun;
    if (!dryRun && (output.json || output.format !== 'table'))
      throw new SentopsError(
        'USAGE',
        'storage cat prints the object itself: there is no place for a result beside it',
        {
          hint: 'leave the format out, or ask for facts with: sentops storage ls --json',
        },
      );
    const { printObjects } = await import('../../lib/storage/operate/print-objects.ts');
    return printObjects({
      ...worldOf(context),
      project: await context.loadProject(STORAGE_SECTIONS),
      locations: [args.location, ...(args.more ?? [])],
      range: flags.range,
      dryRun,
      stream,
    });
  }

  /** What was printed is the object itself: only a dry run has something to say. */
  protected render({ bytes }: Result, view: View): void {
    if (this.isPlan) view.line(`would print ${formatAmount(bytes, 'bytes')}`);
  }
}
