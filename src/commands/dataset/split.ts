import { requiredArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { rowToolFlags, rowToolRequest } from '../../cli/row-tool-flags.ts';
import type { SplitTable } from '../../lib/data/convert/split-table.ts';

export type Result = SplitTable;

export default class DatasetSplit extends SentopsCommand<Result> {
  static override summary = 'Deal the rows of a data set out to a training, a validation and a test file.';
  static override description =
    `reviews.csv.gz becomes reviews-train.csv.gz, reviews-val.csv.gz and reviews-test.csv.gz. Which row goes where depends on the seed and its number only, and is what sentops train decides with the same --train-ratio, --val-ratio and --seed.
--stratify keeps the shares within every label, also of a rare one; it deals the rows out in another way than training does.`;
  static override examples = [
    '<%= config.bin %> dataset split reviews.csv',
    '<%= config.bin %> dataset split reviews.csv --train-ratio 0.9 --val-ratio 0 --stratify --output parts',
    '<%= config.bin %> dataset split gs://bucket/reviews.csv --to parquet --output gs://bucket/parts',
  ];
  static override args = {
    input: requiredArg({ description: 'File, folder of part files or URI; - for standard input.' }),
  };
  static override flags = {
    ...fieldFlags(['train.trainRatio', 'train.valRatio', 'train.seed']),
    stratify: Flags.boolean({ summary: 'Keep the shares within every label.' }),
    ...rowToolFlags,
    output: Flags.string({
      char: 'o',
      summary: 'Folder or URI for the files; beside the input where absent.',
      helpValue: 'DIR',
    }),
  };

  protected async work(context: Context<typeof DatasetSplit>): Promise<Result> {
    const { flags } = context;
    const { train } = (await context.loadProject(['train'])).config;
    const { splitTable } = await import('../../lib/data/convert/split-table.ts');
    return splitTable({
      ...rowToolRequest(context),
      folder: flags.output,
      split: { seed: train.seed, trainRatio: train.trainRatio, validationRatio: train.valRatio },
      stratify: flags.stratify === true,
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderNextTraining, renderSplit } = await import('../../cli/views/row-tools.ts');
    renderSplit(result, view);
    const train = result.parts.find(({ part }) => part === 'train');
    const test = result.parts.find(({ part }) => part === 'test');
    if (result.written && train && test) renderNextTraining(train.path, test.path, view);
  }

  protected override ids({ parts }: Result): readonly string[] {
    return parts.map(({ path }) => path);
  }

  protected override rows({ parts }: Result): Rows {
    return { columns: ['part', 'rows', 'path'], items: parts };
  }
}
