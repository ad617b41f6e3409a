import type { Context } from '../../cli/base-command.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import { ListCommand } from '../../cli/list-command.ts';
import type { ListColumns } from '../../cli/output/records.ts';
import type { OutputSettings } from '../../cli/output/settings.ts';
import type { View } from '../../cli/output/view.ts';
import { RUN_STATUS_FLAG, selectionFlags } from '../../cli/run-flags.ts';
import { searchFlags, viewFlags } from '../../cli/search-flags.ts';
import { namedValueColumns, runColumns, valueColumns } from '../../cli/views/run-columns.ts';
import { worldOf } from '../../cli/world.ts';
import type { RunList as Runs } from '../../lib/runs/list-runs.ts';
import type { RunRow } from '../../lib/runs/run-row.ts';
import type { RunStatus } from '../../lib/tracking/entities.ts';
import type { View as Lifecycles } from '../../lib/tracking/types.ts';

export type Result = Runs;

export default class RunList extends ListCommand<RunRow, Result> {
  static override summary = 'List runs with the metrics and parameters that tell them apart.';
  static override description =
    `Without --experiment the runs of the project's experiment are listed, or all where it does not exist yet. Nested runs stand below their parents unless an order is asked for.
Columns of the table are what differs between the runs shown; --columns takes metrics.NAME, params.NAME and tags.NAME too. CSV, Markdown and JSON hold everything.`;
  static override examples = [
    '<%= config.bin %> run list',
    '<%= config.bin %> run list --filter "metrics.accuracy > 0.75" --order-by "metrics.accuracy DESC"',
    '<%= config.bin %> run list --experiment reviews --status FINISHED --columns name,metrics.f1,params.regParam',
    '<%= config.bin %> run list --parent last --format csv',
  ];
  static override flags = {
    ...fieldFlags(['mlflow.trackingUri']),
    ...selectionFlags,
    ...searchFlags({ filter: 'metrics.accuracy > 0.75', orderBy: 'metrics.accuracy DESC' }),
    ...viewFlags,
    status: Flags.string(RUN_STATUS_FLAG),
  };
  static override columns = runColumns;

  private listed: Result | undefined;
  private filtered = false;

  protected async work(context: Context<typeof RunList>): Promise<Result> {
    const { flags } = context;
    this.filtered = [flags.filter, flags.parent, flags.status, flags['page-token']].some(flag => flag !== undefined);
    const { listRuns } = await import('../../lib/runs/list-runs.ts');
    return listRuns({
      project: await context.loadProject(['mlflow']),
      experiments: flags.experiment ?? [],
      everywhere: flags['all-experiments'] === true,
      filter: flags.filter,
      parent: flags.parent,
      status: flags.status as RunStatus | undefined,
      view: flags.view as Lifecycles,
      orderBy: flags['order-by'],
      limit: flags.limit,
      pageToken: flags['page-token'],
      ...worldOf(context),
    });
  }

  protected override knownColumns({ list }: OutputSettings): ListColumns {
    return { ...runColumns, ...namedValueColumns(list) };
  }

  protected override narrow(result: Result): Result {
    this.listed = super.narrow(result);
    return this.listed;
  }

  /** Files hold everything that the runs have. */
  protected override columns() {
    return this.query?.projected || !this.listed ? super.columns() : valueColumns(this.listed);
  }

  protected override async render(result: Result, view: View): Promise<void> {
    if (this.query?.projected && result.items.length > 0) return super.render(result, view);
    const { renderRuns } = await import('../../cli/views/run-list.ts');
    const isOrdered = this.argv.some(word => /^--(order-by|sort)\b/.test(word));
    const options = { now: Date.now(), grouped: !isOrdered, filtered: this.filtered };
    renderRuns(result, view, { ...options, unicode: this.settings?.unicode === true });
    if (result.nextPageToken !== null) view.aside(this.tellMore(result.nextPageToken));
  }
}
