import type { Context } from '../../cli/base-command.ts';
import { ListCommand, type ListResult, listColumns } from '../../cli/list-command.ts';
import { formatAmount } from '../../cli/progress/amounts.ts';
import { worldOf } from '../../cli/world.ts';
import type { DatasetRow } from '../../lib/data/fetch/list-datasets.ts';

export type Result = ListResult<DatasetRow>;

export default class DatasetList extends ListCommand<DatasetRow> {
  static override summary = 'List the datasets of the project, and those that are known by name.';
  static override description =
    'Those in sentops.lock.yaml, with whether their files are here, and the presets. Nothing is asked over the network.';
  static override examples = [
    '<%= config.bin %> dataset list',
    '<%= config.bin %> dataset list --filter state=here --format csv',
  ];
  static override columns = listColumns<DatasetRow>({
    name: { id: true },
    source: {},
    version: {},
    folder: {},
    files: { align: 'right' },
    bytes: {
      title: 'size',
      show: ({ bytes }) => (bytes === null ? null : formatAmount(bytes, 'bytes')),
      align: 'right',
    },
    state: {},
    ref: { extra: true },
    isProject: { title: 'project', extra: true },
  });

  protected async work(context: Context<typeof DatasetList>): Promise<Result> {
    const project = await context.loadProject(['dataset', 'storage', 'profiles']);
    const { listDatasets } = await import('../../lib/data/fetch/list-datasets.ts');
    return { items: await listDatasets({ ...worldOf(context), project }), nextPageToken: null };
  }
}
