import { requiredArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { Flags } from '../../cli/framework.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { rowsOutput, rowToolFlags, rowToolRequest } from '../../cli/row-tool-flags.ts';
import type { ConvertedTable } from '../../lib/data/convert/convert-table.ts';

export type Result = ConvertedTable;

export default class DatasetConvert extends SentopsCommand<Result> {
  static override summary = 'Write rows in another format: CSV, JSON lines or Parquet.';
  static override description =
    `Every row comes out, in its order and with its values. Fields of a CSV are texts also where they look like numbers, since 007 is not 7; --infer-types makes numbers of the columns in which nothing would change by it.
A null is nothing between two commas of a CSV, and an empty text is two quotes. Lists and objects of JSON lines become JSON in a text where the format has no place for them. Memory stays flat, whatever the size.`;
  static override examples = [
    '<%= config.bin %> dataset convert reviews.csv -o reviews.parquet',
    '<%= config.bin %> dataset convert reviews.csv.gz -o reviews.parquet --infer-types',
    '<%= config.bin %> dataset convert gs://bucket/reviews.parquet -o reviews.jsonl.zst',
    '<%= config.bin %> dataset convert reviews.parquet -o - | head -3',
  ];
  static override args = {
    input: requiredArg({ description: 'File, folder of part files or URI; - for standard input.' }),
  };
  static override flags = {
    ...rowToolFlags,
    output: rowsOutput,
    'infer-types': Flags.boolean({ summary: 'Make numbers of the CSV columns that hold only numbers.' }),
  };

  protected async work(context: Context<typeof DatasetConvert>): Promise<Result> {
    const { flags } = context;
    const { convertTable } = await import('../../lib/data/convert/convert-table.ts');
    return convertTable({
      ...rowToolRequest(context),
      output: flags.output,
      inferTypes: flags['infer-types'] === true,
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderConverted } = await import('../../cli/views/row-tools.ts');
    renderConverted(result, view);
  }

  protected override ids({ path }: Result): readonly string[] {
    return path === '-' ? [] : [path];
  }

  protected override rows({ columns }: Result): Rows {
    return { columns: ['name', 'type'], items: columns };
  }
}
