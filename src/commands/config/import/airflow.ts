import { requiredArg } from '../../../cli/args.ts';
import { type Context, SentopsCommand } from '../../../cli/base-command.ts';
import { changeRows, renderChanges } from '../../../cli/output/changes.ts';
import type { Rows } from '../../../cli/output/records.ts';
import type { View } from '../../../cli/output/view.ts';
import { readStdin } from '../../../cli/read-stdin.ts';
import type { AirflowResult } from '../../../lib/config/import-airflow.ts';

export type Result = AirflowResult & { dryRun: boolean };

export default class ConfigImportAirflow extends SentopsCommand<Result> {
  static override summary = 'Take over the Airflow variables of a pipeline into the project file.';
  static override description =
    'Reads what `airflow variables export` writes. Variables without a meaning here are listed and left alone.';
  static override examples = [
    '<%= config.bin %> config import airflow variables.json',
    'airflow variables export /dev/stdout | <%= config.bin %> config import airflow - --dry-run',
  ];
  static override args = {
    file: requiredArg({ description: 'JSON file; - for standard input.' }),
  };

  protected async work({ args, flags, request }: Context<typeof ConfigImportAirflow>): Promise<Result> {
    const { importAirflowVariables } = await import('../../../lib/config/import-airflow.ts');
    const from = args.file === '-' ? { text: await readStdin() } : { file: args.file };
    const dryRun = flags['dry-run'] === true;
    const target = request.target === undefined ? {} : { target: request.target };
    const imported = await importAirflowVariables({ request, from, dryRun, ...target });
    const { changes, written, unknown } = imported;
    return { file: imported.file, changes, written, unknown, dryRun };
  }

  protected render(result: Result, view: View): void {
    renderChanges(result, view);
    for (const { variable, meant } of result.unknown) {
      view.aside(`${variable} has no meaning here${meant ? ` (did you mean ${meant}?)` : ''}`);
    }
  }

  protected override rows({ changes }: Result): Rows {
    return changeRows(changes);
  }

  protected override ids({ changes }: Result): readonly string[] {
    return changes.map(({ path }) => path);
  }
}
