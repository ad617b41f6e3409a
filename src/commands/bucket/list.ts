import type { Context } from '../../cli/base-command.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import { ListCommand, type ListResult, listColumns } from '../../cli/list-command.ts';
import { showMoment } from '../../cli/output/moment.ts';
import { worldOf } from '../../cli/world.ts';
import type { BucketLook } from '../../lib/storage/buckets/look-at-buckets.ts';

export type Result = ListResult<BucketLook>;

export default class BucketList extends ListCommand<BucketLook> {
  static override summary = 'List the buckets of the project and how they stand.';
  static override description =
    'One row for each bucket or folder of a role. One that is missing or not open to us is told in its row.';
  static override examples = [
    '<%= config.bin %> bucket list',
    '<%= config.bin %> bucket list --target prod --json',
    '<%= config.bin %> bucket list --all --bucket-project my-project',
  ];
  static override flags = {
    all: Flags.boolean({ summary: 'Every bucket of the cloud project, also those without a role.' }),
    ...fieldFlags(['storage.project']),
  };
  static override columns = listColumns<BucketLook>({
    roles: { show: ({ roles }) => roles.join(', ') },
    uri: { id: true },
    state: {},
    location: {},
    lifecycle: { title: 'deleted after', show: ({ lifecycle }) => showRules(lifecycle) },
    created: { show: ({ created }) => (created === null ? null : showMoment(created)) },
    problem: { extra: true },
    code: { extra: true },
    storageClass: { title: 'class', extra: true },
  });
  static override empty = 'The project has no buckets.';

  protected async work(context: Context<typeof BucketList>): Promise<Result> {
    const project = await context.loadProject(['buckets', 'storage', 'profiles', 'cluster', 'retention', 'serve']);
    const { listBuckets } = await import('../../lib/storage/buckets/list-buckets.ts');
    const { items } = await listBuckets({ ...worldOf(context), project, all: context.flags.all === true });
    for (const { state, uri, problem } of items)
      if (problem !== null)
        context.report({ type: 'note', level: 'warn', message: `${uri} ${SAID[state]}: ${problem}`, data: { uri } });
    return { items, nextPageToken: null };
  }
}

const SAID: Readonly<Record<BucketLook['state'], string>> = {
  there: 'is there',
  missing: 'is missing',
  denied: 'is denied',
  failed: 'cannot be looked at',
};

function showRules(rules: BucketLook['lifecycle']): string | null {
  if (rules.length === 0) return null;
  return rules.map(({ prefix, days }) => (prefix === '' ? `${days} d` : `${days} d (${prefix})`)).join(', ');
}
