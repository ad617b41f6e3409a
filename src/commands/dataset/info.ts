import { optionalArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { datasetFileFlag, datasetFlags } from '../../cli/dataset-flags.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { worldOf } from '../../cli/world.ts';
import type { DatasetInfo as Info } from '../../lib/data/fetch/describe-dataset.ts';

export type Result = Info;

export default class DatasetInfo extends SentopsCommand<Result> {
  static override summary = 'Show what a source says of a dataset.';
  static override description =
    'Title, licence, version and files, beside what was downloaded of it before, and for a preset its columns, labels and number of rows. Nothing is downloaded.';
  static override examples = [
    '<%= config.bin %> dataset info',
    '<%= config.bin %> dataset info imdb --json',
    '<%= config.bin %> dataset info gs://bucket/reviews --format csv',
  ];
  static override args = { name: optionalArg({ description: 'Preset or reference; the same as --dataset.' }) };
  static override flags = { ...datasetFlags(), file: datasetFileFlag('Only this file of the dataset.') };

  protected async work(context: Context<typeof DatasetInfo>): Promise<Result> {
    const project = await context.loadProject(['dataset', 'storage', 'profiles']);
    const { describeDataset } = await import('../../lib/data/fetch/describe-dataset.ts');
    return describeDataset({ ...worldOf(context), project, named: context.args.name });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderInfo } = await import('../../cli/views/dataset-fetch.ts');
    renderInfo(result, view);
  }

  protected override rows({ files }: Result): Rows {
    return { columns: ['path', 'bytes', 'sha256', 'tag'], items: files };
  }

  protected override ids({ files }: Result): readonly string[] {
    return files.map(file => file.path);
  }
}
