import type { Context } from '../../cli/base-command.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { ListCommand, type ListResult, listColumns } from '../../cli/list-command.ts';
import { showMoment } from '../../cli/output/moment.ts';
import { searchFlags, viewFlags } from '../../cli/search-flags.ts';
import { worldOf } from '../../cli/world.ts';
import type { ExperimentRow } from '../../lib/runs/experiments.ts';
import type { View } from '../../lib/tracking/types.ts';

export type Result = ListResult<ExperimentRow>;

export default class ExperimentList extends ListCommand<ExperimentRow> {
  static override summary = 'List experiments: the groups that runs are recorded in.';
  static override examples = [
    '<%= config.bin %> experiment list',
    '<%= config.bin %> experiment list --view deleted',
    `<%= config.bin %> experiment list --filter "name LIKE 'sentiment%'" --json`,
  ];
  static override flags = {
    ...fieldFlags(['mlflow.trackingUri']),
    ...searchFlags({ filter: "name LIKE 'sentiment%'", orderBy: 'last_update_time DESC' }),
    ...viewFlags,
  };
  static override columns = listColumns<ExperimentRow>({
    experimentId: { title: 'id' },
    name: { id: true },
    lifecycle: {},
    createdAt: { title: 'created', show: ({ createdAt }) => showMoment(createdAt) },
    updatedAt: { title: 'updated', show: ({ updatedAt }) => showMoment(updatedAt) },
    artifactLocation: { extra: true },
    tags: { extra: true },
  });
  static override empty = 'No experiment is there. Record a run with: sentops train';

  protected async work(context: Context<typeof ExperimentList>): Promise<Result> {
    const { flags } = context;
    const { listExperimentRows } = await import('../../lib/runs/experiments.ts');
    return listExperimentRows({
      project: await context.loadProject(['mlflow']),
      filter: flags.filter,
      orderBy: flags['order-by'],
      view: flags.view as View,
      limit: flags.limit,
      pageToken: flags['page-token'],
      ...worldOf(context),
    });
  }
}
