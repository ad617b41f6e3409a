import { requiredArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { worldOf } from '../../cli/world.ts';
import type { StoreImport } from '../../lib/tracking/maintain/transfer/import-store.ts';

export type Result = StoreImport;

export default class StoreImportCommand extends SentopsCommand<Result> {
  static override summary = 'Bring an exported store into this one.';
  static override description =
    `The file is read to its end before anything is written, so a damaged one changes nothing. What is there already stays as it is: a second import adds nothing, and one that was broken off is completed by running it again.
The store of the project keeps ids and numbers as far as they are free; a server gives its own, and a tag says where each run came from. Aliases that are there stay where they point.`;
  static override examples = [
    '<%= config.bin %> store import backup.jsonl.zst',
    '<%= config.bin %> store import backup.jsonl.zst --dry-run',
    '<%= config.bin %> store import backup.jsonl.zst --mlflow-uri http://127.0.0.1:5000',
  ];
  static override args = { file: requiredArg({ description: 'File that sentops store export wrote.' }) };
  static override flags = { ...fieldFlags(['mlflow.trackingUri']) };

  protected async work(context: Context<typeof StoreImportCommand>): Promise<Result> {
    const { args, flags } = context;
    const project = await context.loadProject(['mlflow']);
    const { importStore } = await import('../../lib/tracking/maintain/transfer/import-store.ts');
    return importStore({ ...worldOf(context), project, input: args.file, dryRun: flags['dry-run'] === true });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderImport } = await import('../../cli/views/store-upkeep.ts');
    renderImport(result, view);
  }

  protected override rows({ renamed }: Result): Rows {
    return { columns: ['kind', 'from', 'to'], items: renamed };
  }

  protected override ids({ uri }: Result): readonly string[] {
    return [uri];
  }
}
