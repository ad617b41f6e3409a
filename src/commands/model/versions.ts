import { requiredArg } from '../../cli/args.ts';
import type { Context } from '../../cli/base-command.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { ListCommand, type ListResult, listColumns } from '../../cli/list-command.ts';
import { showMoment } from '../../cli/output/moment.ts';
import { worldOf } from '../../cli/world.ts';
import type { VersionRow } from '../../lib/registry/version-row.ts';

export type Result = ListResult<VersionRow>;

const measure = (value: number | null) => (value === null ? '-' : value.toFixed(4));

export default class ModelVersions extends ListCommand<VersionRow> {
  static override summary = 'List the versions of a registered model, newest first.';
  static override description =
    'accuracy and f1 are those that the run of a version recorded, else those in its tags accuracy and f1.';
  static override examples = [
    '<%= config.bin %> model versions twitter-sentiment-model-best',
    '<%= config.bin %> model versions twitter-sentiment-model-best --filter stage=Production --json',
    '<%= config.bin %> model versions twitter-sentiment-model-best --sort -accuracy --limit 1 -q',
  ];
  static override args = { name: requiredArg({ description: 'Registered model.' }) };
  static override flags = { ...fieldFlags(['mlflow.trackingUri']) };
  static override columns = listColumns<VersionRow>({
    version: { align: 'right', id: true },
    stage: {},
    aliases: { show: ({ aliases }) => aliases.join(', ') },
    accuracy: { align: 'right', show: ({ accuracy }) => measure(accuracy) },
    run: { show: ({ run, runId }) => run ?? runId?.slice(0, 8) ?? '-' },
    createdAt: { title: 'created', show: ({ createdAt }) => showMoment(createdAt) },
    status: {},
    source: {},
    f1: { align: 'right', show: ({ f1 }) => measure(f1), extra: true },
    runId: { extra: true },
    updatedAt: { title: 'updated', show: ({ updatedAt }) => showMoment(updatedAt), extra: true },
    userId: { extra: true },
    description: { extra: true },
    tags: { extra: true },
    artifactUri: { extra: true },
    model: { extra: true },
  });
  static override empty = 'The model has no version.';

  protected async work(context: Context<typeof ModelVersions>): Promise<Result> {
    const { listVersionRows } = await import('../../lib/registry/describe-model.ts');
    const project = await context.loadProject(['mlflow']);
    const items = await listVersionRows({ project, name: context.args.name, ...worldOf(context) });
    return { items, nextPageToken: null };
  }
}
