import { optionalArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { profileFlags } from '../../cli/profile-flags.ts';
import { worldOf } from '../../cli/world.ts';
import type { ProfileReport } from '../../lib/data/profile/run-profile.ts';

export type Result = ProfileReport;

export default class DatasetProfile extends SentopsCommand<Result> {
  static override summary = 'Show what is in a file of labelled texts: columns, labels, lengths, repetition, oddities.';
  static override description =
    `The file is read once, in memory that does not grow with it: CSV, JSON lines or Parquet, plain or packed, here or in a bucket. Without a name it is the dataset of the project.
Repeated texts are compared byte for byte; beyond 2.5 million different texts the numbers are estimated from a sample, and say so. Examples are masked where they look like a mail address, a telephone or a card number.`;
  static override examples = [
    '<%= config.bin %> dataset profile reviews.csv',
    '<%= config.bin %> dataset profile reviews.csv --output profile.html',
    '<%= config.bin %> dataset profile gs://bucket/data_raw/reviews.csv.gz --json',
    '<%= config.bin %> dataset profile test.csv --against train.csv',
  ];
  static override args = {
    file: optionalArg({ description: 'File, folder of part files, or URI; - for standard input.' }),
  };
  static override flags = profileFlags;

  protected async work(context: Context<typeof DatasetProfile>): Promise<Result> {
    const { args, flags } = context;
    const { runProfile } = await import('../../lib/data/profile/run-profile.ts');
    return runProfile({
      location: args.file,
      textColumn: flags['text-column'],
      labelColumn: flags['label-column'],
      against: flags.against,
      output: flags.output,
      dryRun: flags['dry-run'] === true,
      ...worldOf(context),
      loadProject: sections => context.loadProject(sections),
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderProfile } = await import('../../cli/views/dataset-profile.ts');
    renderProfile(result, view);
  }

  protected override ids({ sha256 }: Result): readonly string[] {
    return [sha256];
  }

  protected override rows({ columns }: Result): Rows {
    const names = ['name', 'role', 'type', 'nulls', 'distinct', 'distinctExact', 'min', 'max', 'meanBytes'];
    return { columns: names, items: columns };
  }
}
