import { restArgs } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { worldOf } from '../../cli/world.ts';
import type { ExportedRuns } from '../../lib/runs/export-runs.ts';

export type Result = ExportedRuns;

export default class RunExport extends SentopsCommand<Result> {
  static override summary = 'Write out runs in the long format: a line for each parameter, tag and value of a metric.';
  static override description =
    'The whole history of each metric is in it. Lines of JSON can be read back with run log -i. Files are not exported: sentops artifact download gets them.';
  static override strict = false;
  static override examples = [
    '<%= config.bin %> run export last -o run.csv',
    '<%= config.bin %> run export 3f2a91c0 77b0c2d4 --format jsonl',
  ];
  static override args = { runs: restArgs({ description: 'Ids of runs, the first digits of them, names, or last.' }) };
  static override flags = {
    ...fieldFlags(['mlflow.trackingUri']),
    experiment: Flags.string({ summary: 'Experiment to look for the runs in.', helpValue: 'NAME' }),
    output: Flags.string({ char: 'o', summary: 'File to write: .json, .jsonl or .csv.', helpValue: 'FILE' }),
  };

  protected async work(context: Context<typeof RunExport>): Promise<Result> {
    const { args, flags } = context;
    const { exportRuns } = await import('../../lib/runs/export-runs.ts');
    return exportRuns({
      project: await context.loadProject(['mlflow']),
      runs: args.runs ?? [],
      experiment: flags.experiment,
      output: flags.output,
      dryRun: flags['dry-run'] === true,
      ...worldOf(context),
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderExport } = await import('../../cli/views/run.ts');
    renderExport(result, view);
  }

  protected override ids({ runs }: Result): readonly string[] {
    return runs.map(({ runId }) => runId);
  }

  protected override rows({ items }: Result): Rows {
    const columns = ['runId', 'run', 'experiment', 'kind', 'key', 'value', 'step', 'timestamp'];
    const isNaNumber = (item: (typeof items)[number]) => item.kind === 'metric' && item.value === null;
    return { columns, items: items.map(item => (isNaNumber(item) ? { ...item, value: 'NaN' } : item)) };
  }
}
