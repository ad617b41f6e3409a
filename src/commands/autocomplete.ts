import { optionalArg } from '../cli/args.ts';
import { type Context, SentopsCommand } from '../cli/base-command.ts';
import { installHint, renderScript, SHELLS, type Shell } from '../cli/completion/scripts.ts';
import type { View } from '../cli/output/view.ts';

export interface Result {
  /** Null: instructions were asked for. */
  shell: Shell | null;
  script: string | null;
  install: { shell: Shell; command: string }[];
}

export default class Autocomplete extends SentopsCommand<Result> {
  static override summary = 'Print the completion script of a shell, or how to install it.';
  static override description =
    'The script asks sentops itself at every Tab: commands of plugins, targets, field names and checks are always up to date.';
  static override examples = ['<%= config.bin %> autocomplete', 'source <(<%= config.bin %> autocomplete bash)'];
  static override args = {
    shell: optionalArg({ description: 'Shell to print the script for.', options: SHELLS }),
  };

  protected async work({ args }: Context<typeof Autocomplete>): Promise<Result> {
    const { bin } = this.config;
    const shell = SHELLS.find(name => name === args.shell) ?? null;
    return {
      shell,
      script: shell && renderScript(shell, bin),
      install: SHELLS.map(name => ({ shell: name, command: installHint(name, bin) })),
    };
  }

  protected render({ script, install }: Result, view: View): void {
    if (script !== null) {
      view.verbatim(script.trimEnd());
      return;
    }
    view.line('Install completion with the line for your shell, then open a new one:');
    for (const { shell, command } of install) view.line(`  ${shell.padEnd(5)} ${command}`);
  }
}
