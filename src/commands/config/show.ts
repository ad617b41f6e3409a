import { optionalArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { Flags } from '../../cli/framework.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import type { Shown } from '../../lib/config/show.ts';

export type Result = Shown;

export default class ConfigShow extends SentopsCommand<Result> {
  static override summary = 'Show the project as it stands after merging all layers.';
  static override description = 'Secrets appear as references only. With --resolved every ${…} is filled in.';
  static override examples = [
    '<%= config.bin %> config show',
    '<%= config.bin %> config show train --resolved',
    '<%= config.bin %> config show --target production --origins',
  ];
  static override args = {
    section: optionalArg({ description: 'Top-level section to show; all where absent.' }),
  };
  static override flags = {
    resolved: Flags.boolean({ summary: 'Fill in every ${…}.' }),
    origins: Flags.boolean({ summary: 'Tell for each value which layer and line it comes from.' }),
  };

  private section = '';

  protected async work({ args, flags, request }: Context<typeof ConfigShow>): Promise<Result> {
    this.section = args.section ?? '';
    const { showProject } = await import('../../lib/config/show.ts');
    const { resolved = false, origins = false } = flags;
    return showProject(request, { resolved, origins, ...(args.section ? { section: args.section } : {}) });
  }

  protected override rows({ values, origins }: Result): Rows {
    const columns = origins ? ['path', 'value', 'origin'] : ['path', 'value'];
    const items = listLeaves(values, this.section).map(([path, value]) => ({ path, value, origin: origins?.[path] }));
    return { columns, items };
  }

  protected async render({ values, origins, unresolved }: Result, view: View): Promise<void> {
    if (origins) {
      view.table(Object.entries(origins), [
        { title: 'value', value: ([path]) => path },
        { title: 'comes from', value: ([, origin]) => origin },
      ]);
    } else {
      const { toYaml } = await import('../../cli/output/formats/yaml.ts');
      view.line(toYaml(values).trimEnd());
    }
    for (const problem of unresolved) view.aside(`left out: ${problem.message}`);
  }
}

/** Dotted path → value for everything that is no map: lists are values. */
function listLeaves(value: unknown, path: string): [path: string, value: unknown][] {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  const entries = isMap ? Object.entries(value) : [];
  if (entries.length === 0) return [[path, value]];
  return entries.flatMap(([key, item]) => listLeaves(item, path === '' ? key : `${path}.${key}`));
}
