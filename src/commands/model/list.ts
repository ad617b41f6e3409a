import type { Context } from '../../cli/base-command.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { ListCommand, type ListResult, listColumns } from '../../cli/list-command.ts';
import { showMoment } from '../../cli/output/moment.ts';
import { searchFlags } from '../../cli/search-flags.ts';
import { worldOf } from '../../cli/world.ts';
import type { ModelRow } from '../../lib/registry/model-row.ts';

export type Result = ListResult<ModelRow>;

const pairs = (record: Readonly<Record<string, number>>, mark = '') =>
  Object.entries(record)
    .map(([key, version]) => `${mark}${key} ${version}`)
    .join(', ');

export default class ModelList extends ListCommand<ModelRow> {
  static override summary = 'List registered models: newest version, stages, aliases.';
  static override description =
    "--filter is MLflow's language; registered models have name and tags. Everything that sentops and MLflow registered is listed, on a server and in the store of the project alike.";
  static override examples = [
    '<%= config.bin %> model list',
    `<%= config.bin %> model list --filter "name LIKE 'twitter%'" --sort -updatedAt`,
    `<%= config.bin %> model list --filter "tags.team = 'search'" --json`,
  ];
  static override flags = {
    ...searchFlags({ filter: "name LIKE 'twitter%' and tags.team = 'a'", orderBy: 'last_updated_timestamp DESC' }),
    ...fieldFlags(['mlflow.trackingUri']),
  };
  static override columns = listColumns<ModelRow>({
    name: { id: true },
    latest: { align: 'right', show: ({ latest }) => latest ?? '-' },
    stages: { show: ({ stages }) => pairs(stages) },
    aliases: { show: ({ aliases }) => pairs(aliases, '@') },
    updatedAt: { title: 'updated', show: ({ updatedAt }) => showMoment(updatedAt) },
    description: {},
    createdAt: { title: 'created', show: ({ createdAt }) => showMoment(createdAt), extra: true },
    tags: { extra: true },
  });
  static override empty = 'No model is registered.';

  protected async work(context: Context<typeof ModelList>): Promise<Result> {
    const { flags } = context;
    const { listModels } = await import('../../lib/registry/list-models.ts');
    return listModels({
      project: await context.loadProject(['mlflow']),
      filter: flags.filter,
      orderBy: flags['order-by'],
      limit: flags.limit,
      pageToken: flags['page-token'],
      ...worldOf(context),
    });
  }
}
