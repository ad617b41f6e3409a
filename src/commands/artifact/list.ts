import { optionalArg } from '../../cli/args.ts';
import type { Context } from '../../cli/base-command.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import { ListCommand, type ListResult, listColumns } from '../../cli/list-command.ts';
import { formatAmount } from '../../cli/progress/amounts.ts';
import { worldOf } from '../../cli/world.ts';
import type { ArtifactRow } from '../../lib/tracking/files/list-artifacts.ts';

export type Result = ListResult<ArtifactRow>;

export default class ArtifactList extends ListCommand<ArtifactRow> {
  static override summary = 'List the artifacts of a run or a model.';
  static override description =
    'A run is named by its id, by the beginning of one, or by its name. A URI names a model or a run: models:/NAME/3, models:/NAME@champion, models:/NAME/Production, models:/NAME/latest, models:/m-ID, runs:/RUN/PATH.';
  static override examples = [
    '<%= config.bin %> artifact list --run 1f0c2d4e --recursive',
    '<%= config.bin %> artifact list models:/twitter-sentiment-model-best@champion',
    '<%= config.bin %> artifact list --run logisticregression --path model --format csv',
  ];
  static override args = { uri: optionalArg({ description: 'models:/ or runs:/ URI, instead of --run.' }) };
  static override flags = {
    run: Flags.string({ summary: 'Id, beginning of an id, or name of the run.', helpValue: 'RUN' }),
    path: Flags.string({ summary: 'Folder or file below; the root where absent.', helpValue: 'PATH' }),
    recursive: Flags.boolean({ char: 'r', summary: 'All files below, not only what lies there directly.' }),
    ...fieldFlags(['mlflow.trackingUri']),
  };
  static override columns = listColumns<ArtifactRow>({
    path: { id: true },
    type: {},
    bytes: {
      title: 'size',
      show: ({ bytes }) => (bytes === null ? null : formatAmount(bytes, 'bytes')),
      align: 'right',
    },
  });
  static override empty = 'There are no artifacts.';

  protected async work(context: Context<typeof ArtifactList>): Promise<Result> {
    const { args, flags } = context;
    const { listArtifacts } = await import('../../lib/tracking/files/list-artifacts.ts');
    const items = await listArtifacts({
      uri: args.uri,
      run: flags.run,
      path: flags.path,
      recursive: flags.recursive === true,
      project: await context.loadProject(['mlflow']),
      ...worldOf(context),
    });
    return { items, nextPageToken: null };
  }
}
