import { optionalArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { SentopsError } from '../../cli/errors.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { worldOf } from '../../cli/world.ts';
import type { DownloadResult } from '../../lib/tracking/files/download-artifacts.ts';

export type Result = DownloadResult;

export default class ArtifactDownload extends SentopsCommand<Result> {
  static override summary = 'Download artifacts of a run or a model.';
  static override description =
    `Files keep their paths below the folder. A download that was interrupted goes on where it stopped when it is run again. A file that is there and holds something else stays as it is (exit 6) unless --force is given.
With -d - one file goes to standard output as it is.`;
  static override examples = [
    '<%= config.bin %> artifact download --run 1f0c2d4e --path model -d downloads',
    '<%= config.bin %> artifact download models:/twitter-sentiment-model-best@champion -d champion',
    '<%= config.bin %> artifact download --run logisticregression --path metrics.json -d - | jq .accuracy',
  ];
  static override args = { uri: optionalArg({ description: 'models:/ or runs:/ URI, instead of --run.' }) };
  static override flags = {
    run: Flags.string({ summary: 'Id, beginning of an id, or name of the run.', helpValue: 'RUN' }),
    path: Flags.string({ summary: 'Folder or file to download; everything where absent.', helpValue: 'PATH' }),
    dir: Flags.string({
      char: 'd',
      aliases: ['dst-path'],
      summary: 'Folder to download into; - for standard output.',
      default: '.',
      helpValue: 'DIR',
    }),
    force: Flags.boolean({ summary: 'Replace files that are there and hold something else.' }),
    ...fieldFlags(['mlflow.trackingUri']),
  };

  protected async work(context: Context<typeof ArtifactDownload>): Promise<Result> {
    const { args, flags, output, stream } = context;
    if (flags.dir === '-' && flags['dry-run'] !== true && (output.json || output.format !== 'table'))
      throw new SentopsError('USAGE', '-d - prints the file itself: there is no place for a result beside it', {
        hint: 'leave the format out, or download to a folder',
      });
    const { downloadArtifacts } = await import('../../lib/tracking/files/download-artifacts.ts');
    return downloadArtifacts({
      uri: args.uri,
      run: flags.run,
      path: flags.path,
      into: flags.dir,
      force: flags.force === true,
      dryRun: flags['dry-run'] === true,
      stream,
      project: await context.loadProject(['mlflow']),
      ...worldOf(context),
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderDownload } = await import('../../cli/views/artifact.ts');
    renderDownload(result, view);
  }

  protected override rows({ files }: Result): Rows {
    return { columns: ['path', 'file', 'bytes', 'state'], items: files };
  }

  protected override ids({ files }: Result): readonly string[] {
    return files.flatMap(({ file }) => file ?? []);
  }
}
