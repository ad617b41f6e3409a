import { requiredArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import type { View } from '../../cli/output/view.ts';
import { worldOf } from '../../cli/world.ts';
import type { StoreExport } from '../../lib/tracking/maintain/transfer/export-store.ts';

export type Result = StoreExport;

export default class StoreExportCommand extends SentopsCommand<Result> {
  static override summary = 'Write a store, or some of its experiments, into one file.';
  static override description =
    `Experiments, runs with the whole history of their metrics, inputs and outputs, logged models, registered models, versions, aliases and stages; deleted runs too. With --artifacts the files come along.
It reads from a server as well as from the store of the project. The file is written to its end or not at all.`;
  static override examples = [
    '<%= config.bin %> store export backup.jsonl.zst --artifacts',
    '<%= config.bin %> store export reviews.jsonl --experiment sentiment-analysis-pipeline',
    '<%= config.bin %> store export server.jsonl.gz --mlflow-uri http://127.0.0.1:5000',
  ];
  static override args = {
    file: requiredArg({ description: 'File to write, .jsonl with .gz or .zst behind it to compress.' }),
  };
  static override flags = {
    ...fieldFlags(['mlflow.trackingUri']),
    experiment: Flags.string({
      summary: 'Only this experiment, by name or id; several times for several.',
      multiple: true,
      helpValue: 'NAME',
    }),
    artifacts: Flags.boolean({ summary: 'Write the files of runs and models, too.' }),
    force: Flags.boolean({ summary: 'Replace a file that is there.' }),
  };

  protected async work(context: Context<typeof StoreExportCommand>): Promise<Result> {
    const { args, flags } = context;
    const project = await context.loadProject(['mlflow']);
    const { exportStore } = await import('../../lib/tracking/maintain/transfer/export-store.ts');
    return exportStore({
      ...worldOf(context),
      project,
      output: args.file,
      artifacts: flags.artifacts === true,
      force: flags.force === true,
      dryRun: flags['dry-run'] === true,
      ...(flags.experiment === undefined ? {} : { experiments: flags.experiment }),
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderExport } = await import('../../cli/views/store-upkeep.ts');
    renderExport(result, view);
  }

  protected override ids({ path }: Result): readonly string[] {
    return [path];
  }
}
