import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { SentopsError } from '../../cli/errors.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { worldOf } from '../../cli/world.ts';
import type { StoreCheck } from '../../lib/tracking/maintain/check-store.ts';

export type Result = StoreCheck;

export default class StoreCheckCommand extends SentopsCommand<Result> {
  static override summary = 'Look whether the store of the project holds together.';
  static override description =
    `The database itself, references, shown metric values, runs whose process is gone, logged models that were never complete, places of artifacts, files of model versions, and what killed processes left.
Nothing is changed without --fix. The exit code is 1 where something is left to do and 9 where the database is damaged.`;
  static override examples = [
    '<%= config.bin %> store check',
    '<%= config.bin %> store check --fix',
    '<%= config.bin %> store check --mlflow-uri sqlite:///mlflow.db --json',
  ];
  static override flags = {
    ...fieldFlags(['mlflow.trackingUri']),
    fix: Flags.boolean({ summary: 'Mend what can be mended safely.' }),
  };

  protected async work(context: Context<typeof StoreCheckCommand>): Promise<Result> {
    const { flags } = context;
    const project = await context.loadProject(['mlflow']);
    const { checkStore } = await import('../../lib/tracking/maintain/check-store.ts');
    return checkStore({ ...worldOf(context), project, fix: flags.fix === true && flags['dry-run'] !== true });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderStoreCheck } = await import('../../cli/views/store-upkeep.ts');
    renderStoreCheck(result, view);
  }

  protected override rows({ findings }: Result): Rows {
    return { columns: ['check', 'subject', 'problem', 'fix', 'fixed'], items: findings };
  }

  protected override ids({ findings }: Result): readonly string[] {
    return findings.filter(({ fixed }) => !fixed).map(({ subject }) => subject);
  }

  protected override verdict({ file, findings, ok, damaged }: Result): SentopsError | undefined {
    if (ok) return undefined;
    const left = findings.filter(({ fixed }) => !fixed);
    const details = { file, findings: left.length };
    if (damaged)
      return new SentopsError('DATA_INVALID', `the database ${file} is damaged`, {
        hint: 'put back a copy of it, or save what can be read: sqlite3 <file> .recover',
        details,
      });
    const hint = left.some(({ check }) => check === 'locations')
      ? 'let it use the files beside it with: sentops store relocate'
      : left.some(({ fix }) => fix !== null)
        ? 'mend what can be mended with: sentops store check --fix'
        : 'none of it can be mended without you: see what was found';
    return new SentopsError('CHECK_FAILED', `the store ${file} needs attention`, { details, hint });
  }
}
