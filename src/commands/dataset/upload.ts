import { optionalArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { datasetFileFlag, datasetFlags, datasetUploadFlags } from '../../cli/dataset-flags.ts';
import { Flags } from '../../cli/framework.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { worldOf } from '../../cli/world.ts';
import type { UploadResult } from '../../lib/data/fetch/upload-dataset.ts';

export type Result = UploadResult;

export default class DatasetUpload extends SentopsCommand<Result> {
  static override summary = 'Store a downloaded dataset where training reads it.';
  static override description =
    `The files go to --gcs-bucket below --gcs-prefix: a bucket of Google Cloud Storage, by its name or as gs://, or a folder. What was downloaded is compared with sentops.lock.yaml first; a folder of which nothing is locked goes up as it is.
An object that has the same bytes already is left alone, an upload that was interrupted goes on where it stopped, and one that somebody else replaced meanwhile is not overwritten (exit 6).`;
  static override examples = [
    '<%= config.bin %> dataset upload',
    '<%= config.bin %> dataset upload --gcs-bucket sentiment-bucket-raw --gcs-prefix data_raw/sentiment140',
    '<%= config.bin %> dataset upload imdb --dry-run',
  ];
  static override args = { name: optionalArg({ description: 'Preset or reference; the same as --dataset.' }) };
  static override flags = {
    ...datasetFlags(),
    file: datasetFileFlag('Only this file of the dataset.'),
    ...datasetUploadFlags(),
    force: Flags.boolean({ summary: 'Upload files also where they are not what was downloaded.' }),
  };

  protected async work(context: Context<typeof DatasetUpload>): Promise<Result> {
    const { args, flags } = context;
    const project = await context.loadProject(['dataset', 'buckets', 'storage', 'profiles', 'train']);
    const { uploadDataset } = await import('../../lib/data/fetch/upload-dataset.ts');
    return uploadDataset({
      ...worldOf(context),
      project,
      named: args.name,
      force: flags.force === true,
      dryRun: flags['dry-run'] === true,
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderUpload } = await import('../../cli/views/dataset-fetch.ts');
    renderUpload(result, view);
  }

  protected override rows({ objects }: Result): Rows {
    return { columns: ['path', 'uri', 'bytes', 'crc32c', 'generation', 'state'], items: objects };
  }

  protected override ids({ objects }: Result): readonly string[] {
    return objects.map(object => object.uri);
  }
}
