import { requiredArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { rowsOutput, rowToolFlags, rowToolRequest } from '../../cli/row-tool-flags.ts';
import type { SampledTable } from '../../lib/data/convert/sample-table.ts';

export type Result = SampledTable;

export default class DatasetSample extends SentopsCommand<Result> {
  static override summary = 'Write some rows of a data set, chosen by chance from all of it.';
  static override description =
    `The rows keep their order and come from the whole file, never from its head only. The same seed gives the same rows, and they are those that sentops train reads with the same --sample-fraction, --max-rows and --seed.
--stratify takes the same share of every label, to the row.`;
  static override examples = [
    '<%= config.bin %> dataset sample reviews.csv --max-rows 10000 -o sample.csv',
    '<%= config.bin %> dataset sample gs://bucket/reviews.csv.gz --sample-fraction 0.1 --stratify -o sample.parquet',
    '<%= config.bin %> dataset sample reviews.jsonl --max-rows 5 -o -',
  ];
  static override args = {
    input: requiredArg({ description: 'File, folder of part files or URI; - for standard input.' }),
  };
  static override flags = {
    ...fieldFlags(['train.sampleFraction', 'train.maxRows', 'train.seed']),
    stratify: Flags.boolean({ summary: 'Take the same share of every label.' }),
    ...rowToolFlags,
    output: rowsOutput,
  };

  protected async work(context: Context<typeof DatasetSample>): Promise<Result> {
    const { flags } = context;
    const { train } = (await context.loadProject(['train'])).config;
    const { sampleTable } = await import('../../lib/data/convert/sample-table.ts');
    return sampleTable({
      ...rowToolRequest(context),
      output: flags.output,
      sample: { seed: train.seed, fraction: train.sampleFraction, maxRows: train.maxRows },
      stratify: flags.stratify === true,
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderSampled } = await import('../../cli/views/row-tools.ts');
    renderSampled(result, view);
  }

  protected override ids({ path }: Result): readonly string[] {
    return path === '-' ? [] : [path];
  }

  protected override rows({ labels }: Result): Rows {
    return { columns: ['label', 'rows'], items: Object.entries(labels).map(([label, rows]) => ({ label, rows })) };
  }
}
