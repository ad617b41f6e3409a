import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { worldOf } from '../../cli/world.ts';
import type { Relocation } from '../../lib/tracking/maintain/relocate.ts';

export type Result = Relocation;

export default class StoreRelocate extends SentopsCommand<Result> {
  static override summary = 'Write anew where artifacts are, after a project was moved or copied.';
  static override description =
    `A store names the places of artifacts in full. Without flags the folder beside the database takes the place of the one of the same name that the store knows. No file is moved; all places are rewritten or none.`;
  static override examples = [
    '<%= config.bin %> store relocate --dry-run',
    '<%= config.bin %> store relocate',
    '<%= config.bin %> store relocate --to /data/artifacts',
    '<%= config.bin %> store relocate --from file:///old/mlruns --to gs://bucket/mlruns',
  ];
  static override flags = {
    ...fieldFlags(['mlflow.trackingUri']),
    from: Flags.string({ summary: 'Folder or URI that the store names.', helpValue: 'PLACE' }),
    to: Flags.string({ summary: 'Folder or URI where the artifacts are now.', helpValue: 'PLACE' }),
  };

  protected async work(context: Context<typeof StoreRelocate>): Promise<Result> {
    const { flags } = context;
    const project = await context.loadProject(['mlflow']);
    const { relocate } = await import('../../lib/tracking/maintain/relocate.ts');
    return relocate({
      ...worldOf(context),
      project,
      dryRun: flags['dry-run'] === true,
      ...(flags.from === undefined ? {} : { from: flags.from }),
      ...(flags.to === undefined ? {} : { to: flags.to }),
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderRelocation } = await import('../../cli/views/store-upkeep.ts');
    renderRelocation(result, view);
  }

  protected override rows({ changes }: Result): Rows {
    const items = changes.map(({ example, ...change }) => ({ ...change, ...example }));
    return { columns: ['table', 'column', 'rows', 'from', 'to'], items };
  }

  protected override ids({ moves }: Result): readonly string[] {
    return moves.map(({ to }) => to);
  }
}
