import { optionalArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { Flags } from '../../cli/framework.ts';
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

  protected async work({ args, flags, request }: Context<typeof ConfigShow>): Promise<Result> {
    const { showProject } = await import('../../lib/config/show.ts');
    const { resolved = false, origins = false } = flags;
    return showProject(request, { resolved, origins, ...(args.section ? { section: args.section } : {}) });
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
