import { optionalArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { datasetFileFlag, datasetFlags, datasetUploadFlags } from '../../cli/dataset-flags.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { worldOf } from '../../cli/world.ts';
import type { SyncResult } from '../../lib/data/fetch/sync-types.ts';

export type Result = SyncResult;

export default class DatasetSync extends SentopsCommand<Result> {
  static override summary = 'Download a dataset and store it where training reads it.';
  static override description =
    `The download and the upload in one, with what both keep: sentops.lock.yaml, files and objects that are there already, interrupted transfers that go on. A second run has nothing to do.
With --stream the bytes go from the source to the store without a copy on this machine; archives cannot be unpacked on the way.`;
  static override examples = [
    '<%= config.bin %> dataset sync',
    '<%= config.bin %> dataset sync --dataset kazanova/sentiment140 --gcs-bucket sentiment-bucket-raw --output-dir data_raw/sentiment140 --gcs-prefix data_raw/sentiment140 --unzip',
    '<%= config.bin %> dataset sync https://host/reviews.csv --to gs://bucket/reviews --stream',
  ];
  static override args = { name: optionalArg({ description: 'Preset or reference; the same as --dataset.' }) };
  static override flags = {
    ...datasetFlags(),
    ...fieldFlags(['dataset.unzip', 'dataset.keepArchive']),
    file: datasetFileFlag('Only this file of the dataset.'),
    ...datasetUploadFlags(),
    to: Flags.string({
      summary: 'Bucket or folder with its prefix, in place of --gcs-bucket and --gcs-prefix.',
      helpValue: 'URI',
    }),
    stream: Flags.boolean({ summary: 'Keep no copy on this machine.' }),
    update: Flags.boolean({ summary: 'Take what has changed at the source.' }),
    force: Flags.boolean({ summary: 'Fetch everything again and replace files that are something else.' }),
  };

  protected async work(context: Context<typeof DatasetSync>): Promise<Result> {
    const { args, flags } = context;
    const project = await context.loadProject(['dataset', 'buckets', 'storage', 'profiles', 'train']);
    const { syncDataset } = await import('../../lib/data/fetch/sync-dataset.ts');
    return syncDataset({
      ...worldOf(context),
      project,
      named: args.name,
      to: flags.to,
      stream: flags.stream === true,
      update: flags.update === true,
      force: flags.force === true,
      dryRun: flags['dry-run'] === true,
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderSync } = await import('../../cli/views/dataset-fetch.ts');
    renderSync(result, view);
  }

  protected override rows({ objects }: Result): Rows {
    return { columns: ['path', 'uri', 'bytes', 'crc32c', 'generation', 'state'], items: objects };
  }

  protected override ids({ objects }: Result): readonly string[] {
    return objects.map(object => object.uri);
  }
}
