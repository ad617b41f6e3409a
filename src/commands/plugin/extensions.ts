import type { Context } from '../../cli/base-command.ts';
import { Flags } from '../../cli/framework.ts';
import { ListCommand, type ListResult, listColumns } from '../../cli/list-command.ts';
import type { ExtensionRow } from '../../lib/extend/list.ts';

export type Result = ListResult<ExtensionRow>;

export default class PluginExtensions extends ListCommand<ExtensionRow> {
  static override summary = 'List extensions: what comes with sentops and what plugins add.';
  static override description =
    'A plugin that cannot be loaded, and a name that is taken, are listed with the reason. Whole plugins are managed by sentops plugins.';
  static override examples = [
    '<%= config.bin %> plugin extensions',
    '<%= config.bin %> plugin extensions --kind stream-sink --check',
    '<%= config.bin %> plugin extensions --filter status=failed --json',
  ];
  static override flags = {
    kind: Flags.string({ summary: 'Only extensions of this kind, for instance stream-sink.', helpValue: 'KIND' }),
    check: Flags.boolean({ summary: 'Load the code of each one.' }),
  };
  static override columns = listColumns<ExtensionRow>({
    kind: { show: row => row.kind ?? '-' },
    name: { show: row => row.name ?? '-', id: true },
    plugin: {},
    status: {},
    detail: {},
  });
  static override empty = 'No extension is of that kind.';

  protected async work({ flags, request }: Context<typeof PluginExtensions>): Promise<Result> {
    const { listExtensions } = await import('../../lib/extend/list.ts');
    const { kind, check = false } = flags;
    const items = await listExtensions({
      env: request.env,
      platform: process.platform,
      check,
      ...(kind ? { kind } : {}),
    });
    return { items, nextPageToken: null };
  }
}
