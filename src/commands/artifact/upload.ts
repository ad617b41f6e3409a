import { requiredArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { worldOf } from '../../cli/world.ts';
import type { UploadResult } from '../../lib/tracking/files/upload-artifacts.ts';

export type Result = UploadResult;

export default class ArtifactUpload extends SentopsCommand<Result> {
  static override summary = 'Store a file, or what is in a folder, among the artifacts of a run.';
  static override description =
    'Each file is stored as a whole or not at all, and replaces one of the same path. Links are followed. A file that changes while it is read is an error (exit 9).';
  static override examples = [
    '<%= config.bin %> artifact upload report.html --run 1f0c2d4e',
    '<%= config.bin %> artifact upload plots --run logisticregression --path evaluation/plots',
    '<%= config.bin %> artifact upload model --run 1f0c2d4e --path model --dry-run',
  ];
  static override args = { source: requiredArg({ description: 'File or folder to store.' }) };
  static override flags = {
    run: Flags.string({ required: true, summary: 'Id, beginning of an id, or name of the run.', helpValue: 'RUN' }),
    path: Flags.string({ summary: 'Folder among the artifacts; their root where absent.', helpValue: 'PATH' }),
    ...fieldFlags(['mlflow.trackingUri']),
  };

  protected async work(context: Context<typeof ArtifactUpload>): Promise<Result> {
    const { args, flags } = context;
    const { uploadArtifacts } = await import('../../lib/tracking/files/upload-artifacts.ts');
    return uploadArtifacts({
      source: args.source,
      run: flags.run,
      path: flags.path,
      dryRun: flags['dry-run'] === true,
      project: await context.loadProject(['mlflow']),
      ...worldOf(context),
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderUpload } = await import('../../cli/views/artifact.ts');
    renderUpload(result, view);
  }

  protected override rows({ files }: Result): Rows {
    return { columns: ['path', 'file', 'bytes'], items: files };
  }

  protected override ids({ files }: Result): readonly string[] {
    return files.map(({ path }) => path);
  }
}
