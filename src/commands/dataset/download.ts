import { optionalArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { datasetFileFlag, datasetFlags } from '../../cli/dataset-flags.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { worldOf } from '../../cli/world.ts';
import type { DownloadResult } from '../../lib/data/fetch/download-dataset.ts';

export type Result = DownloadResult;

export default class DatasetDownload extends SentopsCommand<Result> {
  static override summary = 'Download a dataset, once and completely.';
  static override description =
    `From Kaggle, an http address, a bucket or a folder. A dataset is named by a preset (sentiment140, imdb, kindle), by owner/name, or by an address; without a name it is that of the project.
What came is written down in sentops.lock.yaml, with the sha256 of each file: a second run has nothing to do, an interrupted one goes on where it stopped, and a dataset that changed at its source is told (exit 6) until it is taken with --update. Files that are there and are something else stay as they are (exit 6) unless --force is given.`;
  static override examples = [
    '<%= config.bin %> dataset download',
    '<%= config.bin %> dataset download imdb',
    '<%= config.bin %> dataset download --dataset kazanova/sentiment140 --output-dir data_raw/sentiment140 --unzip',
    '<%= config.bin %> dataset download https://host/reviews.csv.gz --output-dir data --dry-run',
  ];
  static override args = { name: optionalArg({ description: 'Preset or reference; the same as --dataset.' }) };
  static override flags = {
    ...datasetFlags(),
    ...fieldFlags(['dataset.unzip', 'dataset.keepArchive']),
    file: datasetFileFlag('Only this file of the dataset.'),
    update: Flags.boolean({ summary: 'Take what has changed at the source.' }),
    force: Flags.boolean({ summary: 'Download everything again and replace files that are something else.' }),
  };

  protected async work(context: Context<typeof DatasetDownload>): Promise<Result> {
    const { args, flags } = context;
    const project = await context.loadProject(['dataset', 'storage', 'profiles']);
    const { downloadDataset } = await import('../../lib/data/fetch/download-dataset.ts');
    return downloadDataset({
      ...worldOf(context),
      project,
      named: args.name,
      update: flags.update === true,
      force: flags.force === true,
      dryRun: flags['dry-run'] === true,
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderDownload } = await import('../../cli/views/dataset-fetch.ts');
    renderDownload(result, view);
  }

  protected override rows({ files }: Result): Rows {
    return { columns: ['path', 'bytes', 'sha256', 'state'], items: files };
  }

  protected override ids({ files }: Result): readonly string[] {
    return files.map(file => file.path);
  }
}
